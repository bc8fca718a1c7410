"""Finds the rows of a CSV, JSON or text file, and says on which line it could not. Pure."""

from __future__ import annotations

import csv
import difflib
import io
import json
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ima_nano_banana.batch import foreign, relaxed
from ima_nano_banana.batch.columns import NAMES, cell, column
from ima_nano_banana.batch.encoding import text_of
from ima_nano_banana.batch.model import COLUMNS, LineFault, RawRow
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
CSV_SUFFIXES = (".csv", ".tsv")
_DELIMITERS = ",\t;，；|"
_LONGEST_CELL = 1 << 20
# Excel's own hint for itself, in the first line.
_HINT = re.compile(r"\s*\"?sep=(.)\"?\s*(?:\r?\n|\Z)", re.IGNORECASE)
# Comments above a table; PowerShell's tells the type of what it has written.
_REMARKS = re.compile(r"(?:[^\S\n]*(?:\"?#[^\n]*)?\n)+")
_MARK = re.compile(r"(?:\d{1,4}(?:[.)]\s+|[、．）]\s*)|[-*•]\s+)")
_REMARK = re.compile(r"#(\s|$)")
# A first line like this above lines of more is a heading, if an unknown one.
_WORD = re.compile(r"[A-Za-z_]+")

Found = tuple[list[RawRow], list[LineFault]]


def rows_of(data: bytes, name: str, encoding: str | None = None) -> Found:
    """Return the rows of a file and what is wrong with its form.

    Args:
        data: The whole file.
        name: Its name; the suffix tells the format, else its first signs do.
        encoding: Its encoding, if somebody said so.

    Raises:
        UsageFault: no such encoding is known.
    """
    text, doubts = text_of(data, encoding)
    if doubts and not text:
        return [], doubts
    rows, faults = _by_form(text, name.lower())
    if not rows and not faults:
        faults = [LineFault(1, UsageFault("batch.empty"))]
    garbled = [
        LineFault(row.line, UsageFault("batch.control")) for row in rows if foreign.is_garbled(row.cells.get("prompt"))
    ]
    return rows, [*doubts, *faults, *garbled]


def _by_form(text: str, name: str) -> Found:
    if name.endswith(JSON_SUFFIXES) or (not name.endswith(CSV_SUFFIXES) and text.lstrip().startswith(("{", "["))):
        return _json(text)
    if foreign.is_drawn([told for _, told in _lines(text)]):
        return [], [LineFault(1, UsageFault("batch.drawn"))]
    if not name.endswith(CSV_SUFFIXES) and _is_list(text):
        return [RawRow(at, {"prompt": told}) for at, told in _prompts(text)], []
    return _csv(text)


def _prompts(text: str) -> list[tuple[int, str]]:
    """Return the prompts of a list; numbers and dashes that every line begins with are the list's own."""
    told = [(at, line.strip()) for at, line in _lines(text)]
    told = [(at, line) for at, line in told if not _REMARK.match(line)]
    marks = [_MARK.match(line) for _, line in told]
    if not all(mark is not None and mark.end() < len(line) for mark, (_, line) in zip(marks, told, strict=True)):
        return told
    return [(at, line[mark.end() :]) for mark, (at, line) in zip(marks, told, strict=True) if mark is not None]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((at, told) for at, told in enumerate(text.split("\n"), start=1) if told.strip())


def _is_list(text: str) -> bool:
    """Tell whether a file without a suffix that says so is a list of prompts: it has no head, nor one with a typo."""
    lines = [told.strip() for _, told in _lines(text[_above(text) :])]
    head = lines[0] if lines else ""
    if _HINT.match(head) or (_WORD.fullmatch(head) and not all(map(_WORD.fullmatch, lines))):
        return False
    names = [column(one) for one in re.split(f"[{_DELIMITERS}]", head)]
    return not any(name in COLUMNS or difflib.get_close_matches(name, NAMES, 1, 0.75) for name in names)


# JSON


def _json(text: str) -> Found:
    plain = relaxed.strict(text)
    if plain.lstrip().startswith("["):
        try:
            told = list(relaxed.elements(plain))
        except (ValueError, RecursionError):
            pass  # a line that is a list among lines, or a list that is broken: its lines are named
        else:
            return _objects((at, {"prompt": one} if isinstance(one, str) else one) for at, one in told)
    return _objects(_json_lines(text))


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    for at, told in _lines(text):
        plain = relaxed.strict(told)
        if plain.strip():
            try:
                yield at, json.loads(plain)
            except (ValueError, RecursionError):
                yield at, None


