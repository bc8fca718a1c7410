"""The one reading of a command line, for both doors. Pure: it looks at nothing but the words.

It never raises. A line that is wrong still tells how its answer is to be written (stream, language), so what is
odd about it is kept in the order of the line, and raised by :meth:`Reading.values` once the command is known.

A table and one loop instead of argparse or click: both would need this loop before them, to tell a prompt such as
``-5 degrees`` from an option and to know stream and language of a line that they refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.domain.language import language_of, language_set
from ima_nano_banana.doors import flags
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ima_nano_banana.doors.order import Values
    from ima_nano_banana.words import Language

PROMPTED = ("generate", "edit", "quote", "plan")
"""The commands whose first word is a prompt."""

_HELP = ("--help", "-h")
_VERSION = "--version"

# What an option looks like, known or mistyped. A mistyped one must never become a prompt that is paid for.
_OPTION = re.compile(r"--?[a-z][\w-]*(=.*)?", re.IGNORECASE | re.DOTALL | re.ASCII)


def is_prose(word: str) -> bool:
    """Tell whether a word begins with a dash and can't be meant as an option."""
    return len(word) > 1 and word.startswith("-") and word != "--" and not _OPTION.fullmatch(word)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a command line says.

    Attributes:
        words: What is neither an option nor the value of one; of the command, its name first.
        given: The values of the options by name, as text.
        odd: What is wrong with the line, in its order; a plain text is an option that exists nowhere.
        help: Whether help is asked for.
        version: Whether the version is asked for.
        prompt: What is to be drawn, as far as the line tells; it decides the language of the answer.
    """

    words: tuple[str, ...]
    given: Values
    odd: tuple[UsageFault | str, ...]
    help: bool
    version: bool
    prompt: str | None

    @property
    def mode(self) -> Mode:
        """Who reads standard output."""
        as_json, as_events = bool(self.given.get("output_json")), bool(self.given.get("events"))
        if as_json and as_events:
            return Mode.BOTH
        return Mode.JSON if as_json else Mode.EVENTS if as_events else Mode.HUMAN

    @property
    def asked_language(self) -> str | None:
        """The language that was asked for, as it was written."""
        asked = self.given.get("language")
        return asked if isinstance(asked, str) else None

    def language(self, env: Mapping[str, str]) -> Language:
        """Return the language to answer in; where there is no prompt, the one that is set in the environment."""
        if self.prompt is None:
            return language_set(env, self.asked_language)
        return language_of(self.prompt, self.asked_language)

    @property
    def sandbox(self) -> bool:
        """Whether all is simulated."""
        return bool(self.given.get("sandbox"))

    def values(self, own: Sequence[flags.Flag], *, prompted: bool = False) -> Values:
        """Return a value for each option that the command takes; what was not given is empty.

        Args:
            own: The options of the command.
            prompted: A word of it is a prompt, for which a mistyped option may have been meant.

        Raises:
            UsageFault: whatever is wrong with the line, the first of it.
        """
        for odd in self.odd:
            raise odd if isinstance(odd, UsageFault) else unknown_option(odd, own, prompted=prompted)
        names = {flag.dest for flag in own}
        for name in self.given:
            if name not in names:
                raise UsageFault("flags.not_here", flag=flags.BY_DEST[name].name)
        return {flag.dest: self.given.get(flag.dest, flags.NOTHING[flag.kind]) for flag in own}


def read(argv: Sequence[str], *, script: bool = False) -> Reading:
    """Read a command line.

    Args:
        argv: The arguments without the program's name.
        script: It is the skill script's, which has no words of its own: ``--input-images`` takes all that follow.
    """
    line = _Line(list(argv), greedy=script)
    while line.rest:
        line.take()
    told = line.given.get("prompt")
    behind = line.words[1] if not script and len(line.words) > 1 and line.words[0] in PROMPTED else None
    return Reading(
        words=tuple(line.words),
        given=line.given,
        odd=tuple(line.odd),
        help=line.help,
        version=line.version,
        prompt=told if isinstance(told, str) and told else behind,
    )


class _Line:
    """A command line that is read from its front."""

    def __init__(self, rest: list[str], *, greedy: bool) -> None:
        self.rest = rest
        self.words: list[str] = []
        self.given: Values = {}
        self.odd: list[UsageFault | str] = []
        self.help = self.version = False
        self._greedy = greedy

    def take(self) -> None:
        """Take the next word, and with it whatever belongs to it."""
        word = self.rest.pop(0)
        if word == "--":
            self.words += self.rest
            self.rest.clear()
        elif _is_word(word):
            self.words.append(word)
        elif word in _HELP:
            self.help = True
        elif word == _VERSION:
            self.version = True
        else:
            self._option(word)

    def _option(self, word: str) -> None:
        spelling, equals, value = word.partition("=")
        flag = flags.BY_SPELLING.get(spelling)
        if flag is None:
            self.odd.append(word)
        elif flag.kind == "switch":
            self.given[flag.dest] = True
            if equals:
                self.odd.append(UsageFault("flags.no_value", flag=spelling))
        elif flag.kind == "many":
            earlier = self.given.get(flag.dest)
            taken = [value] if equals else self._several(flag)
            self.given[flag.dest] = [*(earlier if isinstance(earlier, list) else []), *taken]
        elif equals:
            self.given[flag.dest] = value
        elif (one := self._value(flag)) is not None:
            self.given[flag.dest] = one

    def _several(self, flag: flags.Flag) -> list[str]:
        first = self._value(flag)
        taken = [] if first is None else [first]
        while taken and self._greedy and self.rest and _is_word(self.rest[0]):
            taken.append(self.rest.pop(0))
        return taken

    def _value(self, flag: flags.Flag) -> str | None:
        if not self.rest or _known(self.rest[0]):
            self.odd.append(UsageFault("flags.needs_value", flag=flag.name, metavar=flag.metavar))
            return None
        value = self.rest.pop(0)
        if _is_word(value):
            return value
        self.odd.append(_dash_value(flag.name, value))
        return None


def _is_word(word: str) -> bool:
    return not word.startswith("-") or word == "-" or is_prose(word)


def _known(word: str) -> bool:
    return word.partition("=")[0] in flags.BY_SPELLING or word in ("--", *_HELP, _VERSION)


def _dash_value(spelling: str, word: str) -> UsageFault:
    """Return the fault for a value that looks like an option, with the way to write it."""
    from ima_nano_banana.doors.resume import command_line

    return UsageFault("flags.dash_value", flag=spelling, written=command_line([f"{spelling}={word}"]))


def unknown_option(word: str, own: Sequence[flags.Flag], *, prompted: bool = False) -> UsageFault:
    """Return the fault for an option that does not exist, with the nearest one that does.

    Args:
        word: What was typed.
        own: The options that exist here.
        prompted: The word may have been meant as a prompt.
    """
    import difflib

    spelling = word.partition("=")[0]
    if prompted and not spelling.startswith("--"):
        return UsageFault("flags.unknown_prompt", flag=word)
    # Without the dashes, which would make every two options alike.
    names = {one.lstrip("-"): one for flag in own for one in flag.spellings}
    if near := difflib.get_close_matches(spelling.lstrip("-"), names, n=1):
        return UsageFault("flags.unknown_near", flag=spelling, near=names[near[0]])
    return UsageFault("flags.unknown", flag=spelling)
