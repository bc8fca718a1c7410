"""How long after its end a task is noticed, and in how many looks: exact computation, nothing is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ima_nano_banana.domain.model import FLASH, PRO
from ima_nano_banana.domain.schedule import EXPECTED, next_look, window

EVERY = 5.0
"""Seconds of the fixed cadence."""
TAGS = {FLASH: (20.0, 35.0), PRO: (25.0, 45.0)}
"""The live ``EET`` tags."""


@dataclass
class Noticing:
    """Means over the durations of a model, each equally likely."""

    lag: float
    looks: float


def ours(model: str, until: float, jitter: float = 0.0) -> list[float]:
    """Return when a task of ``model`` is looked at, until the first look at or after ``until``."""
    plan, times, now = window(TAGS[model], model), [], 0.0
    while not times or now < until:
        now += next_look(plan, now, len(times), jitter)
        times.append(now)
    return times


def fixed(until: float) -> list[float]:
    """Return the looks of the fixed cadence; the first after one wait."""
    return [EVERY * number for number in range(1, int(until // EVERY) + 2)]


def mean(times: list[float], low: float, high: float) -> Noticing:
    """Return the exact means for an end that is uniform over ``low`` to ``high``."""
    lag = looks = 0.0
    for number, (before, now) in enumerate(pairwise([0.0, *times]), start=1):
        first, last = max(before, low), min(now, high)
        if last > first:
            share = (last - first) / (high - low)
            lag += share * (now - (first + last) / 2)
            looks += share * number
    return Noticing(lag, looks)


def compared(model: str) -> tuple[Noticing, Noticing]:
    """Return the fixed cadence and ours, over the durations that the model is known for."""
    low, high = EXPECTED[model]
    return mean(fixed(high), low, high), mean(ours(model, high), low, high)
