"""``nano-banana approve PLAN``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import planned
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Approve a plan."""
    return planned.decide(session, "approved")


COMMAND = Command(
    name="approve",
    about="help.approve_",
    example="nano-banana approve plan_66f0c1d2e3a4b5c6",
    run=run,
    flags=flags_of("approve"),
    arguments=(Argument("plan", required=True),),
)
