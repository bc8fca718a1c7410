"""What is handed in as a batch file and is none: documents, tables of other kinds, a spreadsheet's own errors. Pure."""

from __future__ import annotations

import re

_DOCUMENTS = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf"),  # workbooks, documents, archives
    *(b"\x1f\x8b", b"7z\xbc\xaf", b"SQLite format 3\0"),
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
_NOTHING = re.compile(r"#(REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!|SPILL!|CALC!)")

END_OF_FILE = "\x1a"
"""Old programs end a text with it."""


def is_document(data: bytes) -> bool:
    """Tell whether a file is a workbook, a picture or another thing that no editor shows as lines."""
    return data.startswith(_DOCUMENTS)


def is_garbled(prompt: object) -> bool:
    """Tell whether a prompt holds signs which no text has."""
    return isinstance(prompt, str) and _CONTROL.search(prompt) is not None


def is_drawn(lines: list[str]) -> bool:
    """Tell whether these are the first lines of a table drawn with bars, as in Markdown."""
    return len(lines) > 1 and "|" in lines[0] and _RULE.fullmatch(lines[1]) is not None


def error_in(cell: str) -> bool:
    """Tell whether a cell holds what a spreadsheet writes where it knows no value."""
    return _NOTHING.fullmatch(cell.strip()) is not None
