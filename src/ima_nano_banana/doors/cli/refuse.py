"""``nano-banana refuse PLAN``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import planned
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Refuse a plan."""
    return planned.decide(session, "refused")


COMMAND = Command(
    name="refuse",
    about="help.refuse_",
    example="nano-banana refuse plan_66f0c1d2e3a4b5c6 --reason later",
    run=run,
    flags=flags_of("refuse"),
    arguments=(Argument("plan", required=True),),
)
