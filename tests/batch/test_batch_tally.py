"""What a worker says of itself when it stops: its own points, and not those of others."""

from __future__ import annotations

from typing import Any

from ima_nano_banana.cluster.tally import Tally
from ima_nano_banana.domain.task import State
from ima_nano_banana.ledger import Item

ROW = ("batch", "cat")


def item(id_: str = "one", committed: int = 4, state: State = State.DONE) -> Item:
    plain: dict[str, Any] = dict.fromkeys(("identity", "subject", "user_id", "realm", "prompt"), "")
    facts = {name: plain.get(name) for name in Item.__slots__}
    return Item(**{**facts, "id": id_, "committed": committed, "state": state})


def test_points_of_a_row_count_for_the_worker_that_spent_them():
    tally = Tally()
    tally.taken(ROW, None)
    tally.ended(ROW, "done", item())

    assert (tally.spent, dict(tally.states), tally.unended) == (4, {"done": 1}, [])


def test_a_row_that_another_paid_for_costs_nothing():
    tally = Tally()
    tally.taken(ROW, item(state=State.RUNNING))
    tally.ended(ROW, "done", item())

    assert (tally.spent, dict(tally.states)) == (0, {"done": 1})


def test_a_row_that_is_made_once_more_costs_once_more():
    tally = Tally()
    tally.taken(ROW, item(state=State.FAILED))
    tally.ended(ROW, "done", item("two", 6))

    assert tally.spent == 6


def test_a_row_that_is_taken_twice_counts_from_the_first_time():
    tally = Tally()
    tally.taken(ROW, None)
    tally.taken(ROW, item(state=State.RUNNING))
    tally.ended(ROW, "done", item())

    assert tally.spent == 4


def test_what_is_left_behind_is_open_only_if_this_worker_paid_for_it():
    tally = Tally()
    for name, before in (("own", None), ("other", item(state=State.RUNNING)), ("free", None)):
        tally.taken(("batch", name), before)
    tally.closed(("batch", "own"), item(state=State.RUNNING))
    tally.closed(("batch", "other"), item(state=State.RUNNING))
    tally.closed(("batch", "free"), None)

    assert (tally.spent, tally.left, tally.spent_on_left, tally.unended) == (4, 1, 4, [])


def test_what_nobody_knows_of_is_left_open():
    tally = Tally()
    tally.taken(ROW, None)
    tally.closed(ROW, item(state=State.UNCERTAIN))

    assert (tally.left, tally.spent_on_left) == (1, 4)
