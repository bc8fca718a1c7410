"""Told before closed: a request that ended without anybody being told is handed over, never paid again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from engine_kit import Stage, stage

from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How
from ima_nano_banana.engine.ports import Trace
from ima_nano_banana.engine.telling import to_the_end
from ima_nano_banana.errors import DownloadFault, GenerationFault, PartialFault, StorageFault, TimeoutFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.engine.telling import Last


pytestmark = pytest.mark.anyio


async def nobody(_: Last) -> bool:
    return False


async def everybody(_: Last) -> bool:
    return True


async def order(on: Stage, tell: Any, prompt: str = "a cat", how: dict[str, Any] | None = None, **wish: Any) -> Any:
    wished = Wish(prompt=prompt, **wish)
    return await on.engine.generate(wished, How(output_dir=on.out, **(how or {})), on.events.append, tell=tell)


async def told_at(on: Stage, task_id: str) -> float | None:
    item = await on.engine._ports.ledger.find(task_id)
    assert item is not None
    return item.told_at


async def test_a_result_that_nobody_was_told_is_handed_over_and_not_paid_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first = await order(on, nobody)
        assert await told_at(on, first.task_id) is None
        looks = on.world.books.count("detail")
    async with stage(tmp_path, later=400) as on:
        again = await order(on, everybody)
        assert (again.task_id, again.files, again.credit) == (first.task_id, first.files, 6)
        assert (again.width, again.height) == (first.width, first.height)
        assert (on.charged, on.world.books.count("detail"), on.kinds[:2]) == (6, looks, ["Acknowledged", "Started"])
        assert await told_at(on, first.task_id) is not None
        assert (await order(on, everybody)).task_id != first.task_id


async def test_a_door_that_fails_to_tell_leaves_the_request_open(tmp_path: Path) -> None:
    async def broken(_: Last) -> bool:
        raise DownloadFault("download.not_told", phase="deliver", charged="yes")

    async with stage(tmp_path) as on:
        with pytest.raises(DownloadFault):
            await order(on, broken)
        assert (await on.make()).files
        assert on.charged == 6


async def test_files_that_are_gone_are_fetched_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first = await order(on, nobody, count=2)
        Path(first.files[1]).unlink()
        again = await order(on, everybody, count=2)
        assert again.files[0] == first.files[0]
        assert all(Path(file).is_file() for file in again.files)
        assert len(again.files) == 2
        item = await on.engine._ports.ledger.find(first.task_id)
        assert item is not None
        assert item.files == again.files
        assert on.charged == 12


async def test_a_result_without_files_is_fetched_for_whoever_wants_files(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first = await order(on, nobody, how={"download": False})
        assert first.files == ()
        again = await order(on, everybody)
        assert again.task_id == first.task_id
        assert Path(again.files[0]).parent == on.out


@pytest.mark.parametrize("scene", ["fails", "deleted", "task-failed"])
async def test_a_failure_that_nobody_was_told_is_told_again_and_not_tried_anew(tmp_path: Path, scene: str) -> None:
    async with stage(tmp_path, scene) as on:
        with pytest.raises(GenerationFault) as first:
            await order(on, nobody)
        with pytest.raises(GenerationFault) as again:
            await order(on, everybody)
        same = ("code", "params", "task_id", "charged", "phase")
        assert [getattr(again.value, name) for name in same] == [getattr(first.value, name) for name in same]
        assert on.world.books.count("create") == 1
        with pytest.raises(GenerationFault):
            await order(on, everybody)
        assert on.world.books.count("create") == 2


async def test_a_partial_result_that_nobody_was_told_is_handed_over_as_one(tmp_path: Path) -> None:
    async with stage(tmp_path, "partial") as on:
        with pytest.raises(PartialFault) as first:
            await order(on, nobody, count=3)
        with pytest.raises(PartialFault) as again:
            await order(on, everybody, count=3)
        assert again.value.result is not None
        assert first.value.result is not None
        assert again.value.result.files == first.value.result.files
        assert on.charged == 18


async def test_a_refusal_frees_the_request_whether_or_not_anybody_was_told(tmp_path: Path) -> None:
    async with stage(tmp_path, "no-credits") as on:
        for _ in range(2):
            with pytest.raises(Exception, match=r"\w"):
                await order(on, nobody)
        assert on.world.books.count("create") == 2


async def test_a_call_that_returns_has_told_and_one_that_was_cancelled_has_not(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ledger = on.engine._ports.ledger
        told = ledger.told

        async def left(item_id: str) -> bool:
            run.cancel()
            return await told(item_id)

        ledger.told = left  # type: ignore[method-assign]
        run = asyncio.ensure_future(on.make())
        with pytest.raises(asyncio.CancelledError):
            await run
        del ledger.told
        [item] = await ledger.tasks()
        assert (item.state, item.told_at) == ("done", None)
        assert (await on.make()).task_id == item.task_id
        assert on.charged == 6
        assert await told_at(on, str(item.task_id)) is not None


@pytest.mark.parametrize("tell", [everybody, None])
async def test_who_hears_only_that_a_task_still_runs_closes_nothing_that_another_run_has_ended(
    tmp_path: Path, tell: Any
) -> None:
    async def too_long() -> Result:
        raise TimeoutFault("timeout.still_running", phase="poll", charged="yes", task_id=first.task_id)

    async with stage(tmp_path) as on:
        first = await order(on, nobody)
        item = await on.engine._ports.ledger.find(first.task_id)
        assert item is not None
        trace = Trace(task_id=first.task_id, charged="yes", acknowledged=True, item_id=item.id)
        with pytest.raises(TimeoutFault):
            await to_the_end(too_long(), on.engine._ports, trace, on.events.append, tell)

        assert await told_at(on, first.task_id) is None
        assert (await on.make()).task_id == first.task_id
        assert on.charged == 6


@pytest.mark.parametrize("times", [1, 9])
async def test_a_result_whose_addresses_could_not_be_booked_is_handed_over_whole(tmp_path: Path, times: int) -> None:
    async with stage(tmp_path) as on:
        ledger, left = on.engine._ports.ledger, [None] * times
        ready = ledger.ready

        async def full(*told: Any, **more: Any) -> Any:
            if left:
                left.pop()
                raise StorageFault("storage.full", path="x")
            return await ready(*told, **more)

        ledger.ready = full  # type: ignore[method-assign]
        first = await order(on, nobody)
        again = await order(on, everybody)
        assert again.task_id == first.task_id
        assert (again.urls, again.files) == (first.urls, first.files)
        assert len(again.urls) == 1


async def test_resume_hands_over_what_has_ended(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first = await order(on, nobody)
        looks = on.world.books.count("detail")
        assert (await on.resume(first.task_id)).files == first.files
        assert on.world.books.count("detail") == looks
        assert await told_at(on, first.task_id) is not None


async def test_resume_saves_where_the_task_was_ordered_to(tmp_path: Path) -> None:
    async with stage(tmp_path, "download-404") as on:
        with pytest.raises(DownloadFault) as caught:
            await on.make()
    async with stage(tmp_path, later=400) as on:
        result = await on.engine.resume(
            str(caught.value.task_id), How(), on.events.append, language="en", user_id="default"
        )
        assert Path(result.files[0]).parent == on.out
