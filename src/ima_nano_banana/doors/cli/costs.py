"""``nano-banana costs``: what was spent, by day, user or model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import history, order
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Add up the books."""
    return history.costs(session, order.whose(session.values, session.env))


COMMAND = Command(
    name="costs",
    about="help.costs_",
    example="nano-banana costs --by day,model --since 2026-01-01",
    run=run,
    flags=flags_of("costs"),
)
