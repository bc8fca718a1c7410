"""What limits count over, and what spends are added up by."""

from __future__ import annotations

from typing import Literal

Period = Literal["run", "day", "month"]
PERIODS: tuple[Period, ...] = ("run", "day", "month")

Group = Literal["day", "user", "model"]
GROUPS: tuple[Group, ...] = ("day", "user", "model")
