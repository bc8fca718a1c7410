"""Somebody stops a run: what was charged stays known, and what was not sent stays free."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from engine_kit import Stage, stage

from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How, Trace
from ima_nano_banana.engine import spend as spending
from ima_nano_banana.errors import UncertainFault

pytestmark = pytest.mark.anyio


class Gate:
    """Holds one kind of request at the service's door."""

    def __init__(self, on: Stage, part: str, *, after: bool) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        line = on.engine._ports.service()._line
        transport = line._transport
        send = transport.handle_async_request

        async def held(request: Any) -> Any:
            if part not in str(request.url):
                return await send(request)
            answer = await send(request) if after else None
            self.reached.set()
            await self.open.wait()
            return answer if after else await send(request)

        transport.handle_async_request = held


def run(on: Stage, trace: Trace) -> asyncio.Task[Any]:
    wish, how = Wish(prompt="a cat"), How(output_dir=on.out)
    return asyncio.ensure_future(on.engine.generate(wish, how, on.events.append, trace))


async def state_of(on: Stage) -> str:
    [item] = await on.engine._ports.ledger.tasks()
    return item.state.value


async def test_an_answer_that_comes_within_the_grace_is_booked(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        gate, trace = Gate(on, "tasks/create", after=True), Trace()
        task = run(on, trace)
        await gate.reached.wait()
        task.cancel()
        await asyncio.sleep(0)
        gate.open.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (trace.charged, trace.task_id is not None) == ("yes", True)
        assert await state_of(on) == "running"


async def test_an_answer_that_does_not_come_is_uncertain_and_never_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spending, "GRACE_SECONDS", 0.01)
    async with stage(tmp_path) as on:
        gate, trace = Gate(on, "tasks/create", after=True), Trace()
        task = run(on, trace)
        await gate.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (trace.charged, await state_of(on)) == ("unknown", "uncertain")
        gate.open.set()
        with pytest.raises(UncertainFault):
            await on.make()
        assert on.world.books.count("create") == 1


async def test_an_interrupt_before_the_create_charges_nothing_and_leaves_nothing_open(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        gate, trace = Gate(on, "product/list", after=False), Trace()
        task = run(on, trace)
        await gate.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (trace.charged, await on.engine._ports.ledger.tasks()) == ("no", [])


async def test_an_interrupt_between_a_refusal_and_the_next_try_frees_the_request(tmp_path: Path) -> None:
    async with stage(tmp_path, "stale-catalogue") as on:
        trace = Trace()
        task = run(on, trace)
        while on.world.books.count("create") == 0:
            await asyncio.sleep(0)
        gate = Gate(on, "product/list", after=False)
        await gate.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (trace.charged, await state_of(on)) == ("no", "failed")
        gate.open.set()
        await on.make()
        assert on.charged == 6


async def test_two_at_once_share_one_task(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        results = await asyncio.gather(*(on.make() for _ in range(5)))
        assert len({result.task_id for result in results}) == 1
        assert on.charged == 6
        assert all(Path(file).exists() for result in results for file in result.files)


async def test_a_loop_that_is_torn_down_during_a_create_leaves_it_uncertain_and_blocks_nobody(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with stage(tmp_path) as on:
        gate, trace = Gate(on, "tasks/create", after=True), Trace()
        task = run(on, trace)
        await gate.reached.wait()
        for one in asyncio.all_tasks() - before:
            one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (trace.charged, await state_of(on)) == ("unknown", "uncertain")
