"""Reserving, joining, and refusing to pay twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger_world import NOON, FixedClock, ask, finished, paid, quote, reserve

from ima_nano_banana import words
from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import BudgetFault, InternalFault, NetworkFault, RejectedFault, UncertainFault
from ima_nano_banana.ledger import Ask, Batch, Ledger, Standing

LOST = UncertainFault("uncertain.no_answer", phase="create", charged="unknown")
NO = RejectedFault("rejected.parameters", phase="create", ima_code=6009)


def row(name: str) -> Ask:
    return replace(ask(name), batch_id="b", row_id=name)


def paced(ledger: Ledger, **pace: float) -> None:
    ledger.batch_set(Batch(id="b", realm="ima", user_id="ann", name="b", created_at=NOON, rows=4, **pace))


def test_a_reservation_is_in_the_file_before_it_is_handed_out(ledger: Ledger, other: Ledger):
    reservation = reserve(ledger)

    item = other.find(reservation.item_id)

    assert item is not None
    assert (item.state, item.attempt, item.committed, item.credit) == ("sending", 1, 6, 6)
    assert item.prompt == "a cat"
    assert item.requested is not None
    assert item.requested.size == "1K"


def test_a_running_request_is_joined_and_not_paid_again(ledger: Ledger, other: Ledger):
    item_id = paid(ledger)

    standing = other.reserve(ask())

    assert not isinstance(standing, Reservation)
    assert (standing.state, standing.item and standing.item.id) == ("open", item_id)


def test_a_ready_but_unsaved_request_is_joined(ledger: Ledger, other: Ledger):
    item_id = paid(ledger)
    ledger.ready(item_id, ["https://cdn.example/a.png"])

    standing = other.peek(ask())

    assert standing.item is not None
    assert standing.item.urls == ("https://cdn.example/a.png",)


def test_a_finished_request_runs_anew(ledger: Ledger):
    finished(ledger)

    assert ledger.peek(ask()).state == "free"
    assert reserve(ledger).attempt == 1


def test_a_failed_request_runs_anew(ledger: Ledger):
    item_id = paid(ledger)
    ledger.failed(item_id)
    ledger.told(item_id)

    assert ledger.peek(ask()).state == "free"


def test_what_has_ended_stays_open_until_somebody_was_told(ledger: Ledger):
    """A kill between the last picture and the last word: the same request is handed it, and pays nothing."""
    item_id = paid(ledger)
    ledger.ready(item_id, ["https://cdn.example/a.png"])
    ledger.done(item_id, ["/p/a.png"])

    standing = ledger.peek(ask())
    assert (standing.state, standing.item and standing.item.id) == ("open", item_id)
    assert isinstance(ledger.reserve(ask()), Standing)
    assert [item.id for item in ledger.open_items()] == [item_id]

    assert ledger.told(item_id) is True
    assert ledger.told(item_id) is False
    assert ledger.peek(ask()).state == "free"
    assert ledger.open_items() == []
    item = ledger.find(item_id)
    assert item is not None
    assert item.told_at is not None


def test_a_failure_that_may_have_cost_stays_open_until_somebody_was_told(ledger: Ledger):
    item_id = paid(ledger)
    ledger.failed(item_id, LOST)

    assert ledger.peek(ask()).state == "open"
    ledger.told(item_id)
    assert ledger.peek(ask()).state == "free"


def test_a_failure_that_cost_nothing_stands_in_nobodys_way(ledger: Ledger):
    free = RejectedFault("rejected.unknown_task", phase="poll", charged="no", id="task_1")
    ledger.failed(paid(ledger), free)

    assert ledger.peek(ask()).state == "free"
    assert ledger.open_items() == []


def test_nobody_is_told_of_what_has_not_ended(ledger: Ledger):
    item_id = paid(ledger)

    assert ledger.told(item_id) is False
    assert ledger.peek(ask()).state == "open"
    ledger.ready(item_id, [])
    ledger.done(item_id, [])
    assert ledger.peek(ask()).state == "open"


def test_whoever_left_in_the_moment_of_being_told_was_not_told(ledger: Ledger):
    item_id = finished(ledger)
    ledger.untold(item_id)

    assert ledger.peek(ask()).state == "open"


def test_what_a_person_settled_is_told(ledger: Ledger):
    first = reserve(ledger)
    ledger.uncertain(first, LOST)
    ledger.settle(first.item_id, charged=True)

    assert ledger.peek(ask()).state == "free"


def test_an_order_keeps_its_folder_and_its_door(ledger: Ledger):
    reservation = reserve(ledger, replace(ask(), folder="/p", door="command"))

    item = ledger.find(reservation.item_id)
    assert item is not None
    assert (item.folder, item.door) == ("/p", "command")


@pytest.mark.parametrize("stranger", [{"user": "bob"}, {"realm": "sandbox"}, {"prompt": "a dog"}])
def test_different_requests_never_share(ledger: Ledger, stranger: dict[str, str]):
    paid(ledger)

    assert ledger.peek(ask(**stranger)).state == "free"


def test_a_request_that_a_living_process_is_sending_is_waited_for(ledger: Ledger, other: Ledger):
    reserve(ledger)

    assert other.peek(ask()).state == "sending"


def test_a_request_between_two_attempts_is_waited_for_too(ledger: Ledger, other: Ledger):
    ledger.requeue(reserve(ledger), NO)

    assert other.peek(ask()).state == "sending"


def test_a_lost_answer_is_never_repeated_by_the_same_command(ledger: Ledger, other: Ledger):
    """D1, D9: an outcome that nobody knows is told, counted and not sent again."""
    reservation = reserve(ledger)
    ledger.uncertain(reservation, LOST)

    for asked in (ledger.peek, other.reserve):
        with pytest.raises(UncertainFault) as told:
            asked(ask())
        assert told.value.charged == "unknown"
        assert told.value.params["item"] == reservation.item_id[:8]
        assert "6 points" in str(told.value)
        assert reservation.item_id[:8] in words.text("ledger.uncertain.do", "zh", **told.value.params)


def test_again_pays_for_a_second_one_and_keeps_the_uncertain_one_booked(ledger: Ledger):
    first = reserve(ledger)
    ledger.uncertain(first, LOST)

    second = reserve(ledger, ask(again=True))
    ledger.created(second, "task_2")

    old = ledger.find(first.item_id)
    assert old is not None
    assert (old.state, old.committed, old.acknowledged_at is not None) == ("uncertain", 6, True)
    assert ledger.peek(ask()).state == "open"
    finished(ledger, ask("other"), "task_3")
    ledger.done(second.item_id, [])
    ledger.told(second.item_id)
    assert ledger.peek(ask()).state == "free"


def test_an_again_that_was_refused_leaves_the_unknown_outcome_unknown(ledger: Ledger):
    ledger.uncertain(reserve(ledger), LOST)
    ledger.refused(reserve(ledger, ask(again=True)), NO)
    with pytest.raises(UncertainFault):
        ledger.reserve(ask())

    paid(ledger, ask(again=True), "task_2")
    assert ledger.peek(ask()).state == "open"


def test_again_starts_a_second_one_beside_an_open_one(ledger: Ledger):
    first = paid(ledger)

    second = reserve(ledger, ask(again=True))

    assert second.item_id != first


def test_a_refused_create_frees_its_points(ledger: Ledger):
    reservation = reserve(ledger)

    item = ledger.refused(reservation, NO)

    assert (item.state, item.committed) == ("failed", 0)
    assert item.fault is not None
    assert (item.fault["code"], item.fault["ima_code"]) == ("rejected.parameters", 6009)
    assert ledger.peek(ask()).state == "free"


def test_a_further_attempt_is_booked_at_its_own_price_and_said_so(ledger: Ledger):
    first = reserve(ledger, ask(credit=13))
    ledger.requeue(first, NO)

    second = ledger.further(first, quote(10, "512px"))

    item = ledger.find(first.item_id)
    assert item is not None
    assert (second.attempt, second.credit, item.committed, item.size) == (2, 10, 10, "512px")
    assert [(one.from_, one.to) for one in item.adjustments] == [("1K", "512px")]
    assert [one["to_state"] for one in ledger.changes(item.id)] == ["queued", "sending", "queued", "sending"]


def test_a_further_attempt_never_costs_more_than_was_reserved(ledger: Ledger):
    first = reserve(ledger, ask(credit=6))
    ledger.requeue(first, NO)

    with pytest.raises(BudgetFault) as told:
        ledger.further(first, quote(7))

    assert told.value.code == "budget.dearer"
    item = ledger.find(first.item_id)
    assert item is not None
    assert (item.state, item.committed) == ("failed", 0)


def test_three_creates_are_all_that_one_request_gets(ledger: Ledger):
    reservation = reserve(ledger)
    for _ in range(2):
        ledger.requeue(reservation, NO)
        reservation = ledger.further(reservation, quote(6))
    ledger.requeue(reservation, NO)

    with pytest.raises(InternalFault):
        ledger.further(reservation, quote(6))


def test_claims_that_were_never_sent_do_not_use_up_the_three(ledger: Ledger):
    reservation = reserve(ledger)
    for _ in range(6):
        ledger.requeue(reservation, NetworkFault("network.claimed_too_late", phase="create"))
        reservation = ledger.further(reservation, quote(6))

    assert reservation.attempt == 7


def test_a_closed_item_is_not_tried_again(ledger: Ledger):
    reservation = reserve(ledger)
    ledger.refused(reservation, NO)

    with pytest.raises(InternalFault):
        ledger.further(reservation, quote(6))


def test_an_open_request_at_another_size_is_seen_before_its_price_is_known(ledger: Ledger):
    assert ledger.has_open(ask().subject) is False
    item_id = paid(ledger)
    assert ledger.has_open(ask().subject) is True

    ledger.done(item_id, [])
    assert ledger.has_open(ask().subject) is True
    ledger.told(item_id)

    assert ledger.has_open(ask().subject) is False


def test_a_reservation_is_dated_after_it_is_durable_unless_a_rate_must_hold(ledger: Ledger, clock: FixedClock):
    clock.ticks = 5.0
    commit = ledger.database.commit

    def slow() -> None:
        commit()
        clock.ticks += 1.0

    ledger.database.commit = slow  # type: ignore[method-assign]

    assert reserve(ledger, ask("one")).claimed_at == 6.0
    paced(ledger, rate_count=9, rate_seconds=1.0)
    clock.ticks = 5.0
    assert reserve(ledger, row("two")).claimed_at == 5.0


def test_a_batch_has_no_more_in_flight_than_it_may(ledger: Ledger, clock: FixedClock):
    paced(ledger, max_in_flight=2)
    first = paid(ledger, row("one"), "task_1")
    ledger.uncertain(reserve(ledger, row("two")), LOST)

    assert ledger.peek(row("three")).state == "wait"

    ledger.ready(first, [])
    assert ledger.peek(row("three")).state == "free"
    paid(ledger, row("three"), "task_3")
    assert ledger.peek(row("four")).state == "wait"
    clock.now += 1000.0  # an old uncertain one no longer holds its place
    assert ledger.peek(row("four")).state == "free"


def test_a_task_that_nobody_sees_end_holds_its_place_for_the_life_of_a_task_only(ledger: Ledger, clock: FixedClock):
    paced(ledger, max_in_flight=1)
    paid(ledger, row("one"), "task_1")

    clock.now += 800.0
    assert ledger.peek(row("two")).state == "wait"
    clock.now += 200.0
    assert ledger.peek(row("two")).state == "free"


def test_a_rate_holds_over_any_period_of_its_length(ledger: Ledger, clock: FixedClock):
    paced(ledger, rate_count=2, rate_seconds=2.0)
    reserve(ledger, row("one"))
    clock.now += 1.0
    reserve(ledger, row("two"))

    standing = ledger.reserve(row("three"))

    assert not isinstance(standing, Reservation)
    assert (standing.state, standing.retry_after) == ("wait", pytest.approx(1.25))
    clock.now += standing.retry_after
    assert ledger.peek(row("three")).state == "free"


def test_a_further_attempt_keeps_the_rate_too(ledger: Ledger):
    paced(ledger, rate_count=1, rate_seconds=2.0)
    reservation = reserve(ledger, row("one"))
    ledger.requeue(reservation, NO)

    with pytest.raises(NetworkFault) as told:
        ledger.further(reservation, quote(6))

    assert told.value.retry_after == pytest.approx(2.25)
