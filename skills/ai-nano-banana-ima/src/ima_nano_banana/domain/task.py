"""The life of a request that may cost money, as a state machine; and what one look at a task means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.domain.model import Media

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import TaskView


class State(StrEnum):
    """Where an item of the ledger stands."""

    QUEUED = "queued"
    """Nothing was sent, or what was sent is proven not to be charged."""
    SENDING = "sending"
    """Durable before the first byte of a create leaves."""
    RUNNING = "running"
    """The service gave a task id."""
    READY = "ready"
    """The result is known; its files are still to be fetched."""
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """A create was sent and its outcome is unknown."""


TRANSITIONS: frozenset[tuple[State, State]] = frozenset(
    {
        (State.QUEUED, State.SENDING),
        (State.QUEUED, State.FAILED),
        (State.SENDING, State.QUEUED),  # proven not charged: it may be sent again
        (State.SENDING, State.RUNNING),
        (State.SENDING, State.FAILED),  # a definite refusal
        (State.SENDING, State.UNCERTAIN),  # anything wrong after the first byte, or the sender died
        (State.RUNNING, State.READY),
        (State.RUNNING, State.FAILED),
        (State.READY, State.DONE),
        (State.READY, State.FAILED),
        (State.UNCERTAIN, State.RUNNING),  # the late answer of a frozen sender, or the id was found
        (State.UNCERTAIN, State.QUEUED),  # by a person only
        (State.UNCERTAIN, State.FAILED),  # by a person only
    }
)

BEING_SENT = (State.QUEUED, State.SENDING)
"""Somebody is paying for these right now, or was until they died."""

FOLLOWED = (State.RUNNING, State.READY)
"""Paid, and still to be looked at or fetched."""

OPEN = (State.SENDING, *FOLLOWED)
"""Paid or being paid, and not yet saved: the same command joins these."""

FOLLOW_SECONDS = 600.0
"""How long a task is followed after its create, where nobody says otherwise."""

MOST_CREATES = 3
"""Creates of one request in all, refused ones included (interface, section 9)."""

COUNTS_AS_SPENT = frozenset({State.SENDING, State.RUNNING, State.READY, State.DONE, State.UNCERTAIN})
"""Count against every limit. A ``failed`` item counts too if its task had been created."""


def advance(from_: State | str, to: State | str) -> State:
    """Return ``to`` as a state.

    Raises:
        ValueError: the step is not in :data:`TRANSITIONS`, or a name is no state.
    """
    step = (State(from_), State(to))
    if step not in TRANSITIONS:
        raise ValueError(f"{step[0]} -> {step[1]}")
    return step[1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look at a task means.

    Attributes:
        state: ``partial``: some pictures of several were made, and the rest will never be.
        medias: Every picture of the task, good and bad.
        reason: The service's own cleaned text for a failure.
        why: ``deleted`` if that is what became of every picture.
    """

    state: Literal["running", "done", "failed", "partial"]
    medias: tuple[Media, ...] = ()
    reason: str | None = None
    why: Literal["failed", "deleted"] = "failed"


def judge(view: TaskView, count: int = 1, *, given_up: bool = False) -> Verdict:
    """Decide from one look whether a task goes on (contract, section 6).

    Args:
        view: The deciphered answer.
        count: How many pictures were paid for; fewer in the answer means that the others are still to come.
        given_up: They are not: everything that is there has ended, and has for a while. Whether the service
            honours a count above one for these models is not known (contract, section 11).
    """
    medias = view.medias
    if view.failed or given_up:
        # The task has ended as a whole: what is not made by now will not be.
        medias = tuple(media if media.state != "running" else _lost(view) for media in medias)
        medias += (_lost(view),) * max(0, count - len(medias))
    if len(medias) < max(1, count) or any(media.state == "running" for media in medias):
        return Verdict("running", medias)
    good = sum(media.state == "done" for media in medias)
    reason = next((media.reason for media in medias if media.state != "done" and media.reason), view.reason)
    if good == len(medias):
        return Verdict("done", medias)
    why: Literal["failed", "deleted"] = "deleted" if all(media.state == "deleted" for media in medias) else "failed"
    return Verdict("partial" if good else "failed", medias, reason, why)


def kept(urls: tuple[str, ...], failures: tuple[str | None, ...] = (), cover_url: str | None = None) -> Verdict:
    """Return what an earlier look has told of a task that has ended, for when the service tells nothing any more."""
    good = tuple(Media(state="done", url=url, cover_url=cover_url) for url in urls)
    bad = tuple(Media(state="failed", reason=reason) for reason in failures)
    return Verdict("partial" if bad else "done", good + bad, next((reason for reason in failures if reason), None))


def is_short(view: TaskView, count: int) -> bool:
    """Tell whether all that the task shows has ended, but it shows fewer pictures than were paid for."""
    return 0 < len(view.medias) < count and all(media.state != "running" for media in view.medias)


def _lost(view: TaskView) -> Media:
    return Media(state="failed", reason=view.reason)
