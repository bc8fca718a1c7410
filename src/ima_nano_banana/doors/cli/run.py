"""``nano-banana run PLAN``: spend an approved plan, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import order, planned
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Spend a plan."""
    return planned.run(session, order.text(session.values, "plan") or "")


COMMAND = Command(
    name="run",
    about="help.run_",
    example="nano-banana run plan_66f0c1d2e3a4b5c6",
    run=run,
    flags=flags_of("run"),
    arguments=(Argument("plan", required=True),),
    exit_codes=True,
)
