"""Renders help for both doors from one table, an example first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import flags
from ima_nano_banana.doors.layout import room, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.words import Language

SCRIPT_EXAMPLE = 'python3 scripts/ima_image_create.py --prompt "a cute puppy on grass" --size 1K --output-json'
SCRIPT_USAGE = "ima_image_create.py [--prompt TEXT | --resume TASK_ID | --tasks | --list-models] …"


def of_script(language: Language) -> str:
    """Return the help of the skill script."""
    parts = (
        block("help.example", [SCRIPT_EXAMPLE], language),
        wrapped(words.text("help.script", language), ""),
        block("help.usage", [SCRIPT_USAGE], language),
        options(flags.flags_of(flags.SCRIPT), language, flags.SCRIPT),
        wrapped(words.text("help.exit_codes", language), ""),
    )
    return "\n\n".join(parts)


def of_command(
    about: str, example: str, usage: str, own: Sequence[flags.Flag], language: Language, *, exit_codes: bool = False
) -> str:
    """Return the help of one command."""
    parts = [
        block("help.example", [example], language),
        wrapped(words.text(about, language), ""),
        block("help.usage", [usage], language),
        options(own, language, usage.split()[1]),
    ]
    if exit_codes:
        parts.append(wrapped(words.text("help.exit_codes", language), ""))
    return "\n\n".join(parts)


def of_group(about: str, example: str, usage: str, commands: Sequence[tuple[str, str]], language: Language) -> str:
    """Return the help of a command that has commands of its own; each comes with the key of its text."""
    parts = (
        block("help.example", [example], language),
        wrapped(words.text(about, language), ""),
        block("help.usage", [usage], language),
        listed(commands, language),
    )
    return "\n\n".join(parts)


def listed(commands: Sequence[tuple[str, str]], language: Language) -> str:
    """Return the list of commands; each comes with the key of its text."""
    column = max(width(name) for name, _ in commands) + 2
    lines = [wrapped(words.text(key, language), " " * (column + 2), f"  {name:<{column}}") for name, key in commands]
    return "\n".join((words.text("help.commands", language), *lines))


def block(title: str, lines: Sequence[str], language: Language) -> str:
    """Return a title and indented command lines; one that is too long goes on as a shell understands it."""
    told = [words.text(title, language)]
    for line in lines:
        told.append(" ")
        for word in re.findall(r"""(?:"[^"]*"|'[^']*'|\S)+""", line):
            if width(told[-1]) + width(word) + 3 > room() and told[-1].strip():
                told[-1] += " \\"
                told.append("   ")
            told[-1] += f" {word}"
    return "\n".join(told)


def options(own: Sequence[flags.Flag], language: Language, command: str, *, version: bool = False) -> str:
    """Return the list of options, the text of each beside it."""
    rows = [(spelled(flag), _about(flag, language, command)) for flag in own]
    if version:
        rows.append(("--version", words.text("help.version", language)))
    rows.append(("-h, --help", words.text("help.help", language)))
    column = 26 if room() >= 60 else 6
    lines = [words.text("help.options", language)]
    for name, told in rows:
        head = f"  {name}".ljust(column)
        if len(name) + 3 > column:
            lines.append(head.rstrip())
            head = " " * column
        lines.append(wrapped(told, " " * column, head))
    return "\n".join(lines)


def _about(flag: flags.Flag, language: Language, command: str) -> str:
    """Return the text of an option; some mean a little else in one command."""
    own = f"help.{flag.dest}.{command}"
    return words.text(own if words.has(own) else f"help.{flag.dest}", language)


def spelled(flag: flags.Flag) -> str:
    """Return how an option is typed."""
    value = {"value": f" {flag.metavar}", "many": f" {flag.metavar}…", "switch": ""}[flag.kind]
    return ", ".join(flag.spellings) + value
