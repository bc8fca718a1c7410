"""What became of a create: every allowed change of state, late answers, and what people settle."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from ledger_world import FixedClock, ask, finished, paid, quote, reserve

from ima_nano_banana.domain.task import TRANSITIONS, State
from ima_nano_banana.errors import GenerationFault, RejectedFault, StorageFault, UncertainFault, UsageFault
from ima_nano_banana.ledger import Item, Ledger, rows

if TYPE_CHECKING:
    import sqlite3

LOST = UncertainFault("uncertain.no_answer", phase="create", charged="unknown")
NO = RejectedFault("rejected.parameters", phase="create")
BAD = GenerationFault("generation.failed_because", phase="poll", charged="unknown", reason="no such cat")


def _item(state: State) -> Item:
    return Item(
        id=f"item-{state}",
        realm="ima",
        user_id="ann",
        key_fingerprint="f",
        identity="i",
        subject="s",
        state=state,
        created_at=1.0,
        state_at=1.0,
        attempt=1,
        owner="somebody",
        task_id="task",
    )


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_an_item_moves_only_as_the_state_machine_allows(ledger: Ledger, before: State, after: State):
    def work(tx: sqlite3.Connection) -> Item:
        return rows.move(tx, rows.insert(tx, _item(before)), after, 2.0)

    if (before, after) in TRANSITIONS:
        assert ledger.database.write(work).state is after
        assert ledger.changes(f"item-{before}")[-1]["to_state"] == after.value
    else:
        with pytest.raises(ValueError, match="->"):
            ledger.database.write(work)
        assert ledger.find(f"item-{before}") is None


@pytest.mark.parametrize(
    "broken", [{"task_id": None}, {"committed": -1}, {"committed": 1, "spent_at": None}, {"state": State.READY}]
)
def test_the_file_itself_refuses_an_impossible_row(ledger: Ledger, broken: dict[str, object]):
    item = replace(_item(State.RUNNING), **{"task_id": None, **broken})  # type: ignore[arg-type]

    with pytest.raises(StorageFault):
        ledger.database.write(lambda tx: rows.insert(tx, item))


def test_every_field_of_an_item_survives_the_file(ledger: Ledger):
    item_id = paid(ledger)
    ledger.ready(item_id, ["u"], cover_url="c", failures=("bad \ud800 text", None))
    ledger.done(item_id, ["/p/甲.png"], width=1024, height=1024)

    item = ledger.find("task_1")

    assert item is not None
    assert rows.from_row(rows.to_row(item)) == item
    assert item.failures == ("bad \ud800 text", None)
    assert (item.extra, item.parameters, item.width) == ((("seed", "7"),), {"size": "1K"}, 1024)


def test_the_whole_life_is_written_down_with_its_times(ledger: Ledger, clock: FixedClock):
    reservation = reserve(ledger)
    clock.now += 1
    ledger.created(reservation, "task_1")
    clock.now += 30
    ledger.ready(reservation.item_id, ["u"])
    clock.now += 2
    ledger.done(reservation.item_id, ["f"])

    life = ledger.changes(reservation.item_id)

    assert [one["to_state"] for one in life] == ["queued", "sending", "running", "ready", "done"]
    start = life[0]["at"]
    assert [one["at"] - start for one in life] == [0, 0, 1, 31, 33]  # type: ignore[operator]


def test_the_late_answer_of_a_sender_that_was_thought_dead_heals_the_item(ledger: Ledger):
    reservation = reserve(ledger)
    ledger.uncertain(reservation, LOST)

    item = ledger.created(reservation, "task_1")

    assert (item.state, item.task_id, item.committed, item.fault) == ("running", "task_1", 6, None)


def test_a_late_refusal_frees_what_was_thought_uncertain(ledger: Ledger):
    reservation = reserve(ledger)
    ledger.uncertain(reservation, LOST)

    assert ledger.refused(reservation, NO).committed == 0


def test_a_task_id_that_comes_after_its_item_moved_on_is_kept_and_paid_once(ledger: Ledger):
    first = reserve(ledger)
    ledger.requeue(first, NO)
    second = ledger.further(first, quote(4, "512px"))
    ledger.created(second, "task_2")

    late = ledger.created(first, "task_1")

    assert late.id != first.item_id
    assert (late.state, late.credit, late.committed, late.prompt) == ("running", 6, 6, "a cat")
    kept = ledger.find("task_2")
    assert kept is not None
    assert (kept.id, kept.committed) == (first.item_id, 4)


@pytest.mark.parametrize(("charged", "before"), [(True, 6), (False, 0)])
def test_a_task_id_that_comes_after_a_person_settled_it_is_counted_once(ledger: Ledger, charged: bool, before: int):
    reservation = reserve(ledger)
    ledger.uncertain(reservation, LOST)
    assert ledger.settle(reservation.item_id, charged=charged).committed == before

    ledger.created(reservation, "task_1")

    assert sum(item.committed for item in ledger.tasks()) == 6
    assert ledger.find("task_1") is not None


def test_hearing_of_the_same_task_twice_changes_nothing(ledger: Ledger):
    reservation = reserve(ledger)
    first = ledger.created(reservation, "task_1")

    assert ledger.created(reservation, "task_1") == first


def test_an_interrupt_after_the_answer_does_not_make_a_paid_task_uncertain(ledger: Ledger):
    reservation = reserve(ledger)
    ledger.created(reservation, "task_1")

    assert ledger.uncertain(reservation, LOST).state == "running"
    assert ledger.refused(reservation, NO).state == "running"
    assert ledger.requeue(reservation, NO).state == "running"


def test_two_runs_that_joined_one_task_may_both_finish_it(ledger: Ledger, other: Ledger):
    item_id = paid(ledger)
    ledger.ready(item_id, ["u"])
    other.ready(item_id, ["u"])
    ledger.done(item_id, ["/a.png"])
    other.ready(item_id, ["u"])

    item = other.done(item_id, ["/a (2).png"])

    assert (item.state, item.files) == ("done", ("/a.png", "/a (2).png"))
    assert other.failed(item_id, BAD).state == "done"


def test_a_failed_task_counts_unless_it_is_certain_that_it_was_given_back(ledger: Ledger):
    kept = ledger.failed(paid(ledger, ask("one"), "task_1"), BAD)
    freed = ledger.failed(paid(ledger, ask("two"), "task_2"), GenerationFault("generation.failed", charged="no"))

    assert (kept.committed, freed.committed) == (6, 0)


def test_partly_saved_pictures_are_remembered_while_the_rest_is_fetched(ledger: Ledger):
    item_id = paid(ledger)
    ledger.ready(item_id, ["u", "v"])

    assert ledger.files(item_id, ["/a.png"]).state == "ready"
    assert ledger.done(item_id, ["/a.png", "/b.png"]).files == ("/a.png", "/b.png")


def test_a_task_that_this_machine_never_saw_can_be_adopted_once(ledger: Ledger, other: Ledger):
    """D7: a way back to a paid task with nothing but its id."""
    item = ledger.adopt("task_9", "ann", "ima", "fingerprint")

    assert (item.state, item.credit, item.committed, item.vouched) == ("running", None, 0, False)
    assert other.adopt("task_9", "bob", "ima") == item
    found = ledger.ready(item.id, ["u"], model_id="m", task_type="text_to_image")
    assert (found.model_id, found.task_type, found.seconds) == ("m", "text_to_image", None)


def test_a_task_of_the_simulated_service_is_not_one_of_the_real_one(ledger: Ledger):
    paid(ledger, ask(realm="sandbox"), "task_1")

    assert ledger.find("task_1", realm="ima") is None
    assert ledger.adopt("task_1", "ann", "ima").realm == "ima"


def test_a_create_of_ours_vouches_for_its_task(ledger: Ledger):
    paid(ledger)

    item = ledger.find("task_1")

    assert item is not None
    assert item.vouched


def test_only_what_is_in_doubt_can_be_settled(ledger: Ledger):
    done = finished(ledger)
    failed = ledger.failed(paid(ledger, ask("two"), "task_2"), BAD).id

    assert ledger.settle(failed, charged=False).committed == 0
    assert ledger.settle(failed, charged=True).committed == 6
    with pytest.raises(UsageFault) as told:
        ledger.settle(done, charged=False)
    assert told.value.params["state"] == "done"


def test_a_settled_item_no_longer_stands_in_the_way(ledger: Ledger):
    reservation = reserve(ledger)
    ledger.uncertain(reservation, LOST)

    item = ledger.settle(reservation.item_id, charged=True)

    assert (item.state, item.committed) == ("failed", 6)
    assert item.fault is not None
    assert item.fault["charged"] == "yes"
    assert ledger.peek(ask()).state == "free"


def test_an_unknown_item_is_named(ledger: Ledger):
    with pytest.raises(UsageFault) as told:
        ledger.done("nothing", [])

    assert "nothing" in str(told.value)
