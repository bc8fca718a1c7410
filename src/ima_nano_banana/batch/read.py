"""Finds the rows of a CSV or JSON Lines file, and says on which line it could not. Pure."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from ima_nano_banana.batch.model import COLUMNS, LineFault, RawRow
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

JSON_SUFFIXES = (".jsonl", ".ndjson")
CSV_SUFFIXES = (".csv", ".tsv")
_DELIMITERS = ",\t;"
_LONGEST_CELL = 1 << 20

Found = tuple[list[RawRow], list[LineFault]]


def rows_of(data: bytes, name: str) -> Found:
    """Return the rows of a file and what is wrong with its form.

    Args:
        data: The whole file.
        name: Its name; the suffix tells the format, else the first character does.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        return [], [LineFault(line, UsageFault("batch.not_utf8"))]
    rows, faults = _json_lines(text) if _is_json(text, name.lower()) else _csv(text)
    if not rows and not faults:
        faults = [LineFault(1, UsageFault("batch.empty"))]
    return rows, faults


def _is_json(text: str, name: str) -> bool:
    if name.endswith(JSON_SUFFIXES):
        return True
    return not name.endswith(CSV_SUFFIXES) and text.lstrip().startswith(("{", "["))


def _json_lines(text: str) -> Found:
    rows: list[RawRow] = []
    faults: list[LineFault] = []
    for line, told in enumerate(text.split("\n"), start=1):
        if not told.strip():
            continue
        try:
            cells = json.loads(told)
        except (ValueError, RecursionError):
            faults.append(LineFault(line, UsageFault("batch.not_json")))
            continue
        if not isinstance(cells, dict):
            faults.append(LineFault(line, UsageFault("batch.not_json")))
            continue
        named = {_column(name): value for name, value in cells.items() if value is not None}
        strange = [name for name in cells if _column(name) not in COLUMNS]
        if strange:
            faults.append(LineFault(line, _unknown(strange)))
        rows.append(RawRow(line, {name: value for name, value in named.items() if name in COLUMNS}))
    return rows, faults


def _csv(text: str) -> Found:
    records = _records(text)
    first = next(records, None)
    if first is None:
        return [], []
    line, head = first
    if isinstance(head, UsageFault):
        return [], [LineFault(line, head)]
    faults = [LineFault(line, fault) for fault in _head_faults(head)]
    names = [_column(name) for name in head]
    rows: list[RawRow] = []
    for at, cells in records:
        if isinstance(cells, UsageFault):
            faults.append(LineFault(at, cells))
            continue
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            faults.append(LineFault(at, UsageFault("batch.too_many_cells", cells=len(cells), columns=len(names))))
        told = {name: cell for name, cell in zip(names, cells, strict=False) if cell.strip() and name in COLUMNS}
        rows.append(RawRow(at, told))
    return rows, faults


def _records(text: str) -> Iterator[tuple[int, list[str] | UsageFault]]:
    """Yield every record that is not blank with its first line."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, UsageFault("batch.not_csv")
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(text: str) -> str:
    """Return what separates the columns of the head: Excel writes semicolons where commas are decimal points."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda one: (head.count(one), -_DELIMITERS.index(one)))


def _head_faults(head: Iterable[str]) -> Iterator[UsageFault]:
    names = [_column(name) for name in head]
    strange = [name.strip() for name in head if _column(name) not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1 and name in COLUMNS})
    if strange:
        yield _unknown(strange)
    if twice:
        yield UsageFault("batch.column_twice", columns=twice)
    if "prompt" not in names:
        yield UsageFault("batch.no_prompt")


def _unknown(names: Iterable[str]) -> UsageFault:
    return UsageFault("batch.unknown_columns", columns=[name or '""' for name in names], known=COLUMNS)


def _column(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")
