"""The books for somebody who looks on: shelves, news and sums, on both stores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ledger_world import FixedClock, ask, finished, paid, reserve

from ima_nano_banana.errors import UncertainFault
from ima_nano_banana.ledger import gallery
from ima_nano_banana.ledger.gallery import Shelf

if TYPE_CHECKING:
    from ima_nano_banana.ledger import Ledger

ALL = Shelf(realm="ima")


@pytest.fixture
def hung(ledger: Ledger, clock: FixedClock) -> Ledger:
    """Six pictures, a second apart; the last is simulated."""
    for number, (prompt, user) in enumerate(
        [("A red CAT", "ann"), ("50% off", "bob"), ("a dog", "ann"), ("a_b", "ann"), ("a cat at sea", "bob")]
    ):
        finished(ledger, ask(prompt, user=user), f"task_{number}", f"/p/{number}.png")
        clock.now += 1
    finished(ledger, ask("simulated", realm="sandbox"), "task_s", "/p/s.png")
    return ledger


def prompts(ledger: Ledger, shelf: Shelf, offset: int = 0, limit: int = 50) -> list[str | None]:
    return [seen.item.prompt for seen in ledger.shelf_part(shelf, offset, limit)]


def test_a_range_of_a_shelf_is_the_same_as_that_part_of_the_whole(hung: Ledger):
    whole = prompts(hung, ALL)
    assert whole == ["a cat at sea", "a_b", "a dog", "50% off", "A red CAT"]
    assert hung.shelf_count(ALL) == 5
    assert [prompts(hung, ALL, at, 2) for at in (0, 2, 4, 6)] == [whole[:2], whole[2:4], whole[4:], []]
    assert hung.shelf_ids(ALL, 99) == [seen.item.id for seen in hung.shelf_part(ALL, 0, 99)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "cat"}, ["a cat at sea", "A red CAT"]),
        ({"text": "50%"}, ["50% off"]),
        ({"text": "a_b"}, ["a_b"]),
        ({"text": "%"}, ["50% off"]),
        ({"text": "' OR 1=1 --"}, []),
        ({"user_id": "bob"}, ["a cat at sea", "50% off"]),
        ({"states": ("done",), "user_id": "bob", "text": "cat"}, ["a cat at sea"]),
        ({"states": ("failed", "uncertain")}, []),
        ({"model_id": "another"}, []),
        ({"size": "1K", "text": "dog"}, ["a dog"]),
        ({"batch_id": "none"}, []),
    ],
)
def test_a_shelf_holds_what_the_filters_say(hung: Ledger, wanted: dict, found: list[str]):
    shelf = replace(ALL, **wanted)
    assert prompts(hung, shelf) == found
    assert hung.shelf_count(shelf) == len(found)


def test_what_comes_later_moves_nothing_below_a_top(hung: Ledger, clock: FixedClock):
    newest = hung.shelf_part(ALL, 0, 1)[0].item
    below = replace(ALL, top=(newest.created_at, newest.id))
    before = prompts(hung, below)
    clock.now += 5
    finished(hung, ask("later"), "task_later")
    assert prompts(hung, below) == before
    assert prompts(hung, ALL)[0] == "later"


def test_stars_are_kept_and_filtered_by(hung: Ledger):
    cat = hung.shelf_part(replace(ALL, text="red"), 0, 1)[0]
    assert not cat.starred
    assert hung.star([cat.item.id, "nobody"], on=True) == 1
    assert hung.star([cat.item.id], on=True) == 0
    assert prompts(hung, replace(ALL, starred=True)) == ["A red CAT"]
    assert hung.star([cat.item.id], on=False) == 1
    assert prompts(hung, replace(ALL, starred=True)) == []


def test_news_tells_each_request_that_has_changed_once_and_as_it_stands_now(hung: Ledger):
    start = hung.newest_change()
    assert hung.news("ima", start) == []
    finished(hung, ask("fresh"), "task_fresh")
    paid(hung, ask("simulated too", realm="sandbox"), "task_fresh_s")
    told = hung.news("ima", start)
    assert [(one.seen.item.prompt, one.seen.item.state) for one in told] == [("fresh", "done")]
    assert hung.news("ima", told[-1].seq) == []
    assert [one.seen.item.prompt for one in hung.news("sandbox", start)] == ["simulated too"]
    assert len(hung.news("ima", 0, limit=3)) == 3


def test_every_change_has_a_higher_number_than_the_one_before(hung: Ledger):
    seen = [one.seq for one in hung.news("ima", 0)]
    assert seen == sorted(set(seen))
    assert hung.newest_change() >= seen[-1]


def test_counts_and_sums_agree_with_the_limits(hung: Ledger, clock: FixedClock):
    hung.uncertain(reserve(hung, ask("lost", user="bob")), UncertainFault("uncertain.no_answer", charged="unknown"))
    paid(hung, ask("running"), "task_running")
    hung.limits_set("all", "day", 100)
    counts = hung.counts("ima")
    assert (counts.uncertain, counts.going, counts.today, counts.month) == (1, 1, 42, 42)
    assert hung.limits_show(realm="ima")[0].used == counts.today
    spent = hung.spending("ima")
    assert spent.users == {"ann": 24, "bob": 18}
    assert sum(spent.days.values()) == sum(spent.models.values()) == sum(spent.hours) == 42
    assert hung.choices("ima")[0] == ["ann", "bob"]


def test_what_is_left_open_is_what_nobody_alive_follows(ledger: Ledger, other: Ledger):
    mine = replace(ask("mine"), door="studio")
    paid(other, mine, "task_mine")
    paid(other, replace(ask("by command"), door="command"), "task_command")
    paid(other, replace(ask("of bob", user="bob"), door="studio"), "task_bob")
    assert ledger.left_open("studio", user_id="ann", realm="ima") == []  # its process lives
    other.close()
    assert [one.prompt for one in ledger.left_open("studio", user_id="ann", realm="ima")] == ["mine"]


def test_an_edit_knows_its_parents_and_its_children(hung: Ledger):
    parent = hung.shelf_part(replace(ALL, text="dog"), 0, 1)[0].item
    wanted = ask("a dog with a hat")
    child_id = finished(
        hung, replace(wanted, request=replace(wanted.request, images=parent.files)), "task_c", "/p/c.png"
    )
    child = hung.seen(child_id)
    assert child is not None
    assert [one.id for one in hung.family(child.item)[0]] == [parent.id]
    assert [one.id for one in hung.family(parent)[1]] == [child_id]
    assert hung.family(child.item)[1] == []


def test_a_filter_reads_no_row_that_it_skips(hung: Ledger):
    plan = (
        hung._read(
            lambda tx: tx.execute(
                "EXPLAIN QUERY PLAN " + gallery.sql.shelf_rows(gallery.sql.SHELF),
                {"realm": "ima", "top_at": 1e18, "top_id": "", "limit": 60, "offset": 90_000},
            ).fetchall()
        )
        if not hung.shared
        else []
    )
    assert hung.shared or any("COVERING INDEX items_shelf" in str(tuple(row)) for row in plan)
