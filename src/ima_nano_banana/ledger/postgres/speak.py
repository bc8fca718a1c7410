"""The statements of the ledger as PostgreSQL takes them, and its rows as the ledger reads them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg

from ima_nano_banana.ledger import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_NAME = re.compile(r"(?<!:):([a-z_]+)")

# What is read to be changed is held until the change is committed, so that no two workers change one item.
_HELD = (sql.ITEM, sql.OF_OWNER, sql.ROW, sql.SAME, sql.AHEAD, sql.KEY, sql.PLAN, sql.PLANS_OF_TERMS)

# The sums of a batch are several rows; whoever changes one holds the batch first, so that nobody waits in a ring.
_SUMS = {sql.BATCH_SPEND: "id", sql.BATCH_STATE: "batch_id", sql.BATCH_STATE_LEFT: "batch_id"}
_HOLD_BATCH = "SELECT 1 FROM batches WHERE id = :id FOR UPDATE"

# Statements that nobody waits to hear of. They travel with the next one, so that a claim takes half the trips.
_UNHEARD = {
    sql.INSERT_ITEM,
    sql.INSERT_ATTEMPT,
    sql.END_ATTEMPT,
    sql.INSERT_CHANGE,
    sql.SPEND,
    sql.TAKE_BACK,
    sql.RELEASE_ROW,
    sql.ACKNOWLEDGE,
    sql.BATCH_SENT_AHEAD,
    sql.BIND_KEY,
    *_SUMS,
    _HOLD_BATCH,
}


@lru_cache(maxsize=256)
def spelled(statement: str, *, writing: bool) -> str:
    """Return a statement with psycopg's placeholders; in a writing transaction what it changes is locked."""
    text = _NAME.sub(r"%(\1)s", statement.replace("%", "%%"))
    return f"{text} FOR UPDATE" if writing and statement in _HELD else text


class Row:
    """A row that is read by position or by name, as SQLite's are."""

    __slots__ = ("_index", "_values")

    def __init__(self, index: Mapping[str, int], values: Sequence[Any]) -> None:
        self._index = index
        self._values = values

    def __getitem__(self, key: int | str) -> Any:  # noqa: ANN401 -- whatever the column holds
        return self._values[key if isinstance(key, int) else self._index[key]]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> list[str]:
        """Return the names of the columns, so that ``dict(row)`` works."""
        return list(self._index)


def rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    """Make rows of what a cursor finds."""
    index = {column.name: place for place, column in enumerate(cursor.description or ())}
    return lambda values: Row(index, values)


class Tx:
    """An open transaction with the one method that the ledger's rooms use."""

    def __init__(self, connection: psycopg.Connection[Any], *, writing: bool) -> None:
        self._connection = connection
        self._writing = writing
        self._batches: set[object] = set()
        self._waiting: list[str] = []

    def execute(self, statement: str, values: Mapping[str, object] | None = None) -> psycopg.Cursor[Row]:
        """Run one statement with named parameters."""
        if statement in _SUMS and values is not None:
            self._hold_batch(values[_SUMS[statement]])
        # Values are pasted in by the client, safely quoted: a bare NULL needs no type then, and the
        # statements stay those that SQLite takes.
        cursor = psycopg.ClientCursor(self._connection, row_factory=rows)
        text = cursor.mogrify(spelled(statement, writing=self._writing).encode(), _storable(values or {}))
        self._waiting.append(text)
        if not (self._writing and statement in _UNHEARD):
            cursor.execute(self.rest().encode())
            while cursor.nextset():
                pass
        return cursor

    def rest(self) -> str:
        """Return what is still to be sent, as one text; the caller sends it."""
        text = "; ".join(self._waiting)
        self._waiting.clear()
        return text

    def _hold_batch(self, batch_id: object) -> None:
        if batch_id not in self._batches:
            self._batches.add(batch_id)
            self.execute(_HOLD_BATCH, {"id": batch_id})


def _storable(values: Mapping[str, object]) -> dict[str, object]:
    """Replace what no PostgreSQL text can hold: zero bytes and halves of surrogate pairs."""
    return {name: _clean(value) if isinstance(value, str) else value for name, value in values.items()}


def _clean(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
