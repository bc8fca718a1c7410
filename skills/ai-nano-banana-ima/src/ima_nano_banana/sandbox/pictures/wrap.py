"""Breaking a text into lines by measured width: CJK anywhere, Latin at spaces, long words where they must."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS = "…"
_NO_LINE_START = "，。、；：？！）》」』】〉”’…,.;:?!)%"
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# A piece is what never breaks of its own: one CJK character with the closing marks after it, or a Latin word.
_PIECES = re.compile(rf" |[{_CJK}][{re.escape(_NO_LINE_START)}]*|[^ {_CJK}]+")

if TYPE_CHECKING:
    Measure = Callable[[str], float]


def lines_of(text: str, width: float, measure: Measure) -> list[str]:
    """The lines of ``text``, none wider than ``width`` (but for a single character that is wider itself).

    Widths are added up, so ``measure`` must not kern.
    """
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _PIECES.findall(text):
        used += measure(piece)
        if used <= width or piece == " ":
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        *full, line = _split(piece, width, measure)
        lines += full
        used = measure(line)
    return [*lines, line.rstrip()] if line.strip() else lines


def _split(piece: str, width: float, measure: Measure) -> list[str]:
    parts, used = [""], 0.0
    for character in piece:
        used += measure(character)
        if parts[-1] and used > width:
            parts.append("")
            used = measure(character)
        parts[-1] += character
    return parts


def cut(lines: list[str], most: int, width: float, measure: Measure, ellipsis: str = ELLIPSIS) -> list[str]:
    """At most ``most`` lines; the last one says by an ellipsis that something is left out."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and measure(last + ellipsis) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + ellipsis]
