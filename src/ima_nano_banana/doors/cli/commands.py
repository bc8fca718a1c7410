"""The commands by name: found, explained, and given their values. A command's module is loaded when it is typed."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import flags, helptext
from ima_nano_banana.doors.layout import wrapped
from ima_nano_banana.doors.reading import PROMPTED
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ima_nano_banana.doors.cli.spec import Argument, Command
    from ima_nano_banana.doors.order import Values
    from ima_nano_banana.doors.reading import Reading
    from ima_nano_banana.words import Language

PROGRAM = "nano-banana"
_EXAMPLE = f'{PROGRAM} generate "a cute puppy on grass" --size 1K'
_ANYWHERE = flags.named("--language")
"""What may stand beside the bare name of the program, or of a command that only has commands."""

HOMES = {
    "generate": "generate",
    "edit": "edit",
    "quote": "quote",
    "plan": "plan",
    "plans": "plans",
    "approve": "approve",
    "refuse": "refuse",
    "run": "run",
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
    "studio": "studio",
    "mcp": "mcp",
    "completion": "completion",
    "help": "help",
}
"""Each command and its module."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a line means: the command (``None`` is the bare program), how it is typed, and the words behind it."""

    spec: Command | None
    full: str
    words: tuple[str, ...]


def load(name: str) -> Command:
    """Return the command of this name; its module is imported."""
    module = importlib.import_module(f"ima_nano_banana.doors.cli.{HOMES[name]}")
    command: Command = module.COMMAND
    return command


def find(typed: Sequence[str], *, lenient: bool = False) -> Found:
    """Return the command that a line begins with.

    Args:
        typed: The words of the line.
        lenient: Whoever asks for help is told of the nearest command above a name that does not exist.

    Raises:
        UsageFault: there is none of that name.
    """
    if not typed:
        return Found(None, PROGRAM, ())
    if typed[0] not in HOMES:
        raise _no_command(typed[0], PROGRAM, HOMES)
    spec, full, rest = load(typed[0]), f"{PROGRAM} {typed[0]}", tuple(typed[1:])
    own = {one.name: one for one in spec.commands}
    if rest and rest[0] in own:
        return Found(own[rest[0]], f"{full} {rest[0]}", rest[1:])
    if rest and own and not spec.arguments and not lenient:
        raise _no_command(rest[0], full, own)
    return Found(spec, full, rest)


def _no_command(word: str, group: str, known: Iterable[str]) -> UsageFault:
    import difflib

    if near := difflib.get_close_matches(word, list(known), n=1):
        return UsageFault("flags.no_command_near", word=word, near=f"{group} {near[0]}")
    return UsageFault("flags.no_command", word=word, group=group)


def values(found: Found, reading: Reading) -> Values:
    """Return the values of all options and arguments of the command.

    Raises:
        UsageFault: an option or a word does not belong here, or one that is needed is missing.
    """
    spec = found.spec
    if spec is None or spec.run is None:
        return reading.values(flags.with_anywhere(_ANYWHERE))
    prompted = spec.name in PROMPTED
    told = reading.values(flags.with_anywhere(spec.flags or _ANYWHERE), prompted=prompted)
    rest = list(found.words)
    for argument in spec.arguments:
        told[argument.name] = _argument(argument, rest)
    if rest:
        raise UsageFault("flags.unexpected" if prompted else "flags.unexpected_word", word=rest[0])
    return told


def _argument(argument: Argument, rest: list[str]) -> object:
    """Take what belongs to an argument from the front of ``rest``."""
    if argument.many:
        taken: object = tuple(rest)
        rest.clear()
    else:
        taken = rest.pop(0) if rest else None
    # A blank prompt is refused as one; a blank name of anything else is as good as none.
    if argument.required and (taken in (None, ()) or (not taken and argument.name != "prompt")):
        raise UsageFault("flags.missing", name=argument.name.upper())
    return taken


def help_of(found: Found, language: Language) -> str:
    """Return the help of a command, an example first; of the bare program, all commands."""
    spec = found.spec
    if spec is None:
        listed = [(name, f"help.{name}_") for name in HOMES]
        told = helptext.of_group("help.nano_banana", _EXAMPLE, f"{PROGRAM} COMMAND …", listed, language)
        own = helptext.options(flags.with_anywhere(_ANYWHERE), language, PROGRAM, version=True)
        return f"{told}\n\n{own}\n\n{wrapped(words.text('help.more', language), '')}"
    listed = [(own.name, own.about) for own in spec.commands]
    if spec.commands and not spec.flags:
        return helptext.of_group(spec.about, spec.example, f"{found.full} COMMAND …", listed, language)
    usage = " ".join((found.full, *(_shown(one) for one in spec.arguments), "[OPTIONS]"))
    told = helptext.of_command(
        spec.about, spec.example, usage, flags.with_anywhere(spec.flags), language, exit_codes=spec.exit_codes
    )
    return f"{told}\n\n{helptext.listed(listed, language)}" if listed else told


def _shown(argument: Argument) -> str:
    name = argument.name.upper().removesuffix("S") + ("…" if argument.many else "")
    return name if argument.required else f"[{name}]"
