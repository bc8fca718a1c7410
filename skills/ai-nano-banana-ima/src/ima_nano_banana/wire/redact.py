"""Keep secrets out of everything that leaves the process: logs, errors, texts of the service.

The key may come back from the service itself: the public address of an uploaded picture can hold it
(contract, section 7.1), so it is looked for everywhere and not only where we put it.
"""

from __future__ import annotations

import re
from urllib.parse import quote

HIDDEN_KEY = "ima_***"
REASON_LIMIT = 200

# Anything that looks like a key, known or not. Twenty characters spare our own names (ima_create_20260101.log).
_PIECE = 12
"""Characters in a row that two texts have in common by more than chance; of Han characters a third is as telling."""

_KEY_SHAPED = re.compile(r"ima_[A-Za-z0-9_\-]{20,}")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+")
_USER_INFO = re.compile(r"(?i)(https?://)[^/\s?#\"'<>@]*@")
# A signed address is as good as a password for days; what signs it stands behind the question mark.
_QUERY = re.compile(r"(?i)(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")


def redact(text: str, key: str | None = None) -> str:
    """Return ``text`` without the key, bearer tokens, user info and query strings of addresses."""
    if key:
        text = text.replace(key, HIDDEN_KEY)
        # As a part of an address it may be escaped.
        if (escaped := quote(key, safe="")) != key:
            text = re.sub(re.escape(escaped), HIDDEN_KEY, text, flags=re.IGNORECASE)
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
