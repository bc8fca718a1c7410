"""``nano-banana models``."""

from __future__ import annotations

from ima_nano_banana.doors import actions
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of

COMMAND = Command(
    name="models",
    about="help.models_",
    example="nano-banana models",
    run=actions.models,
    flags=flags_of("models"),
    exit_codes=True,
)
