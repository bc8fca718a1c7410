"""What a person sees on standard output: what was made, and saved paths as links."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors.printer import visible

if TYPE_CHECKING:
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
