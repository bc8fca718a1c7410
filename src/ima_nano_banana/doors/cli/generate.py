"""``nano-banana generate PROMPT``."""

from __future__ import annotations

from ima_nano_banana.doors import actions
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

COMMAND = Command(
    name="generate",
    about="help.generate_",
    example='nano-banana generate "a cute puppy on grass" --size 1K --aspect-ratio 16:9',
    run=actions.generate,
    flags=flags_of("generate"),
    arguments=(Argument("prompt", required=True),),
    exit_codes=True,
)
