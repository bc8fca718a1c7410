"""``nano-banana help [COMMAND]``: what ``--help`` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import named

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Explain the command that is named, or list them all."""
    from ima_nano_banana.doors.cli import commands

    found = commands.find(order.many(session.values, "commands"))
    session.reporter.printer.out(commands.help_of(found, session.reporter.language))
    return actions.DONE


COMMAND = Command(
    name="help",
    about="help.help_",
    example="nano-banana help batch",
    run=run,
    flags=named("--language"),
    arguments=(Argument("commands", many=True),),
)
