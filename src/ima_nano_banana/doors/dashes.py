"""Prompts that begin with a dash, such as ``-5 degrees``, told apart from options. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from ima_nano_banana.doors.flags import BY_SPELLING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROMPTED = ("generate", "edit", "quote")
"""The commands whose first word is a prompt."""

# What an option looks like, known or mistyped. A mistyped one must never become a prompt that is paid for.
_OPTION = re.compile(r"--?[a-z][\w-]*(=.*)?", re.IGNORECASE | re.DOTALL | re.ASCII)


def is_prose(word: str) -> bool:
    """Tell whether a word begins with a dash and can't be meant as an option."""
    return len(word) > 1 and word.startswith("-") and word != "--" and not _OPTION.fullmatch(word)


def joined(argv: Sequence[str]) -> list[str]:
    """Return the arguments with such a value tied to its option: ``--prompt=-5 degrees``."""
    words: list[str] = []
    for word in argv:
        if is_prose(word) and words and _takes_value(words[-1]):
            words[-1] = f"{words[-1]}={word}"
        else:
            words.append(word)
    return words


def behind(argv: Sequence[str]) -> list[str]:
    """Return the arguments of a command with such a prompt behind ``--``, where no word is an option."""
    words = joined(argv)
    plain = [word for kind, word in _sorted(words) if kind == "word"]
    if not any(is_prose(word) for word in plain) or plain[0] not in PROMPTED:
        return words
    options = [word for kind, word in _sorted(words) if kind == "option"]
    return [plain[0], *options, "--", *plain[1:]]


def misplaced(argv: Sequence[str]) -> tuple[str, str] | None:
    """Return an option and what stands in the place of its value, if that looks like an option that does not exist."""
    for option, word in pairwise(argv):
        if _takes_value(option) and word.startswith("-") and len(word) > 1 and not _known(word):
            return option, word
    return None


def _takes_value(word: str) -> bool:
    flag = BY_SPELLING.get(word)
    return flag is not None and flag.kind == "value"


def _known(word: str) -> bool:
    return word.partition("=")[0] in BY_SPELLING or word in ("--", "-h", "--help", "--version")


def _sorted(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each argument as an option (or the value of one) or as a word of its own."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            yield from (("word", after) for after in rest)
        elif not word.startswith("-") or word == "-" or is_prose(word):
            yield "word", word
        else:
            yield "option", word
            flag = BY_SPELLING.get(word)
            if flag is not None and flag.kind != "switch" and (value := next(rest, None)) is not None:
                yield "option", value
