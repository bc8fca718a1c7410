"""Text that fits the window: wrapped lines, tables and lists that line up with Chinese in them."""

from __future__ import annotations

import re
import shutil
import unicodedata
from typing import TYPE_CHECKING

from ima_nano_banana.doors.printer import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = 80
"""How wide a window is that nobody can measure: a pipe, a file."""
_LEAST, _MOST = 40, 200
_BETWEEN = 2
_FURTHER = "  "
"""What a further line of one row begins with."""

# What is kept on one line: a Chinese character with the punctuation after it, or a word with the spaces around it.
_PIECES = re.compile(r" *(?:[\u3400-\u9fff\uf900-\ufaff]|[^\s\u3400-\u9fff\uf900-\ufaff]+)[,;:!?)。、…,。:;!?)」』]* *")


def room() -> int:
    """Return the columns to write in: those of the window or of ``COLUMNS``, within reason."""
    return max(_LEAST, min(_MOST, shutil.get_terminal_size((COLUMNS, 24)).columns))


def width(text: str) -> int:
    """Return the columns of a terminal that ``text`` takes: Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def pad(text: str, columns: int) -> str:
    """Fill up with spaces to so many columns."""
    return text + " " * max(0, columns - width(text))


def shorten(text: str, columns: int) -> str:
    """Cut ``text`` to so many columns, with an ellipsis if something was cut."""
    text = " ".join(text.split())
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return kept + "…"


def wrapped(text: str, indent: str, first: str | None = None) -> str:
    """Wrap at the window. Chinese takes two columns a character and may be cut anywhere but before punctuation."""
    most = room()
    lines = [first if first is not None else indent]
    fresh = True
    for piece in _PIECES.findall(" ".join(text.split())):
        if not fresh and width(lines[-1]) + width(piece.rstrip()) > most:
            lines[-1] = lines[-1].rstrip()
            lines.append(indent)
            fresh = True
        lines[-1] += piece.lstrip() if fresh else piece
        fresh = False
    return "\n".join(lines).rstrip()


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in plain text; ``None`` is shown as a dash.

    Where the window is too narrow for a row, its last columns stand on further lines: nothing is left out.
    """
    cells = [[visible("-" if cell is None else str(cell)).replace("\n", " ") for cell in row] for row in (head, *rows)]
    columns = [max(width(row[at]) for row in cells) for at in range(len(head))]
    return "\n".join(_line(row, columns, group) for row in cells for group in _groups(columns))


def _groups(columns: Sequence[int]) -> list[list[int]]:
    """Return which columns stand on one line."""
    groups: list[list[int]] = [[]]
    used = -_BETWEEN
    for at, wide in enumerate(columns):
        if groups[-1] and used + _BETWEEN + wide > room():
            groups.append([])
            used = len(_FURTHER) - _BETWEEN
        groups[-1].append(at)
        used += _BETWEEN + wide
    return groups


def _line(row: Sequence[str], columns: Sequence[int], group: Sequence[int]) -> str:
    told = (" " * _BETWEEN).join(pad(row[at], columns[at]) for at in group).rstrip()
    return told if group[0] == 0 else _FURTHER + told


def pairs(rows: Sequence[tuple[str, object]]) -> str:
    """Return names and values, one a line, lined up; a long value goes on below itself, or stands below its name."""
    columns = max((width(name) for name, _ in rows), default=0) + _BETWEEN
    return "\n".join(_pair(name, visible("-" if value is None else str(value)), columns) for name, value in rows)


def _pair(name: str, value: str, columns: int) -> str:
    left = room() - columns
    if width(value) <= left and "\n" not in value:
        return pad(name, columns) + value
    if max(map(width, value.split()), default=0) <= left:
        return wrapped(value, " " * columns, pad(name, columns))
    return f"{name}\n{wrapped(value, _FURTHER)}"
