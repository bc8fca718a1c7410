"""Batches in the books: a row is paid for once, and all rows keep to one budget and one pace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ledger_world import ask, finished, quote, reserve

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import BudgetFault, GenerationFault, NetworkFault, RejectedFault, UncertainFault
from ima_nano_banana.ledger import Batch, Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from ledger_world import FixedClock

    from ima_nano_banana.ledger import Ask, BatchStanding

ID = "batch-1"


def batch(**facts: object) -> Batch:
    return Batch(id=ID, realm="ima", user_id="ann", name="cats.csv", created_at=1.0, rows=3, **facts)  # type: ignore[arg-type]


def row(name: str, *, again: bool = False, retry: bool = False, credit: int = 6) -> Ask:
    asked = ask(f"cat {name}", credit=credit, again=again)
    return replace(asked, identity=f"{ID}/{name}", subject=f"{ID}/{name}", batch_id=ID, row_id=name, retry=retry)


def stands(ledger: Ledger) -> BatchStanding:
    found = ledger.batch(ID)
    assert found is not None
    return found


def test_the_sums_of_a_batch_follow_its_rows(ledger: Ledger):
    ledger.batch_set(batch(budget=100))
    running = reserve(ledger, row("a"))
    ledger.created(running, "task_a")
    ledger.refused(reserve(ledger, row("b")), RejectedFault("rejected.parameters"))
    finished(ledger, row("c"), "task_c")
    ledger.uncertain(reserve(ledger, row("d")))

    found = stands(ledger)

    assert found.states == {"running": 1, "failed": 1, "done": 1, "uncertain": 1}
    assert (found.committed, found.left) == (18, 82)


def test_a_budget_is_spent_to_the_last_point_and_no_further(ledger: Ledger):
    """137 points, 400 rows of one point: 137 of them."""
    ledger.batch_set(batch(budget=137))
    taken = 0
    for number in range(400):
        try:
            reserve(ledger, row(str(number), credit=1))
        except BudgetFault as fault:
            assert fault.code == "budget.batch"
            assert fault.params["left"] == 0
        else:
            taken += 1

    assert taken == stands(ledger).committed == 137


def test_points_that_come_back_can_be_spent_again(ledger: Ledger):
    ledger.batch_set(batch(budget=6))
    first = reserve(ledger, row("a"))
    with pytest.raises(BudgetFault):
        ledger.reserve(row("b"))
    ledger.refused(first, RejectedFault("rejected.parameters"))

    assert isinstance(ledger.reserve(row("b")), Reservation)


def test_a_larger_budget_lets_the_batch_go_on_and_forgets_no_spending(ledger: Ledger):
    ledger.batch_set(batch(budget=6))
    finished(ledger, row("a"))

    ledger.batch_set(batch(budget=12))

    assert stands(ledger).left == 6


def test_a_finished_row_is_joined_and_never_made_anew(ledger: Ledger):
    ledger.batch_set(batch())
    finished(ledger, row("a"), "task_a")

    for asked in (row("a"), row("a", again=True), row("a", retry=True)):
        standing = ledger.reserve(asked)
        assert not isinstance(standing, Reservation)
        assert standing.state == "open"
        assert standing.item is not None
        assert standing.item.task_id == "task_a"


def test_a_failed_row_tells_why_and_is_paid_for_again_only_on_request(ledger: Ledger):
    ledger.batch_set(batch())
    item = ledger.created(reserve(ledger, row("a")), "task_a")
    ledger.failed(item.id, GenerationFault("generation.failed_because", charged="unknown", reason="no luck"))

    with pytest.raises(GenerationFault) as told:
        ledger.reserve(row("a"))
    assert (told.value.params["reason"], told.value.task_id, told.value.charged) == ("no luck", "task_a", "unknown")

    assert isinstance(ledger.reserve(row("a", retry=True)), Reservation)
    found = stands(ledger)
    assert found.states == {"sending": 1}
    assert found.committed == 12
    assert [one.row_id for one in ledger.batch_items(ID)] == ["a"]


def test_an_uncertain_row_needs_again_or_somebody_who_looked(ledger: Ledger):
    ledger.batch_set(batch())
    ledger.uncertain(reserve(ledger, row("a")))
    item = ledger.uncertain(reserve(ledger, row("b")))
    for asked in (row("a"), row("a", retry=True)):
        with pytest.raises(UncertainFault):
            ledger.reserve(asked)

    ledger.settle(item.id, charged=False)

    assert isinstance(ledger.reserve(row("b")), Reservation)
    assert isinstance(ledger.reserve(row("a", again=True)), Reservation)


def test_a_row_whose_create_never_left_is_as_good_as_new(path: Path, ledger: Ledger):
    ledger.batch_set(batch())
    with Ledger(path) as dying:
        dying.requeue(reserve(dying, row("a")), NetworkFault("network.unreachable"))

    assert isinstance(ledger.reserve(row("a")), Reservation)


def test_no_more_rows_are_in_flight_than_the_batch_may_have(ledger: Ledger, clock: FixedClock):
    ledger.batch_set(batch(max_in_flight=2))
    first = reserve(ledger, row("a"))
    ledger.created(reserve(ledger, row("b")), "task_b")
    assert ledger.peek(row("c")).state == "wait"

    ledger.uncertain(first)
    assert ledger.peek(row("c")).state == "wait"
    clock.now += 901
    assert ledger.peek(row("c")).state == "free"


def test_no_more_creates_leave_than_the_rate_allows(ledger: Ledger, clock: FixedClock):
    """At the service the rate holds too: the slack between a claim and its first byte is part of the period."""
    ledger.batch_set(batch(rate_count=2, rate_seconds=10.0))
    reserve(ledger, row("a"))
    clock.now += 4
    reserve(ledger, row("b"))

    standing = ledger.peek(row("c"))
    assert (standing.state, standing.retry_after) == ("wait", pytest.approx(6.25))
    clock.now += 6.26
    reserve(ledger, row("c"))
    assert ledger.peek(row("d")).retry_after == pytest.approx(3.99)


def test_a_second_attempt_of_a_row_keeps_to_budget_and_pace_too(ledger: Ledger):
    ledger.batch_set(batch(rate_count=1, rate_seconds=10.0))
    first = reserve(ledger, row("a"))
    ledger.requeue(first, RejectedFault("rejected.rule"))

    with pytest.raises(NetworkFault) as told:
        ledger.further(first, quote(6))
    assert told.value.retry_after == pytest.approx(10.25)


def test_a_late_answer_of_a_settled_row_still_costs_its_batch(ledger: Ledger):
    ledger.batch_set(batch(budget=6))
    slow = reserve(ledger, row("a"))
    item = ledger.uncertain(slow)
    ledger.settle(item.id, charged=False)

    late = ledger.created(slow, "task_late")

    assert (late.state, late.batch_id, late.row_id) == ("running", ID, None)
    assert stands(ledger).committed == 6


def test_rows_of_a_batch_and_other_requests_do_not_join_each_other(ledger: Ledger):
    ledger.batch_set(batch())
    reserve(ledger, ask("cat a"))

    assert isinstance(ledger.reserve(row("a")), Reservation)
    assert ledger.batch("another") is None
