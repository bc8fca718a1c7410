"""The life of a paid task, and what one look at it means."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.domain.model import Media, TaskView
from ima_nano_banana.domain.task import COUNTS_AS_SPENT, OPEN, TRANSITIONS, State, advance, judge

# Written out a second time on purpose: a slip in the table must not be its own proof.
ALLOWED = {
    "queued": {"sending", "failed"},
    "sending": {"queued", "running", "failed", "uncertain"},
    "running": {"ready", "failed"},
    "ready": {"done", "failed"},
    "done": set(),
    "failed": set(),
    "uncertain": {"running", "queued", "failed"},
}


@pytest.mark.parametrize(("from_", "to"), list(itertools.product(State, State)))
def test_exactly_the_steps_of_the_table_are_allowed(from_, to):
    if to in ALLOWED[from_]:
        assert advance(from_, to) is to
        assert (from_, to) in TRANSITIONS
    else:
        with pytest.raises(ValueError, match="->"):
            advance(from_, to)


def test_only_an_item_that_is_queued_may_be_sent():
    """So that an uncertain create is never sent again but by a person's decision."""
    assert {from_ for from_, to in TRANSITIONS if to is State.SENDING} == {State.QUEUED}


def test_whatever_may_have_been_charged_counts_as_spent():
    assert COUNTS_AS_SPENT.issuperset({*OPEN, State.UNCERTAIN, State.DONE})
    assert State.QUEUED not in COUNTS_AS_SPENT


def test_an_unknown_state_is_no_state():
    with pytest.raises(ValueError, match="nonsense"):
        advance("nonsense", "done")


def view(*states, failed=False, reason=None):
    medias = tuple(Media(state=state, url=f"https://h.example/{i}") for i, state in enumerate(states))
    return TaskView(task_id="t", medias=medias, failed=failed, reason=reason)


@pytest.mark.parametrize(
    ("states", "count", "verdict"),
    [
        ((), 1, "running"),
        (("running",), 1, "running"),
        (("done",), 1, "done"),
        (("done", "done"), 1, "done"),
        (("failed",), 1, "failed"),
        (("deleted",), 1, "failed"),
        (("done",), 2, "running"),
        (("failed",), 2, "running"),
        (("done", "running"), 2, "running"),
        (("failed", "running", "done"), 3, "running"),
        (("done", "failed"), 2, "partial"),
        (("done", "deleted", "done"), 3, "partial"),
        (("failed", "deleted"), 2, "failed"),
        (("done", "done", "done"), 3, "done"),
    ],
)
def test_a_task_ends_when_every_picture_has_ended(states, count, verdict):
    """D10: it ended with the first picture, and one failure lost the others."""
    assert judge(view(*states), count).state == verdict


@pytest.mark.parametrize(
    ("states", "count", "verdict"),
    [((), 1, "failed"), (("running",), 1, "failed"), (("done",), 1, "done"), (("done", "running"), 2, "partial")],
)
def test_a_task_that_failed_as_a_whole_has_ended(states, count, verdict):
    """D15: it was followed to the deadline."""
    assert judge(view(*states, failed=True), count).state == verdict


def test_every_picture_that_will_never_be_is_counted_as_failed():
    assert [media.state for media in judge(view("done", failed=True), 3).medias] == ["done", "failed", "failed"]


def test_the_reason_is_the_services_own():
    """D16: it never reached the user."""
    bad = Media(state="failed", reason="content rejected")
    assert judge(TaskView(task_id="t", medias=(bad,))).reason == "content rejected"
    assert judge(view(failed=True, reason="overloaded")).reason == "overloaded"


def test_a_deleted_task_says_that_it_was_deleted():
    assert judge(view("deleted")).why == "deleted"
    assert judge(view("deleted", "failed"), 2).why == "failed"


@given(
    st.lists(st.sampled_from(["running", "done", "failed", "deleted"]), max_size=5), st.integers(1, 4), st.booleans()
)
def test_done_means_that_nothing_is_missing(states, count, failed):
    verdict = judge(view(*states, failed=failed), count)
    good = sum(media.state == "done" for media in verdict.medias)
    assert (verdict.state == "done") == (good == len(verdict.medias) >= count)
    if verdict.state in ("partial", "failed"):
        assert all(media.state != "running" for media in verdict.medias)
        assert (good > 0) == (verdict.state == "partial")
    if verdict.state == "running":
        assert not failed
