"""Batches in the books: a row is paid for once, and all rows together keep to one budget and one pace.

A row of a batch is known by its place, ``(batch_id, row_id)``, whatever became of it: a finished row is
joined and never made anew. Everything here runs inside the transaction of a claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import CLAIM_SECONDS
from ima_nano_banana.domain.task import BEING_SENT, FOLLOWED, State
from ima_nano_banana.errors import BudgetFault, Fault, InternalFault, NetworkFault
from ima_nano_banana.ledger import rows, sql
from ima_nano_banana.ledger.faults import fault_of, unsure
from ima_nano_banana.ledger.model import Ask, Batch, BatchStanding, Item, Standing, Twin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import tzinfo

FULL_SECONDS = 1.0
"""How long to wait before asking again whether a task in flight has ended."""

LIFE_SECONDS = 900.0
"""A task that nobody has seen end, or a create of unknown outcome, holds its place in flight for the longest plausible
life of a task, no longer: otherwise a few crashes, or tasks that never end, would hold up a batch for good."""

RATE_SLACK_SECONDS = CLAIM_SECONDS
"""The time that may pass between a claim and its first byte; the rate must hold at the service."""


def set_(tx: sqlite3.Connection, batch: Batch) -> BatchStanding:
    """Write a batch down, or give one that is there another budget and pace."""
    values = {name: getattr(batch, name) for name in Batch.__slots__}
    tx.execute(sql.SET_BATCH, values)
    found = standing(tx, batch.id)
    if found is None:
        raise InternalFault("ledger.inconsistent", why="batch_not_written")
    return found


def standing(tx: sqlite3.Connection, batch_id: str) -> BatchStanding | None:
    """Return a batch and how it stands."""
    row = tx.execute(sql.BATCH, {"id": batch_id}).fetchone()
    if row is None:
        return None
    facts = dict(row)
    committed = int(facts.pop("committed"))
    states = {str(one[0]): int(one[1]) for one in tx.execute(sql.BATCH_STATES, {"batch_id": batch_id}).fetchall()}
    return BatchStanding(batch=Batch(**facts), states=states, committed=committed)


def items(tx: sqlite3.Connection, batch_id: str) -> list[Item]:
    """Return the items of all rows that were ever paid for or tried, in no order."""
    return [rows.from_row(row) for row in tx.execute(sql.BATCH_ROWS, {"batch_id": batch_id}).fetchall()]


def of_file(tx: sqlite3.Connection, file: str) -> str | None:
    """Return the batch that a file is known as."""
    row = tx.execute(sql.BATCH_FILE, {"file": file}).fetchone()
    return None if row is None else str(row[0])


def twins(tx: sqlite3.Connection, realm: str, user_id: str, row_ids: Sequence[str]) -> list[Twin]:
    """Return the batches that have rows of the same ids, the newest first."""
    own = {"realm": realm, "user_id": user_id}
    found: dict[str, list[Item]] = {}
    for row_id in row_ids:
        for row in tx.execute(sql.TWIN_ROWS, {**own, "row_id": row_id}).fetchall():
            item = rows.from_row(row)
            found.setdefault(str(item.batch_id), []).append(item)
    known = [(str(row[0]), str(row[1])) for row in tx.execute(sql.BATCH_NAMES, own).fetchall()] if found else []
    return [
        Twin(batch_id=name, name=title, paths=_paths(tx, name), items=tuple(found[name]))
        for name, title in known
        if name in found
    ]


def _paths(tx: sqlite3.Connection, batch_id: str) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in tx.execute(sql.BATCH_PATHS, {"batch_id": batch_id}).fetchall())


def look(tx: sqlite3.Connection, ask: Ask, zone: tzinfo | None) -> Standing | Fault | None:
    """Tell what stands at the row's place; ``None`` if it may be paid for."""
    item = _at(tx, ask)
    if item is None:
        return None
    if item.state in (*FOLLOWED, State.DONE):
        return Standing(state="open", item=item)
    if item.state in BEING_SENT:
        return Standing(state="sending", item=item)
    if item.state is State.UNCERTAIN:
        return None if ask.again else unsure(item, zone)
    if ask.retry or is_as_new(item):
        return None
    return fault_of(item.fault, task_id=item.task_id)


def is_as_new(item: Item) -> bool:
    """Tell whether an item that failed stands in nobody's way.

    Nothing was sent, the service could not be reached, or a person settled that it was not charged.
    """
    if item.state is not State.FAILED or item.committed:
        return False
    fault = item.fault
    return fault is None or fault.get("kind") == NetworkFault.kind or fault.get("settled_at") is not None


def make_room(tx: sqlite3.Connection, ask: Ask, now: float) -> None:
    """Take an ended item from the place that the next one is about to take."""
    item = _at(tx, ask)
    if item is None:
        return
    if item.state is State.UNCERTAIN:
        tx.execute(sql.ACKNOWLEDGE, {"identity": item.identity, "now": now})
    rows.release(tx, item)


def refusal(tx: sqlite3.Connection, batch_id: str | None, credit: int) -> BudgetFault | None:
    """Return the fault if ``credit`` more points would break the budget of the batch, or ``None``."""
    row = tx.execute(sql.BATCH, {"id": batch_id}).fetchone() if batch_id is not None else None
    if row is None or row["budget"] is None or row["committed"] + credit <= row["budget"]:
        return None
    left = max(0, row["budget"] - row["committed"])
    return BudgetFault("budget.batch", phase="catalog", credit=credit, limit=row["budget"], left=left)


def wait(tx: sqlite3.Connection, batch_id: str | None, now: float) -> float:
    """Return the seconds until the pace of the batch allows another create; ``0.0`` is "now"."""
    row = tx.execute(sql.BATCH, {"id": batch_id}).fetchone() if batch_id is not None else None
    if row is None:
        return 0.0
    if row["max_in_flight"] is not None and _in_flight(tx, str(batch_id), now) >= row["max_in_flight"]:
        return FULL_SECONDS
    if row["rate_count"] is None or row["rate_seconds"] is None:
        return 0.0
    period = float(row["rate_seconds"]) + RATE_SLACK_SECONDS
    wanted = {"batch_id": batch_id, "since": now - period, "limit": row["rate_count"]}
    tx.execute(sql.BATCH_SENT_AHEAD, {"batch_id": batch_id, "now": now})
    sent = tx.execute(sql.BATCH_SENT, wanted).fetchall()
    if len(sent) < row["rate_count"]:
        return 0.0
    # A moment at least, and never longer than the period: the clock that dated them may have run ahead.
    return min(period, max(0.01, float(sent[-1][0]) + period - now))


def _in_flight(tx: sqlite3.Connection, batch_id: str, now: float) -> int:
    states = {str(one[0]): int(one[1]) for one in tx.execute(sql.BATCH_STATES, {"batch_id": batch_id}).fetchall()}
    # One that is dated far ahead is that of a clock that ran ahead; it would hold its place until then.
    young = {"batch_id": batch_id, "young": now - LIFE_SECONDS, "soon": now + LIFE_SECONDS}
    live = states.get(State.SENDING.value, 0)
    for state, count in ((State.UNCERTAIN, sql.BATCH_UNSURE), (State.RUNNING, sql.BATCH_RUNNING)):
        if states.get(state.value):
            live += int(tx.execute(count, young).fetchone()[0])
    return live


def _at(tx: sqlite3.Connection, ask: Ask) -> Item | None:
    row = tx.execute(sql.ROW, {"batch_id": ask.batch_id, "row_id": ask.row_id}).fetchone()
    return None if row is None else rows.from_row(row)