def _objects(told: Iterable[tuple[int, object]], otherwise: str = "batch.not_json") -> Found:
    rows: list[RawRow] = []
    faults: list[LineFault] = []
    for at, one in told:
        if not isinstance(one, dict):
            faults.append(LineFault(at, UsageFault(otherwise)))
            continue
        faults += [LineFault(at, fault) for fault in _name_faults(list(one))]
        rows.append(RawRow(at, _cells(one)))
    return rows, faults


def _cells(told: Mapping[str, object]) -> dict[str, object]:
    named = {column(name): value for name, value in told.items() if value is not None}
    return {name: cell(name, value) for name, value in named.items() if name in COLUMNS}


# What a program has


def rows_from(told: Iterable[object]) -> Found:
    """Return the rows of mappings with the columns of a batch file; a text alone is a prompt."""
    rows, faults = _objects(((at, _plain(one)) for at, one in enumerate(told, start=1)), "batch.not_row")
    if not rows and not faults:
        faults = [LineFault(1, UsageFault("batch.empty"))]
    return rows, faults


def _plain(told: object) -> object:
    """Return a row as JSON would have it: programs have paths, and tuples of them."""
    if isinstance(told, str):
        return {"prompt": told}
    if not isinstance(told, Mapping):
        return told
    return {str(name): _plain_cell(value) for name, value in told.items()}


def _plain_cell(told: object) -> object:
    if isinstance(told, os.PathLike):
        return os.fsdecode(told)
    if isinstance(told, (list, tuple)):
        return [_plain_cell(one) for one in told]
    return told


# CSV


def _csv(text: str) -> Found:
    above = _above(text)
    hint = _HINT.match(text, above)
    begins = hint.end() if hint is not None else above
    skipped, body = text.count("\n", 0, begins), text[begins:]
    records = _records(body, hint[1] if hint is not None else _delimiter(body), skipped)
    first = next(records, None)
    if first is None:
        return [], []
    line, head = first
    if isinstance(head, UsageFault):
        return [], [LineFault(line, head)]
    rows: list[RawRow] = []
    faults: list[LineFault] = []
    used: set[int] = set()
    for at, cells in records:
        if isinstance(cells, UsageFault):
            faults.append(LineFault(at, cells))
            continue
        if len(cells) > len(head) and any(told.strip() for told in cells[len(head) :]):
            faults.append(LineFault(at, UsageFault("batch.too_many_cells", cells=len(cells), columns=len(head))))
        if wrong := [told.strip() for told in cells if foreign.error_in(told)]:
            faults.append(LineFault(at, UsageFault("batch.sheet_error", values=wrong)))
        used.update(place for place, told in enumerate(cells) if told.strip())
        told = {name: one for name, one in zip(head, cells, strict=False) if one.strip()}
        rows.append(RawRow(at, _cells(told)))
    return rows, [*(LineFault(line, fault) for fault in _head_faults(head, used)), *faults]


def _records(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str] | UsageFault]]:
    """Yield every record that is not blank with its first line."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, UsageFault("batch.not_csv")
            continue
        if any(told.strip() for told in cells):
            yield line, cells


def _delimiter(text: str) -> str:
    """Return what separates the columns of the head: Excel writes semicolons where commas are decimal points."""
    head = next((line for line in text.splitlines() if line.strip()), "")

    def fits(one: str) -> tuple[int, int, int]:
        known = sum(column(name) in COLUMNS for name in head.replace('"', "").split(one))
        return known, head.count(one), -_DELIMITERS.index(one)

    return max(_DELIMITERS, key=fits)


def _above(text: str) -> int:
    """Return where the head begins, below remarks."""
    found = _REMARKS.match(text)
    return found.end() if found is not None else 0


def _head_faults(head: Sequence[str], used: set[int]) -> Iterator[UsageFault]:
    """Say what is wrong with a head; a column without a name and without content is none."""
    blank = {place for place, name in enumerate(head) if not name.strip()}
    named = [name for place, name in enumerate(head) if place not in blank]
    if blank & used or any(column(name) not in COLUMNS for name in named):
        named = list(head)
    yield from _name_faults(named)
    if "prompt" not in map(column, named):
        yield UsageFault("batch.no_prompt")


def _name_faults(told: Sequence[str]) -> Iterator[UsageFault]:
    names = [column(name) for name in told]
    strange = [name.strip() for name in told if column(name) not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1 and name in COLUMNS})
    if strange:
        yield UsageFault("batch.unknown_columns", columns=[name or '""' for name in strange], known=COLUMNS)
    if twice:
        yield UsageFault("batch.column_twice", columns=twice)
