"""Submitted requests, callbacks, results and the books, from code."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from library_kit import Held, place
from PIL import Image

import ima_nano_banana
from ima_nano_banana import (
    AsyncClient,
    Client,
    Failed,
    Fault,
    GenerationFault,
    Interrupted,
    InterruptedFault,
    PartialFault,
    Succeeded,
    UncertainFault,
)

pytestmark = pytest.mark.anyio


async def test_a_handle_tells_how_it_stands_until_the_pictures_are_there(tmp_path: Path) -> None:
    on = place(tmp_path)
    held = Held(on.transport(), 1)
    async with AsyncClient(sandbox=True, env=on.env, transport=held, output_dir=tmp_path / "out") as ima:
        handle = ima.submit("a fox", size="512px")
        assert (handle.status, handle.task_id, handle.charged) == ("preparing", None, "no")
        await held.reached.wait()
        assert (handle.status, handle.charged) == ("ordering", "unknown")
        held.open.set()
        names = [type(event).__name__ async for event in handle.events()]
        assert (names[0], names[-1]) == ("Acknowledged", "Succeeded")
        assert [type(event).__name__ async for event in handle.events()] == names
        result = await handle.result()
        assert (handle.status, handle.task_id, handle.charged) == ("done", result.task_id, "yes")


async def test_what_nobody_asked_for_is_handed_over_once_more_instead_of_being_paid_again(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path / "out") as ima:
        first = ima.submit("a fox")
        await asyncio.wait({first._task})
        second = ima.submit("a fox")
        assert (await second.result()).task_id == first.task_id
        assert on.creates == 1
        assert (await ima.generate("a fox")).task_id != first.task_id


async def test_giving_up_on_a_result_stops_nothing(tmp_path: Path) -> None:
    on = place(tmp_path)
    held = Held(on.transport(), 1)
    async with AsyncClient(sandbox=True, env=on.env, transport=held, output_dir=tmp_path / "out") as ima:
        handle = ima.submit("a fox")
        await held.reached.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(handle.result(), 0.001)
        held.open.set()
        assert len((await handle.result()).files) == 1


async def test_cancelled_waiting_leaves_the_paid_task_open(tmp_path: Path) -> None:
    on = place(tmp_path, seconds=600)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), language="zh") as ima:
        handle = ima.submit("a fox")
        async for event in handle.events():
            if type(event).__name__ == "Created":
                await handle.cancel_waiting()
        assert isinstance(event, Interrupted)
        with pytest.raises(InterruptedFault) as raised:
            await handle.result()
        assert (raised.value.charged, raised.value.task_id) == ("yes", handle.task_id)
        assert "付费" in raised.value.message
        assert (handle.status, on.states()) == ("stopped", ["running"])


async def test_cancelled_before_the_order_buys_nothing(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        handle = ima.submit("a fox")
        await handle.cancel_waiting()
        with pytest.raises(InterruptedFault) as raised:
            await handle.result()
        assert (raised.value.charged, on.creates) == ("no", 0)


async def test_a_handle_of_a_failure_tells_it_as_its_last_event(tmp_path: Path) -> None:
    on = place(tmp_path, "lost-create")
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        handle = ima.submit("a fox")
        last = [event async for event in handle.events()][-1]
        assert isinstance(last, Failed)
        assert isinstance(last.fault, UncertainFault)
        assert handle.status == "failed"
        with pytest.raises(UncertainFault):
            await handle.result()


async def test_an_async_callback_is_awaited_in_order_before_the_call_returns(tmp_path: Path) -> None:
    on = place(tmp_path)
    heard: list[Any] = []

    async def tell(event: Any) -> None:
        await asyncio.sleep(0)
        heard.append(event)

    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), on_event=tell) as ima:
        await ima.generate("a fox", output_dir=tmp_path / "out")
    names = [type(event).__name__ for event in heard]
    assert names == ["Acknowledged", "Started", "Created", *["Progress"] * (len(names) - 4), "Succeeded"]


async def test_an_async_callback_that_refuses_the_price_spends_nothing(tmp_path: Path) -> None:
    on = place(tmp_path)

    async def tell(event: Any) -> None:
        await asyncio.sleep(0.01)
        if type(event).__name__ == "Started":
            raise LookupError("too dear")

    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        with pytest.raises(LookupError):
            await ima.generate("a fox", on_event=tell)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
    assert on.creates == 0


async def test_a_callback_that_fails_at_the_end_says_what_is_paid_for(tmp_path: Path) -> None:
    on = place(tmp_path)

    async def tell(event: Any) -> None:
        await asyncio.sleep(0)
        if isinstance(event, Succeeded):
            raise LookupError("no room")

    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        with pytest.raises(LookupError) as raised:
            await ima.generate("a fox", output_dir=tmp_path / "out", on_event=tell)
        [note] = raised.value.__notes__
        [task_id] = on.ids()
        assert task_id in note
        assert (await ima.generate("a fox", output_dir=tmp_path / "out")).task_id == task_id


async def test_the_last_word_is_heard_whatever_it_is(tmp_path: Path) -> None:
    on = place(tmp_path, "partial")
    heard: list[Any] = []
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), on_event=heard.append) as ima:
        with pytest.raises(PartialFault) as raised:
            await ima.generate("a fox", count=2, output_dir=tmp_path / "out")
    assert [type(event) for event in heard if isinstance(event, (Succeeded, Failed))] == [Failed]
    assert raised.value.result is not None
    assert len(raised.value.result.images()) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(("prompt", "word"), [("a fox", "may"), ("一只狐狸", "可能")])
async def test_a_fault_speaks_the_language_of_the_prompt(prompt: str, word: str, tmp_path: Path) -> None:
    on = place(tmp_path, "lost-create")
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        with pytest.raises(UncertainFault) as raised:
            await ima.generate(prompt)
    assert word in raised.value.message
    assert raised.value.suggestion
    assert "可能" not in str(raised.value)


async def test_a_fault_without_a_door_speaks_english() -> None:
    fault = GenerationFault("usage.images_needed")
    assert fault.message == str(fault)
    assert fault.suggestion


async def test_pictures_are_at_hand(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport()) as ima:
        result = await ima.generate("a fox", count=2, size=512, output_dir=tmp_path / "out")
        bare = await ima.generate("a whale", size=512, download=False)
    assert [image.size for image in result.images()] == [(result.width, result.height)] * 2
    shown = result._repr_png_()
    assert shown is not None
    assert Image.open(io.BytesIO(shown)).format == "PNG"
    assert (bare.images(), bare._repr_png_()) == ([], None)
    Path(result.files[0]).unlink()
    assert result._repr_png_() is None
    with pytest.raises(FileNotFoundError):
        result.images()


async def test_the_books_are_read_from_code(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), user_id=7) as ima:
        made = await ima.generate("a fox", size=512, output_dir=tmp_path / "out")
        await ima.set_limit("day", made.credit or 0)
        [task] = await ima.tasks(states="done")
        [cost] = await ima.costs("user")
        [limit] = await ima.limits()
        assert (task.task_id, task.user_id) == (made.task_id, "7")
        assert (cost.points, limit.used, limit.left) == (made.credit, made.credit, 0)
        with pytest.raises(Fault, match="daily"):
            await ima.generate("a whale", size=512)
        await ima.set_limit("day", None)
        assert await ima.limits() == ()
        assert (await ima.resume(made.task_id, output_dir=tmp_path / "out")).files


def test_a_sync_handle_waits_and_listens(tmp_path: Path) -> None:
    on = place(tmp_path)
    with Client(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path / "out") as ima:
        handle = ima.submit("a fox")
        names = [type(event).__name__ for event in handle.events()]
        assert (names[0], names[-1], handle.status) == ("Acknowledged", "Succeeded", "done")
        other = ima.submit("a whale")
        other.cancel_waiting()
    assert handle.result().images()
    with pytest.raises(InterruptedFault):
        other.result()


def test_a_sync_wait_for_a_result_may_end_before_the_request(tmp_path: Path) -> None:
    on = place(tmp_path, seconds=600)
    with Client(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path / "out") as ima:
        handle = ima.submit("a fox")
        for event in handle.events():
            if type(event).__name__ == "Created":
                break
        with pytest.raises(TimeoutError):
            handle.result(timeout=0.01)
        assert handle.status == "waiting"


@pytest.mark.parametrize("name", ima_nano_banana.__all__)
def test_every_public_name_is_where_it_is_said_to_be(name: str) -> None:
    assert getattr(ima_nano_banana, name) is not None
    assert name in dir(ima_nano_banana)


def test_no_other_name_is_public() -> None:
    with pytest.raises(AttributeError):
        _ = ima_nano_banana.nonsense
