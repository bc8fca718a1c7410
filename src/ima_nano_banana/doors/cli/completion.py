"""``nano-banana completion SHELL``: prints a completion script; at a Tab the shell starts no Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import named
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session

SHELLS = ("bash", "zsh", "fish", "powershell")


def run(session: Session) -> int:
    """Print the script of one shell."""
    shell = order.text(session.values, "shell") or ""
    if shell not in SHELLS:
        raise UsageFault("flags.not_one_of", flag="SHELL", value=shell, options=SHELLS)
    from ima_nano_banana.doors import completion

    session.reporter.printer.out(completion.script_for(shell).rstrip("\n"))
    return actions.DONE


COMMAND = Command(
    name="completion",
    about="help.completion_",
    example="nano-banana completion bash",
    run=run,
    flags=named("--language"),
    arguments=(Argument("shell", required=True),),
    choices=SHELLS,
)
