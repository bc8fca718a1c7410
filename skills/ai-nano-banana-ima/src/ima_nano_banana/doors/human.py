"""What a person sees on standard output: saved paths as links, tables that line up with Chinese in them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors.printer import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.doors.printer import Printer
    from ima_nano_banana.words import Language


def show_result(printer: Printer, result: Result, message: str, language: Language) -> None:
    """Print step 3, where the pictures are, and what is not as asked."""
    printer.out(message)
    show_files(printer, result, language)
    if result.width and result.height:
        printer.out(words.text("human.pixels", language, width=result.width, height=result.height))


def show_files(printer: Printer, result: Result, language: Language) -> None:
    """Print each saved path, as a link where the terminal understands links."""
    for file in result.files:
        shown = visible(file)
        if printer.out_is_terminal and not plain():
            shown = link(Path(file).as_uri(), shown)
        printer.raw(words.text("human.saved", language, path=shown))


def link(uri: str, text: str) -> str:
    """Return a terminal hyperlink (OSC 8); terminals that don't know it show the text alone."""
    return f"\x1b]8;;{uri}\x1b\\{text}\x1b]8;;\x1b\\"


def plain() -> bool:
    """Tell whether decoration is unwanted: ``NO_COLOR``, a dumb terminal, or a build server."""
    environ = os.environ
    return bool(environ.get("NO_COLOR") or environ.get("CI")) or environ.get("TERM") == "dumb"


def width(text: str) -> int:
    """Return the columns of a terminal that ``text`` takes: Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def pad(text: str, columns: int) -> str:
    """Fill up with spaces to so many columns."""
    return text + " " * max(0, columns - width(text))


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in plain text; ``None`` is shown as a dash."""
    cells = [[visible("-" if cell is None else str(cell)).replace("\n", " ") for cell in row] for row in (head, *rows)]
    columns = [max(width(row[at]) for row in cells) for at in range(len(head))]
    return "\n".join("  ".join(pad(cell, columns[at]) for at, cell in enumerate(row)).rstrip() for row in cells)


def pairs(rows: Sequence[tuple[str, object]]) -> str:
    """Return names and values, one a line, lined up."""
    columns = max((width(name) for name, _ in rows), default=0)
    return "\n".join(f"{pad(name, columns)}  {visible('-' if value is None else str(value))}" for name, value in rows)


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
