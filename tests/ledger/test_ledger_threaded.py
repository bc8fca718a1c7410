"""The ledger in the event loop: what was asked for happens, whoever stops waiting for it."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import TYPE_CHECKING

import pytest
from ledger_world import ask, quote

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import BudgetFault, UncertainFault
from ima_nano_banana.ledger import AsyncLedger, Ledger

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

OWN = {"close", "run", "aclose"}


def test_the_twin_has_every_method_of_the_ledger():
    def public(kind: type) -> set[str]:
        return {name for name, _ in inspect.getmembers(kind, callable) if not name.startswith("_")} - OWN

    assert public(AsyncLedger) == public(Ledger)
    assert AsyncLedger.reserve.__doc__ == Ledger.reserve.__doc__


async def test_a_request_lives_through_the_event_loop(path: Path):
    async with AsyncLedger(Ledger(path)) as ledger:
        reservation = await ledger.reserve(ask())
        assert isinstance(reservation, Reservation)
        await ledger.requeue(reservation)
        item = await ledger.created(await ledger.further(reservation, quote(6)), "task_1")
        await ledger.ready(item.id, ["u"])
        await ledger.done(item.id, ["f"])

        assert [one.state for one in await ledger.tasks()] == ["done"]


async def test_a_fault_reaches_whoever_awaits(path: Path):
    async with AsyncLedger(Ledger(path)) as ledger:
        reservation = await ledger.reserve(ask())
        assert isinstance(reservation, Reservation)
        await ledger.uncertain(reservation)

        with pytest.raises(UncertainFault):
            await ledger.peek(ask())


async def _cancelled_in_commit(ledger: Ledger, twin: AsyncLedger, work: object) -> None:
    """Cancel the waiting task while the commit of its booking is under way."""
    under_way, go_on = threading.Event(), threading.Event()
    commit = ledger.database.commit

    def slow() -> None:
        under_way.set()
        go_on.wait(90)
        commit()

    ledger.database.commit = slow  # type: ignore[method-assign]
    task = asyncio.ensure_future(work)  # type: ignore[arg-type]
    await asyncio.get_running_loop().run_in_executor(None, under_way.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ledger.database.commit = commit  # type: ignore[method-assign]
    go_on.set()


async def test_a_reservation_whose_asker_is_gone_is_given_back(path: Path):
    ledger = Ledger(path)
    async with AsyncLedger(ledger) as twin:
        await _cancelled_in_commit(ledger, twin, twin.reserve(ask()))

        (item,) = await twin.tasks()
        assert (item.state, item.committed) == ("failed", 0)
        assert (await twin.peek(ask())).state == "free"


async def test_a_task_id_is_stored_although_its_bearer_is_cancelled(path: Path):
    ledger = Ledger(path)
    async with AsyncLedger(ledger) as twin:
        reservation = await twin.reserve(ask())
        assert isinstance(reservation, Reservation)
        await _cancelled_in_commit(ledger, twin, twin.created(reservation, "task_1"))

        found = await twin.find("task_1")
        assert found is not None
        assert found.state == "running"


async def test_closing_finishes_what_was_asked_for_first(path: Path):
    twin = AsyncLedger(Ledger(path))
    adopting = asyncio.ensure_future(twin.adopt("task_1", "ann", "ima"))
    await asyncio.sleep(0)
    await twin.aclose()

    assert (await adopting).task_id == "task_1"
    with Ledger(path) as ledger:
        assert ledger.find("task_1") is not None


async def test_what_waits_together_shares_a_commit_and_fails_alone(path: Path):
    """One transaction for many bookings; the one that is refused takes no other with it."""
    ledger = Ledger(path)
    async with AsyncLedger(ledger) as twin:
        ledger.limits_set("user:poor", "day", 3)
        commits, commit = [], ledger.database.commit
        begun, go_on = threading.Event(), threading.Event()

        def counted() -> None:
            commits.append(1)
            begun.set()
            go_on.wait(90)
            commit()

        ledger.database.commit = counted  # type: ignore[method-assign]
        first = asyncio.ensure_future(twin.has_limits())
        await asyncio.get_running_loop().run_in_executor(None, begun.wait, 10)
        asked = [ask(f"cat {n}", user="poor" if n == 5 else "ann") for n in range(20)]
        waiting = [asyncio.ensure_future(twin.reserve(one)) for one in asked]
        await asyncio.sleep(0)
        go_on.set()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        await first

        assert len(commits) == 2
        assert isinstance(ends.pop(5), BudgetFault)
        assert all(isinstance(end, Reservation) for end in ends)
        assert all(end.claimed_at < float("inf") for end in ends)  # type: ignore[union-attr]
        assert len(await twin.tasks()) == 19


async def test_a_shared_commit_that_fails_books_nothing_and_each_may_try_alone(path: Path):
    ledger = Ledger(path)
    async with AsyncLedger(ledger) as twin:
        first = await twin.reserve(ask())
        assert isinstance(first, Reservation)
        together = ledger.database.together

        def broken(works: object) -> list[object]:
            def fail() -> None:
                ledger.database.commit = commit  # type: ignore[method-assign]
                raise OSError(28, "No space left on device")

            commit, ledger.database.commit = ledger.database.commit, fail  # type: ignore[method-assign]
            return together(works)  # type: ignore[arg-type, return-value]

        ledger.database.together = broken  # type: ignore[method-assign, assignment]
        ends = await asyncio.gather(twin.created(first, "task_1"), *(twin.reserve(ask(f"cat {n}")) for n in range(3)))

        assert ends[0].state == "running"
        assert sorted(item.state for item in await twin.tasks()) == ["running", "sending", "sending", "sending"]
