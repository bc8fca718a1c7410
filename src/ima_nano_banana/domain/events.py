"""What the engine says while it works; every door renders the same events (interface, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Adjustment, Result
    from ima_nano_banana.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The flags are understood and work begins (step 0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Something will not be as asked."""

    adjustment: Adjustment


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The price is known and the task is about to be created, or followed if it was paid before (step 1)."""

    task_type: str | None
    model_name: str | None
    size: str | None
    aspect_ratio: str | None
    count: int
    credit: int | None
    expected_seconds: tuple[int, int]
    joined: bool = False
    """The task was paid by an earlier run; this one follows it and pays nothing."""
    ended: bool = False
    """It has ended as well, and there is nothing to wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The task exists and its id is durable. Not shown to chat users; doors use it for their own notes."""

    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something else comes first; nothing was sent."""

    why: Literal["sibling", "pace", "approval"]
    """``sibling``: another process is sending the same request. ``pace``: the account's creates are spread out.
    ``approval``: somebody has to approve a plan."""
    plan_id: str | None = None
    credit: int | None = None
    seconds: int | None = None
    """How long it will be waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Still waiting (step 2)."""

    percent: int
    max_seconds: int
    late: bool = False
    """The longest expected time has passed."""
    elapsed_seconds: float | None = None
    """The seconds that ``percent`` is reckoned from: those since the task was created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """Every picture asked for is made (step 3). The last event."""

    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It did not work out (step 4). The last event."""

    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """Somebody pressed Ctrl-C or sent SIGTERM. The last event."""

    fault: Fault


Event = Acknowledged | Adjusted | Started | Waiting | Created | Progress | Succeeded | Failed | Interrupted
