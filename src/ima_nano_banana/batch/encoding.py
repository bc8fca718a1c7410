"""From the bytes of a file to its text, as Excel, PowerShell and editors write it. Pure."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING

from ima_nano_banana.batch import foreign
from ima_nano_banana.batch.model import LineFault
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable

ENCODINGS = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "utf-16": "utf-16", "utf16": "utf-16", "gbk": "gb18030"}
ENCODINGS |= {"gb18030": "gb18030", "gb2312": "gb18030"}

# The longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 400
_CELLS = re.compile(r"[^\n\t,;\"]+")
_RUNS = re.compile(r"[^\x00-\x7f]+")
_LETTER = re.compile(r"[A-Za-z]")


def text_of(data: bytes, told: str | None = None) -> tuple[str, list[LineFault]]:
    """Return the text of a file, and where it may not be what was meant.

    Args:
        data: The whole file.
        told: Its encoding, if somebody said so; else its mark tells, else it is UTF-8.

    Raises:
        UsageFault: no such encoding is known.
    """
    name = _told(told) if told is not None else _marked(data)
    if foreign.is_document(data):
        return "", [LineFault(1, UsageFault("batch.document"))]
    try:
        text = data.decode(name or "utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        return "", [LineFault(line, UsageFault("batch.not_utf8" if told is None else "batch.not_encoded"))]
    text = text.removeprefix("\ufeff").rstrip(foreign.END_OF_FILE)
    doubts = [] if name is not None or text.isascii() else list(_doubts(text))
    return text, doubts


def _told(told: str) -> str:
    name = ENCODINGS.get(told.strip().lower().replace("_", "-"))
    if name is None:
        raise UsageFault("batch.bad_encoding", value=told[:40], known=tuple(ENCODINGS))
    return name


def _marked(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    sample = data[:_SAMPLE]
    if b"\0" not in sample:
        return None
    # No text holds zeros; UTF-16 of mostly Latin signs has one in every pair.
    return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"


def _doubts(text: str) -> Iterable[LineFault]:
    """Find text that is rather GBK: a few of its characters are valid UTF-8 too, as 猫 is è."""
    for line, told in enumerate(text.split("\n"), start=1):
        for cell in _CELLS.findall(told):
            run = next((one for one in _RUNS.findall(cell) if _is_odd(one, alone=not _LETTER.search(cell))), None)
            if run is not None:
                yield LineFault(line, UsageFault("batch.maybe_gbk", read=run[:20], gbk=_as_gbk(run)[:20]))
                break


def _is_odd(run: str, *, alone: bool) -> bool:
    """Tell whether signs that make sense as GBK make little as they are: scripts mixed, or accents without a word."""
    if not _as_gbk(run):
        return False
    scripts = {_script(sign) for sign in run}
    return len(scripts) > 1 or "" in scripts or (alone and scripts == {"LATIN"})


def _as_gbk(run: str) -> str:
    if any(ord(sign) > 0x7FF for sign in run):  # longer than two bytes: no accident
        return ""
    try:
        found = run.encode("utf-8").decode("gb2312")
    except UnicodeError:
        return ""
    return found if all(unicodedata.name(sign, "").startswith("CJK UNIFIED") for sign in found) else ""


def _script(sign: str) -> str:
    """Return the script of a letter; nothing for what is no letter."""
    return unicodedata.name(sign, "").partition(" ")[0] if unicodedata.category(sign).startswith("L") else ""
