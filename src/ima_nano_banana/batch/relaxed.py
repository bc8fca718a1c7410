"""JSON as people write it by hand: with comments, and with a comma after the last of a list. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|(?m:^[ \t]*#[^\n]*)|/\*.*?\*/|,(?=\s*(?:[}\]]|\Z))', re.DOTALL)
_SPACE = re.compile(r"\s*")


def strict(text: str) -> str:
    """Return the text without comments and spare commas; every sign that is left keeps its place."""
    # Twice: a comma may be spare only once the comment behind it is gone.
    return _PARTS.sub(_blank, _PARTS.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    told = found[0]
    return told if told.startswith('"') else re.sub(r"[^\n]", " ", told)


def elements(text: str) -> Iterator[tuple[int, object]]:
    """Yield what a list holds, each with its line from 1.

    Raises:
        ValueError: it is no list.
    """
    decoder = json.JSONDecoder()
    place = _after_space(text, 0)
    if text[place : place + 1] != "[":
        raise ValueError("no list")
    place = _after_space(text, place + 1)
    while text[place : place + 1] != "]":
        value, end = decoder.raw_decode(text, place)
        yield text.count("\n", 0, place) + 1, value
        place = _after_space(text, end)
        if text[place : place + 1] == ",":
            place = _after_space(text, place + 1)
        elif text[place : place + 1] != "]":
            raise json.JSONDecodeError("no comma", text, place)
    if text[place + 1 :].strip():
        raise json.JSONDecodeError("more than a list", text, place + 1)


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found is not None else place
