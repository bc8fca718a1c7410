"""``nano-banana generate PROMPT``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Make a picture."""
    return actions.make(session, actions.wish(session), order.how_of(session.values))


COMMAND = Command(
    name="generate",
    about="help.generate_",
    example='nano-banana generate "a cute puppy on grass" --size 1K --aspect-ratio 16:9',
    run=run,
    flags=flags_of("generate"),
    arguments=(Argument("prompt", required=True),),
    exit_codes=True,
)
