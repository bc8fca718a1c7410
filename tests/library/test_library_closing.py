"""A client that is left while requests are under way loses nothing that was paid for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from library_kit import Held, Place, place

from ima_nano_banana import AsyncClient, UsageFault
from ima_nano_banana.engine import spend as spending
from ima_nano_banana.engine.going import Going
from ima_nano_banana.engine.ports import Trace
from ima_nano_banana.errors import Fault, InterruptedFault, StorageFault

pytestmark = pytest.mark.anyio


def opened(on: Place, transport: Any = None, **told: Any) -> AsyncClient:
    return AsyncClient(sandbox=True, env=on.env, transport=transport or on.transport(), **told)


async def test_leaving_by_an_exception_waits_for_the_answers_of_creates_under_way(tmp_path: Path) -> None:
    on = place(tmp_path)
    held = Held(on.transport(), 2)

    async def soon() -> None:
        await held.reached.wait()
        asyncio.get_running_loop().call_later(0.05, held.open.set)
        raise ValueError("somebody else's fault")

    with pytest.raises(ValueError, match="somebody else's"):
        async with opened(on, held) as ima:
            runs = [ima.generate(prompt, output_dir=tmp_path) for prompt in ("a fox", "a whale")]
            await asyncio.gather(*runs, soon())
    assert (on.creates, on.states()) == (2, ["running", "running"])
    assert len(on.ids()) == 2


async def test_a_create_without_an_answer_within_the_grace_is_uncertain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spending, "GRACE_SECONDS", 0.01)
    on = place(tmp_path)
    held = Held(on.transport(), 1)
    async with opened(on, held) as ima:
        task = asyncio.ensure_future(ima.generate("a fox", output_dir=tmp_path))
        await held.reached.wait()
    assert task.cancelled()
    assert on.states() == ["uncertain"]


async def test_a_cancelled_exit_still_books_first(tmp_path: Path) -> None:
    on = place(tmp_path)
    held = Held(on.transport(), 1)

    async def body() -> None:
        async with opened(on, held) as ima:
            under_way = asyncio.ensure_future(ima.generate("a fox", output_dir=tmp_path))
            await held.reached.wait()
            assert not under_way.done()

    leaving = asyncio.ensure_future(body())
    await held.reached.wait()
    while not leaving.done():
        leaving.cancel()
        asyncio.get_running_loop().call_soon(held.open.set)
        await asyncio.sleep(0)
    assert (leaving.cancelled(), on.states()) == (True, ["running"])


async def test_nothing_is_bought_while_everything_is_being_closed(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on) as ima:
        engine = ima.engine
    with pytest.raises((UsageFault, RuntimeError)):
        await ima.generate("a fox")
    from ima_nano_banana.domain.model import Wish
    from ima_nano_banana.engine import How

    with pytest.raises(InterruptedFault):
        await engine.generate(Wish(prompt="a fox"), How(), lambda _: None)
    assert on.creates == 0


async def test_a_callback_that_fails_after_the_create_leaves_the_task_to_be_fetched(tmp_path: Path) -> None:
    on = place(tmp_path)

    def heard(event: object) -> None:
        if type(event).__name__ == "Created":
            raise LookupError("the caller's own")

    async with opened(on) as ima:
        with pytest.raises(LookupError):
            await ima.generate("a fox", output_dir=tmp_path, on_event=heard)
        assert on.states() == ["running"]
        result = await ima.generate("a fox", output_dir=tmp_path)
    assert (on.creates, len(result.files)) == (1, 1)


async def test_a_fault_after_the_answer_carries_the_id_whoever_raised_it() -> None:
    trace = Trace(phase="poll", charged="yes", task_id="t1")
    with pytest.raises(StorageFault) as raised, Going().run(trace):
        raise StorageFault("storage.full", path="x")
    assert (raised.value.charged, raised.value.task_id) == ("yes", "t1")


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([], ("no", None)),
        ([Trace(charged="no")], ("no", None)),
        ([Trace(charged="yes", task_id="a"), Trace()], ("yes", "a")),
        ([Trace(charged="yes", task_id="a"), Trace(charged="yes", task_id="b")], ("yes", None)),
        ([Trace(charged="yes", task_id="a"), Trace(charged="unknown")], ("unknown", None)),
    ],
)
async def test_what_many_runs_have_spent_is_told_together(runs: list[Trace], told: tuple[str, str | None]) -> None:
    going = Going()
    for trace in runs:
        with going.run(trace):
            pass
    whole = going.trace()
    assert (whole.charged, whole.task_id) == told


async def test_an_interrupt_over_several_paid_tasks_never_says_that_nothing_was_charged() -> None:
    from ima_nano_banana.doors.run import interrupted

    fault: Fault = interrupted(Trace(phase="poll", charged="yes"))
    assert (fault.charged, fault.code) == ("yes", "interrupted.several")
