"""``nano-banana generate PROMPT``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.desk import Desk


def run(desk: Desk) -> int:
    """Make a picture."""
    return actions.make(desk, actions.wish(desk), order.how_of(desk.values))


COMMAND = Command(
    name="generate",
    about="help.generate_",
    example='nano-banana generate "a cute puppy on grass" --size 1K --aspect-ratio 16:9',
    run=run,
    flags=flags_of("generate"),
    arguments=(Argument("prompt", required=True),),
    exit_codes=True,
)
