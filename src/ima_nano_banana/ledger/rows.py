"""Items as rows: reading, writing, and the one way to change a state."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ima_nano_banana.domain.model import Adjustment, Requested
from ima_nano_banana.domain.task import State, advance
from ima_nano_banana.errors import InternalFault, UsageFault
from ima_nano_banana.ledger import sql
from ima_nano_banana.ledger.model import ALL, QUARTER_SECONDS, USER_PREFIX, Item

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

_LISTS = ("images", "input_hashes", "urls", "files", "failures")


def to_row(item: Item) -> dict[str, object]:
    """Return the values of all columns."""
    row: dict[str, object] = {name: getattr(item, name) for name in sql.COLUMNS}
    row["state"] = item.state.value
    for name in _LISTS:
        row[name] = _json(list(getattr(item, name)))
    row["parameters"] = _json(dict(item.parameters))
    row["extra"] = _json([list(pair) for pair in item.extra])
    row["requested"] = None if item.requested is None else _json(asdict(item.requested))
    row["adjustments"] = _json([asdict(one) for one in item.adjustments])
    row["fault"] = None if item.fault is None else _json(dict(item.fault))
    return row


def from_row(row: Mapping[str, object] | sqlite3.Row) -> Item:
    """Return the item of a row."""
    values = {name: row[name] for name in sql.COLUMNS}
    values["state"] = State(str(values["state"]))
    for name in _LISTS:
        values[name] = tuple(_read(values[name]))
    values["parameters"] = _read(values["parameters"])
    values["extra"] = tuple((pair[0], pair[1]) for pair in _read(values["extra"]))
    values["requested"] = None if values["requested"] is None else Requested(**_read(values["requested"]))
    values["adjustments"] = tuple(Adjustment(**one) for one in _read(values["adjustments"]))
    values["fault"] = None if values["fault"] is None else _read(values["fault"])
    return Item(**values)  # type: ignore[arg-type]


def insert(tx: sqlite3.Connection, item: Item) -> Item:
    """Write a new item and the first line of its life."""
    tx.execute(sql.INSERT_ITEM, to_row(item))
    _spend(tx, item, sql.SPEND)
    _tally(tx, None, item)
    _note(tx, item, None)
    return item


def save(tx: sqlite3.Connection, before: Item, after: Item) -> Item:
    """Write an item that was read in this transaction, its state unchanged."""
    if before.state is not after.state:
        raise InternalFault("ledger.inconsistent", why="state_outside_move")
    _update(tx, before, after)
    return after


def move(tx: sqlite3.Connection, item: Item, to: State, now: float, **facts: object) -> Item:
    """Change an item's state as the state machine allows, with whatever facts come with it."""
    after: Item = replace(item, state=advance(item.state, to), state_at=now, step=item.step + 1, **facts)  # type: ignore[arg-type]
    _update(tx, item, after)
    _note(tx, after, item.state)
    return after


def doubt_again(tx: sqlite3.Connection, item: Item) -> None:
    """Take back what was acknowledged for the sake of an item that has cost nothing."""
    tx.execute(sql.DOUBT_AGAIN, {"realm": item.realm, "user_id": item.user_id, "at": item.created_at})


def redate(tx: sqlite3.Connection, item: Item, *, created_at: float, spent_at: float | None) -> None:
    """Give an item other dates; its points move with it."""
    after = replace(item, created_at=created_at, spent_at=spent_at)
    tx.execute(sql.REDATE, {"id": item.id, "created_at": created_at, "spent_at": spent_at})
    _spend(tx, item, sql.TAKE_BACK)
    _spend(tx, after, sql.SPEND)


def load(tx: sqlite3.Connection, item_id: str) -> Item:
    """Return one item.

    Raises:
        UsageFault: there is none of this name.
    """
    row = tx.execute(sql.ITEM, {"id": item_id}).fetchone()
    if row is None:
        raise UsageFault("ledger.unknown", id=item_id)
    return from_row(row)


def _update(tx: sqlite3.Connection, before: Item, after: Item) -> None:
    changed = tx.execute(sql.UPDATE_ITEM, {**to_row(after), "before": before.step}).rowcount
    if changed != 1:
        raise InternalFault("ledger.inconsistent", why="row_changed")
    if (before.committed, before.spent_at) != (after.committed, after.spent_at):
        _spend(tx, before, sql.TAKE_BACK)
        _spend(tx, after, sql.SPEND)
    _tally(tx, before, after)


def release(tx: sqlite3.Connection, item: Item) -> None:
    """Give the place of an item in its batch to the next one; what it cost the batch stays."""
    tx.execute(sql.RELEASE_ROW, {"id": item.id})
    _tally(tx, item, replace(item, row_id=None))


def _tally(tx: sqlite3.Connection, before: Item | None, after: Item) -> None:
    """Keep the sums of a batch in step with its items. An item whose place another has taken counts as no row."""
    batch_id = after.batch_id
    if batch_id is None:
        return
    more = after.committed - (before.committed if before is not None else 0)
    if more:
        tx.execute(sql.BATCH_SPEND, {"id": batch_id, "points": more})
    was = before.state if before is not None and before.row_id is not None else None
    now = after.state if after.row_id is not None else None
    if was is now:
        return
    if was is not None:
        tx.execute(sql.BATCH_STATE_LEFT, {"batch_id": batch_id, "state": was.value})
    if now is not None:
        tx.execute(sql.BATCH_STATE, {"batch_id": batch_id, "state": now.value})


def _spend(tx: sqlite3.Connection, item: Item, statement: str) -> None:
    """Keep the sums that limits are judged by in step with the item's points."""
    if not item.committed or item.spent_at is None:
        return
    for scope in (ALL, USER_PREFIX + item.user_id):
        values = {"realm": item.realm, "scope": scope, "points": item.committed}
        tx.execute(statement, {**values, "quarter": int(item.spent_at // QUARTER_SECONDS)})


def _note(tx: sqlite3.Connection, item: Item, before: State | None) -> None:
    tx.execute(
        sql.INSERT_CHANGE,
        {
            "item_id": item.id,
            "step": item.step,
            "now": item.state_at,
            "attempt": item.attempt,
            "from_state": None if before is None else before.value,
            "to_state": item.state.value,
        },
    )


def _json(value: object) -> str:
    # ASCII only, so that a lone surrogate in a provider's text can't keep a row from being written.
    return json.dumps(value, separators=(",", ":"), default=str)


def _read(text: object) -> Any:  # noqa: ANN401 -- whatever JSON holds
    return json.loads(str(text))
