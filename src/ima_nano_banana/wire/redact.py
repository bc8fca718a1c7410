"""Keep secrets out of everything that leaves the process: logs, errors, texts of the service.

The key may come back from the service itself: the public address of an uploaded picture can hold it
(contract, section 7.1), so it is looked for everywhere and not only where we put it.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar
from urllib.parse import quote

T = TypeVar("T")

HIDDEN_KEY = "ima_***"
REASON_LIMIT = 200
ARGUMENT_LIMIT = 200
"""Characters of what somebody typed that an error repeats."""
_LIST_LIMIT = 1000
_SHORTEST = 8
_EVERYBODYS = "ima_sandbox"
"""Of what is called a key: too short for one, so that hiding it would blot out half of what is said; or everybody's."""

_known: set[str] = set()
"""The keys that this process has met. Whoever finds one (flag, environment, keyring) is not who prints."""

_PIECE = 12
"""Characters in a row that two texts have in common by more than chance; of Han characters a third is as telling."""

# Anything that looks like a key, known or not. Twenty characters spare our own names (ima_create_20260101.log).
_KEY_SHAPED = re.compile(r"ima_[A-Za-z0-9_\-]{20,}")
# The same where the names of people's files stand too: only what no person would type, letters and digits in a lump.
_SURELY_A_KEY = re.compile(
    r"ima_(?=[\w\-]{20})[\w\-]*?(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{16}[\w\-]*", re.ASCII
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+")
_USER_INFO = re.compile(r"(?i)(https?://)[^/\s?#\"'<>@]*@")
# A signed address is as good as a password for days; what signs it stands behind the question mark.
_QUERY = re.compile(r"(?i)(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")


def remember(key: object) -> None:
    """Hide this key from now on, whoever prints."""
    if isinstance(key, str) and len(key := key.strip()) >= _SHORTEST and key != _EVERYBODYS:
        _known.add(key)


def keyless(value: T) -> T:
    """Return a text without any key, or an object of JSON without any key in its texts.

    Everything that leaves the process passes here: printed lines, replies, messages to a chat, lines of the log.
    Addresses keep their query strings, without which a picture can't be fetched.
    """
    hidden: T = _keyless(value)
    return hidden


def _keyless(value: Any) -> Any:  # noqa: ANN401 -- JSON of any shape, and the same shape again
    if isinstance(value, str):
        return _hidden(value) if "ima_" in value or _known else value
    if isinstance(value, dict):
        return {_keyless(name): _keyless(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_keyless(one) for one in value]
    return value


def _hidden(text: str) -> str:
    for key in sorted(_known, key=len, reverse=True):
        text = _without_key(text, key)
    return _SURELY_A_KEY.sub(HIDDEN_KEY, text)


def _without_key(text: str, key: str) -> str:
    # As a part of an address it may be escaped; a name that is looked up in any case may be told in small letters.
    for form in dict.fromkeys((key, quote(key, safe=""))):
        text = re.sub(re.escape(form), HIDDEN_KEY, text, flags=re.IGNORECASE)
    return text


def repeated(value: object) -> object:
    """Return what an error repeats of what somebody typed: without a key, and no longer than a line can be read."""
    if isinstance(value, str):
        return _cut(_KEY_SHAPED.sub(HIDDEN_KEY, _hidden(value)), ARGUMENT_LIMIT)
    if isinstance(value, (list, tuple)):
        parts: list[object] = []
        room = _LIST_LIMIT
        for one in value:
            if room <= 0:
                parts.append("…")
                break
            parts.append(told := repeated(str(one)))
            room -= len(str(told))
        return tuple(parts)
    return value


def _cut(text: str, limit: int) -> str:
    """Shorten in the middle: the name of a file is at its end."""
    tail = limit // 3
    return text if len(text) <= limit else f"{text[: limit - tail - 1]}…{text[-tail:]}"


def redact(text: str, key: str | None = None) -> str:
    """Return ``text`` without any key, bearer tokens, user info and query strings of addresses."""
    text = _hidden(_without_key(text, key) if key else text)
    text = _KEY_SHAPED.sub(HIDDEN_KEY, text)
    text = _BEARER.sub(r"\1 ***", text)
    text = _USER_INFO.sub(r"\1", text)
    return _QUERY.sub(r"\1?***", text)


def clean(text: object, key: str | None = None, limit: int = REASON_LIMIT) -> str:
    """Return a text of the service as one short printable line, without secrets; ``""`` if it is none."""
    if not isinstance(text, str) or not text:
        return ""
    # Ten times the limit is enough to read; redacting megabytes of a hostile answer is not.
    enough = limit * 10
    # Where the text is cut, no piece of a key may be left that is too short to be known as one.
    printable = text[: enough + len(key)].replace(key, HIDDEN_KEY)[:enough] if key else text[:enough]
    if not printable.isprintable():
        printable = "".join(char if char.isprintable() else " " for char in printable)
    line = redact(" ".join(printable.split()), key)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def without(text: str, secret: str) -> str:
    """Return ``text`` without what it repeats of ``secret``, whole or in pieces, in any case and spacing."""
    folded = " ".join(secret.lower().split())
    line = " ".join(text.split())
    piece = min(len(folded), _PIECE if folded.isascii() else _PIECE // 3)
    if not piece:
        return line
    hidden = [False] * len(line)
    for at in range(len(line) - piece + 1):
        if line[at : at + piece].lower() in folded:
            hidden[at : at + piece] = [True] * piece
    return re.sub(
        "[\0…]*\0[\0…]*", "…", "".join("\0" if hide else char for char, hide in zip(line, hidden, strict=True))
    )
