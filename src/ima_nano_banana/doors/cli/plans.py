"""``nano-banana plans``: what waits for approval, and what became of the rest."""

from __future__ import annotations

from ima_nano_banana.doors import planned
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of

COMMAND = Command(
    name="plans",
    about="help.plans_",
    example="nano-banana plans --open",
    run=planned.show_all,
    flags=flags_of("plans"),
)
