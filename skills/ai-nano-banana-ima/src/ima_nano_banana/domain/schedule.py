"""When to look at a task next, and how far along it probably is.

One early look catches tasks that fail at once. Then nothing until the earliest expected finish, every
2 s inside the expected window, every 5 s after it. Looks 2 s apart miss a finish by 1 s on average
wherever the first of them falls within its 2 s, so that moment is free: a look at the very start of the
window would find nothing, and a little jitter keeps many tasks from looking all at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.domain import scope

if TYPE_CHECKING:
    from collections.abc import Sequence

EARLY_LOOK = 2.0
IN_WINDOW = 2.0
AFTER_WINDOW = 5.0
_JITTER = 1.0
_MOST_PERCENT = 95

HISTORY_NEEDED = 10
HISTORY_USED = 50
# A window narrower than this says more about few runs than about the next one.
_NARROWEST = 6.0
# A tag that ends this far below the table describes another service than the table does (the sandbox, say),
# and is believed. Pro's live tag, 25~45 s against 60-120 s, does not: it gets two looks, and the table the rest.
_BELIEVED_BELOW = 0.7

_LONGEST_BACKOFF = 20.0


@dataclass(frozen=True, slots=True)
class Window:
    """When a task is expected to finish, in seconds after its creation.

    Attributes:
        lo: The earliest expected finish.
        hi: The latest expected finish.
        max_seconds: The longest typical time, for percentages.
        probes: Single looks before ``lo``, where a finish is possible but not expected.
    """

    lo: float
    hi: float
    max_seconds: int
    probes: tuple[float, ...] = ()


def expected_seconds(model_id: str | None) -> tuple[int, int]:
    """Return the typical seconds of a model, as users are told; of the default model if it is unknown."""
    return scope.row_of(model_id).expected_seconds


def push_seconds(model_id: str | None) -> int:
    """Return the seconds between two progress messages."""
    return scope.row_of(model_id).push_seconds


def window(eet: tuple[float, float] | None, model_id: str | None, history: Sequence[float] = ()) -> Window:
    """Return when a task is expected to finish.

    Args:
        eet: The live ``EET`` tag of the offer, in seconds.
        model_id: Its model.
        history: Seconds that earlier tasks of the same kind took on this machine, newest first;
            with ten or more of them, the 5th to 95th percentile of up to fifty is believed over tag and table.
    """
    low, high = expected_seconds(model_id)
    known = sorted(seconds for seconds in history[:HISTORY_USED] if math.isfinite(seconds) and seconds > 0)
    if len(known) >= HISTORY_NEEDED:
        return _window(_percentile(known, 0.05), _percentile(known, 0.95), high)
    if eet is None:
        return _window(low, high, high)
    if eet[1] < low * _BELIEVED_BELOW:
        return _window(*eet, high)
    if eet[0] > high:
        return _window(*eet, high, probes=((low + high) / 2, float(high)))
    probes: tuple[float, ...] = ()
    if eet[0] < low:
        latest = min(eet[1], float(low))
        probes = ((eet[0] + latest) / 2, latest) if latest < low else ()
    return _window(low, max(high, eet[1]), high, probes=probes)


def _window(low: float, high: float, most: int, *, probes: tuple[float, ...] = ()) -> Window:
    return Window(float(low), max(float(high), low + _NARROWEST), most, probes)


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Return a percentile of sorted values, interpolated between the two nearest."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def next_look(window: Window, elapsed: float, looks_done: int, jitter: float) -> float:
    """Return the seconds to wait before the next look.

    Args:
        window: When the task is expected to finish.
        elapsed: Seconds since its creation.
        looks_done: How many looks were taken so far.
        jitter: A random number in [0, 1).
    """
    if looks_done == 0:
        return max(0.0, EARLY_LOOK + jitter - elapsed)
    if elapsed >= window.hi:
        return AFTER_WINDOW
    if elapsed >= window.lo:
        return IN_WINDOW
    for probe in window.probes:
        if probe >= elapsed + IN_WINDOW:
            return max(IN_WINDOW, probe - _JITTER * jitter - elapsed)
    return max(IN_WINDOW, window.lo + IN_WINDOW - _JITTER * jitter - elapsed)


def backoff(attempt: int, retry_after: float | None = None) -> float:
    """Return the seconds to wait after a look that failed: 2, 4, 8, 16, 20, or what the service asked for.

    Args:
        attempt: How many looks have failed in a row, from 1.
        retry_after: Seconds that the service asked for; never less than the usual wait between looks.
    """
    if retry_after is not None and math.isfinite(retry_after):
        return max(IN_WINDOW, retry_after)
    return min(_LONGEST_BACKOFF, IN_WINDOW * 2.0 ** min(max(attempt, 1) - 1, 10))


def progress(elapsed: float, max_seconds: float) -> int:
    """Return the percentage that users see: never above 95 before the task has ended."""
    if max_seconds <= 0:
        return _MOST_PERCENT
    return max(0, min(_MOST_PERCENT, math.floor(elapsed / max_seconds * 100)))
