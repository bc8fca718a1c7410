"""File names that a person can read and every file system can hold (interface, section 9, Files)."""

from __future__ import annotations

import re
import unicodedata

READABLE = 40
"""Characters of the prompt in a name; at four bytes each the name stays well below 255 bytes."""

_TASK_END = 8
_NOTHING_READABLE = "picture"
# Device names on Windows, whatever the suffix. https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)
_WORD_END_FROM = READABLE // 2


def stem(prompt: str | None, task_id: str, position: int | None = None) -> str:
    """Return a file name without suffix: the prompt, shortened, the end of the task id, and which of several.

    Args:
        prompt: What was asked for; ``None`` if it is not known (a task of another machine).
        task_id: The service's id; only its letters and digits are used.
        position: 1 for the first of several pictures; ``None`` if there is only one.
    """
    end = re.sub(r"[^A-Za-z0-9]", "", task_id)[-_TASK_END:]
    parts = [_readable(prompt or ""), end, str(position) if position is not None else ""]
    name = "-".join(part for part in parts if part)
    return f"{name}-{_NOTHING_READABLE}" if is_reserved(name) else name


def is_reserved(name: str) -> bool:
    """Tell whether Windows takes a name for that of a device."""
    return _RESERVED.match(name) is not None


def _readable(prompt: str) -> str:
    """Keep letters, digits and their marks in any script; everything between them becomes one hyphen."""
    text = unicodedata.normalize("NFC", prompt)
    text = re.sub(r"['’]", "", text)  # "the cat's hat" reads best as "the-cats-hat"
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in text)
    words = re.sub(r"-+", "-", kept).strip("-")
    return _cut(words) or _NOTHING_READABLE


def _cut(words: str) -> str:
    """Shorten to :data:`READABLE` characters, at the end of a word if one ends in the second half."""
    if len(words) <= READABLE:
        return words
    short = words[:READABLE]
    at = short.rfind("-")
    if words[READABLE] != "-" and at >= _WORD_END_FROM:
        short = short[:at]
    return short.rstrip("-")
