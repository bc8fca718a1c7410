"""A clock that was once ahead, then put right; and one that was behind for a while."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger_world import NOON, FixedClock, ask, finished, paid, reserve

from ima_nano_banana.errors import BudgetFault, UncertainFault
from ima_nano_banana.ledger import Batch, Filters, Ledger, Standing

DAY = 86_400.0
LOST = UncertainFault("uncertain.no_answer", phase="create", charged="unknown")


def _is_refused(ledger: Ledger, name: str) -> bool:
    try:
        ledger.refused(reserve(ledger, ask(name)))
    except BudgetFault:
        return True
    return False


@pytest.mark.parametrize("days", [2, 40, 365])
@pytest.mark.parametrize("period", ["day", "month"])
def test_a_spend_of_the_future_counts_once_and_in_the_period_in_which_it_is_noticed(
    ledger: Ledger, clock: FixedClock, days: int, period: str
):
    ledger.limits_set("all", period, 6)  # type: ignore[arg-type]
    clock.now = NOON + days * DAY
    reserve(ledger, ask("ahead"))
    clock.now = NOON

    assert _is_refused(ledger, "at once")
    assert _is_refused(ledger, "once more")
    refused = []
    for day in range(1, days + 3):
        clock.now = NOON + day * DAY
        refused += [day] if _is_refused(ledger, f"day {day}") else []
    # The 22nd of a month is noon: the rest of it is the same month.
    assert refused == ([] if period == "day" else [day for day in range(1, days + 3) if day <= 8])


def test_a_clock_that_was_behind_for_a_while_frees_no_points(ledger: Ledger, clock: FixedClock):
    ledger.limits_set("all", "day", 12)
    reserve(ledger, ask("a"))
    clock.now = NOON - 3 * DAY
    reserve(ledger, ask("while it is behind"))
    assert _is_refused(ledger, "b")

    clock.now = NOON + 60
    assert ledger.limits_show()[0].used == 6
    reserve(ledger, ask("d"))
    assert _is_refused(ledger, "e")
    assert {item.created_at for item in ledger.tasks(Filters(since=NOON - 1))} == {NOON, NOON + 60}


def test_points_stay_in_step_with_what_is_redated(ledger: Ledger, clock: FixedClock):
    ledger.limits_set("all", "day", 100)
    clock.now = NOON + 365 * DAY
    first = reserve(ledger, ask("a"))
    kept = paid(ledger, ask("b"), "t1")
    clock.now = NOON
    reserve(ledger, ask("c"))
    ledger.refused(first)

    assert ledger.limits_show()[0].used == 12
    assert sum(one.points for one in ledger.costs()) == 12
    assert {one.group for one in ledger.costs()} == {("2026-11-22",)}
    found = ledger.find(kept)
    assert found is not None
    assert found.spent_at == NOON


def test_no_rate_of_a_batch_waits_longer_than_its_period(ledger: Ledger, clock: FixedClock):
    ledger.batch_set(
        Batch(id="b", realm="ima", user_id="ann", name="b", created_at=NOON, rate_count=1, rate_seconds=9.0, rows=2)
    )
    clock.now = NOON + 365 * DAY
    reserve(ledger, replace(ask("1"), batch_id="b", row_id="1"))
    clock.now = NOON

    standing = ledger.reserve(replace(ask("2"), batch_id="b", row_id="2"))
    assert isinstance(standing, Standing)
    assert 0 < standing.retry_after <= 9.25
    clock.now += standing.retry_after
    reserve(ledger, replace(ask("2"), batch_id="b", row_id="2"))


def test_an_uncertain_create_of_the_future_holds_no_place_for_good(ledger: Ledger, clock: FixedClock):
    ledger.batch_set(Batch(id="b", realm="ima", user_id="ann", name="b", created_at=NOON, max_in_flight=1, rows=2))
    clock.now = NOON + 365 * DAY
    ledger.uncertain(reserve(ledger, replace(ask("lost"), batch_id="b", row_id="1")), LOST)
    clock.now = NOON

    assert reserve(ledger, replace(ask("next"), batch_id="b", row_id="2")).credit == 6


def test_the_last_picture_is_the_one_that_was_made_last(ledger: Ledger, clock: FixedClock):
    clock.now = NOON + 365 * DAY
    finished(ledger, ask("a"), "t1", "/p/ahead-1.png")
    clock.now += 60
    finished(ledger, ask("b"), "t2", "/p/ahead-2.png")
    clock.now = NOON
    assert ledger.pictures("ann", "ima") == ["/p/ahead-2.png", "/p/ahead-1.png"]
    finished(ledger, ask("c"), "t3", "/p/now.png")

    assert ledger.pictures("ann", "ima") == ["/p/now.png", "/p/ahead-2.png", "/p/ahead-1.png"]
    assert [item.task_id for item in ledger.tasks()] == ["t3", "t2", "t1"]
    assert len(ledger.tasks(Filters(since=NOON + DAY))) == 0


def test_what_was_dated_in_the_future_is_named_until_its_time_has_come(ledger: Ledger, clock: FixedClock):
    assert ledger.ahead() == (0, 0.0)
    clock.now = NOON + 2 * DAY
    reserve(ledger, ask("a"))
    clock.now = NOON

    assert ledger.ahead() == (1, NOON + 2 * DAY)
    reserve(ledger, ask("b"))
    assert ledger.ahead() == (1, NOON + 2 * DAY)
    for hours in range(6, 60, 6):
        clock.now = NOON + hours * 3600
        reserve(ledger, ask(f"later {hours}"))
    assert ledger.ahead() == (0, 0.0)
