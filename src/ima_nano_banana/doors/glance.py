"""A first look at the arguments: how to answer, should they turn out to be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.doors.flags import BY_SPELLING
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.words.language import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ima_nano_banana.words import Language


@dataclass(frozen=True, slots=True)
class Glance:
    """What can be told without parsing: the reader of stdout, the language, and whether it is all simulated."""

    mode: Mode
    language: Language
    asked_language: str | None
    sandbox: bool


def glance(argv: Sequence[str], *, words_are_prompt: bool = False) -> Glance:
    """Look for the stream flags, the language and the prompt anywhere in ``argv``.

    Args:
        argv: The arguments without the program's name.
        words_are_prompt: The first word after the command is the prompt (the command), not a mistake (the script).
    """
    found: dict[str, str] = {}
    words: list[str] = []
    for name, value in pairs(argv):
        if name:
            found[name] = value
        else:
            words.append(value)
    asked = found.get("--language")
    prompt = found.get("--prompt") or (" ".join(words[1:2]) if words_are_prompt else None)
    return Glance(_mode(found), language_of(prompt, asked), asked, "--sandbox" in found)


def _mode(found: dict[str, str]) -> Mode:
    as_json, as_events = "--output-json" in found, "--events" in found
    if as_json and as_events:
        return Mode.BOTH
    return Mode.JSON if as_json else Mode.EVENTS if as_events else Mode.HUMAN


def pairs(argv: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each option with its value, and each other word with an empty name."""
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            yield from (("", after) for after in rest)
            return
        spelling, equals, value = word.partition("=")
        flag = BY_SPELLING.get(spelling)
        if flag is None:
            if not word.startswith("-"):
                yield "", word
        elif flag.kind == "switch" or equals or not rest or rest[0].partition("=")[0] in BY_SPELLING:
            yield flag.name, value
        else:
            yield flag.name, rest.pop(0)
