"""``nano-banana``: the command for people, shells and build servers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ima_nano_banana.doors import dashes, early

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.errors import Fault

HOMES = {
    "generate": "generate",
    "edit": "edit",
    "quote": "quote",
    "models": "models",
    "batch": "batch",
    "worker": "worker",
    "resume": "resume",
    "tasks": "tasks",
    "show": "show",
    "regenerate": "regenerate",
    "costs": "costs",
    "limits": "limits",
    "prefs": "prefs",
    "key": "key",
    "doctor": "doctor",
    "sandbox": "sandbox",
    "mcp": "mcp",
}
"""Each command and its module."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    words = dashes.behind(sys.argv[1:] if argv is None else argv)
    return early.run(lambda: _open(words), words)


def _open(words: list[str]) -> int:
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.doors.resume import OF_COMMAND
    from ima_nano_banana.doors.run import guarded

    desk = Desk(words, resume=OF_COMMAND, words_are_prompt=True)
    return guarded(lambda: _run(words, desk), desk)


def _run(words: list[str], desk: Desk) -> int:
    import click

    from ima_nano_banana.doors.cli.build import PROGRAM, LazyGroup
    from ima_nano_banana.doors.skill import check_switches

    root = LazyGroup(HOMES)
    if "_NANO_BANANA_COMPLETE" in os.environ:
        root.main(args=words, prog_name=PROGRAM)
    check_switches(words)
    if "--help" in words or "-h" in words:
        words = _asking_for_help(words)
    try:
        # Not root.main(): it would answer errors and broken pipes itself, in English and with its own codes.
        with root.make_context(PROGRAM, words, obj=desk) as context:
            return int(root.invoke(context) or 0)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.Abort as stop:
        raise KeyboardInterrupt from stop
    except click.ClickException as refused:
        raise _fault(refused) from refused


def _asking_for_help(words: list[str]) -> list[str]:
    """Return the words that name a command, and ``--help``: whatever else was typed is no reason to refuse it."""
    from ima_nano_banana.doors.glance import pairs

    path = [value for name, value in pairs(words) if not name][:2]
    if len(path) == 2 and path[1] not in _commands_of(path[0]):
        path.pop()
    return [*path, "--help"]


def _commands_of(name: str) -> list[str]:
    import importlib

    if name not in HOMES:
        return []
    module = importlib.import_module(f"ima_nano_banana.doors.cli.{HOMES[name]}")
    return [own.name for own in module.COMMAND.commands]


def _fault(refused: click.ClickException) -> Fault:
    """Say what click found in our own words, in the user's language."""
    import click

    from ima_nano_banana.doors.skill import needs_value, unknown_option
    from ima_nano_banana.errors import UsageFault

    if isinstance(refused, click.NoSuchOption):
        own = [name for param in refused.ctx.command.params for name in param.opts] if refused.ctx else []
        prompted = refused.ctx is not None and refused.ctx.command.name in dashes.PROMPTED
        return unknown_option(refused.option_name, own, prompted=prompted)
    if isinstance(refused, click.BadOptionUsage):
        return needs_value(refused.option_name)
    return UsageFault("flags.unexpected", word=refused.format_message())
