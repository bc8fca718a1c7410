"""What limits count over, and what spends are added up by."""

from __future__ import annotations

from typing import Literal

Period = Literal["run", "day", "month", "approve"]
PERIODS: tuple[Period, ...] = ("run", "day", "month")

APPROVE: Period = "approve"
"""Not a period: what costs more than so many points needs an approved plan. Kept with the limits, so that a claim
reads both at once."""

Group = Literal["day", "user", "model"]
GROUPS: tuple[Group, ...] = ("day", "user", "model")
