"""What shared batches keep in the database, apart from the books. Each function is part of one transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ima_nano_banana.cluster.model import Found, Progress, SharedRow, State, from_json, to_json
from ima_nano_banana.domain.task import BEING_SENT, FOLLOWED, OPEN
from ima_nano_banana.domain.task import State as ItemState
from ima_nano_banana.errors import InternalFault
from ima_nano_banana.ledger import rows, sql
from ima_nano_banana.ledger.faults import facts_of, unsure
from ima_nano_banana.ledger.sql import among

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from ima_nano_banana.ledger import Item

_BATCH = """INSERT INTO shared_batches (id, created_at, queue, how)
    VALUES (:id, extract(epoch FROM statement_timestamp()), :queue, :how)
    ON CONFLICT (id) DO UPDATE SET how = excluded.how"""
_ROW = """INSERT INTO batch_wishes (batch_id, row_id, position, wish, parents, leads, state, state_at)
    VALUES (:batch_id, :row_id, :position, :wish, :parents, :leads, 'open',
        extract(epoch FROM statement_timestamp()))
    ON CONFLICT (batch_id, row_id) DO NOTHING"""
_FIND = """SELECT w.batch_id, w.state, w.turn, w.wish, w.replaces, b.how, b.cancelled_at FROM batch_wishes w
    JOIN shared_batches b ON b.id = w.batch_id WHERE w.batch_id = :batch_id AND w.row_id = :row_id"""
_STANDS = "SELECT state, turn FROM batch_wishes WHERE batch_id = :batch_id AND row_id = :row_id FOR UPDATE"
_END = """UPDATE batch_wishes SET state = :state, fault = :fault, state_at = extract(epoch FROM statement_timestamp())
    WHERE batch_id = :batch_id AND row_id = :row_id"""

# Open rows whose parents are all done and that no job is there for.
_DUE = """SELECT w.batch_id, w.row_id, b.queue FROM batch_wishes w JOIN shared_batches b ON b.id = w.batch_id
    WHERE w.state = 'open' AND (:batch_id IS NULL OR w.batch_id = :batch_id)
    AND (w.parents = '[]' OR NOT EXISTS (SELECT 1 FROM json_array_elements_text(w.parents::json) AS p (id)
        JOIN batch_wishes up ON up.batch_id = w.batch_id AND up.row_id = p.id
        WHERE up.state NOT IN ('done', 'partial')))
    AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j
        WHERE j.queueing_lock = w.batch_id || '/' || w.row_id AND j.status = 'todo')
    AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j
        WHERE j.lock = w.batch_id || '/' || w.row_id AND j.status = 'doing')
    ORDER BY w.batch_id, w.position LIMIT :limit"""
# Rows that wait for one that will have no picture.
_ORPHANS = """UPDATE batch_wishes w SET state = CASE WHEN up.state = 'cancelled' THEN 'cancelled' ELSE 'failed' END,
    state_at = extract(epoch FROM statement_timestamp()),
    fault = json_build_object('kind', 'generation', 'code', 'batch.parent', 'charged', 'no', 'params',
        json_build_object('row', up.row_id))::text
    FROM batch_wishes up WHERE w.state = 'open' AND w.parents <> '[]' AND up.batch_id = w.batch_id
    AND up.state IN ('failed', 'uncertain', 'cancelled')
    AND up.row_id IN (SELECT json_array_elements_text(w.parents::json))"""
# A frozen worker that thawed has put right what was given up on. It goes on by itself, unless it died after that.
_HEALED = f"""UPDATE batch_wishes w SET state = 'open', turn = turn + 1, fault = NULL,
    state_at = extract(epoch FROM statement_timestamp())
    FROM items i WHERE w.state IN ('uncertain', 'cancelled', 'failed') AND i.batch_id = w.batch_id
    AND i.row_id = w.row_id AND (i.state = 'done' OR (w.state <> 'failed' AND i.state IN {among(*FOLLOWED)}
        AND i.state_at < extract(epoch FROM statement_timestamp()) - 30))"""  # noqa: S608
# Rows that were run beside the workers, by the one who submitted them: their ends stand in the books only.
_BY_BOOKS = """UPDATE batch_wishes w SET state = CASE WHEN i.state <> 'done' THEN i.state
        WHEN i.failures = '[]' THEN 'done' ELSE 'partial' END,
    fault = CASE WHEN i.state = 'done' THEN NULL ELSE i.fault END,
    state_at = extract(epoch FROM statement_timestamp())
    FROM items i WHERE w.state = 'open' AND (:batch_id IS NULL OR w.batch_id = :batch_id)
    AND i.batch_id = w.batch_id AND i.row_id = w.row_id
    AND (i.state IN ('done', 'uncertain') OR (i.state = 'failed' AND i.id IS DISTINCT FROM w.replaces
        AND NOT (i.committed = 0 AND (i.fault IS NULL OR i.fault::json->>'kind' = 'network'
            OR i.fault::json->>'settled_at' IS NOT NULL))))"""
_CANCEL = """UPDATE shared_batches SET cancelled_at = extract(epoch FROM statement_timestamp())
    WHERE id = :id AND cancelled_at IS NULL"""
_CANCEL_ROWS = f"""UPDATE batch_wishes w SET state = 'cancelled', state_at = extract(epoch FROM statement_timestamp())
    WHERE w.batch_id = :id AND w.state = 'open' AND NOT EXISTS (SELECT 1 FROM items i
        WHERE i.batch_id = w.batch_id AND i.row_id = w.row_id
        AND i.state IN {among(*BEING_SENT, *FOLLOWED)})"""  # noqa: S608
_UNCANCEL = "UPDATE shared_batches SET cancelled_at = NULL WHERE id = :id"
_RETRY = """UPDATE batch_wishes w SET state = 'open', turn = turn + 1, fault = NULL,
    state_at = extract(epoch FROM statement_timestamp()),
    replaces = (SELECT i.id FROM items i WHERE i.batch_id = w.batch_id AND i.row_id = w.row_id AND i.state = 'failed')
    WHERE w.batch_id = :id AND (w.state IN ('failed', 'cancelled', 'partial') OR (w.state = 'uncertain' AND EXISTS
    (SELECT 1 FROM items i WHERE i.batch_id = w.batch_id AND i.row_id = w.row_id AND i.state = 'failed')))
    AND w.wish IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM items i WHERE i.batch_id = w.batch_id AND i.row_id = w.row_id AND i.state = 'done')"""
_STATES = "SELECT state, COUNT(*) FROM batch_wishes WHERE batch_id = :id GROUP BY state"
_OUTCOME = "SELECT state, fault FROM batch_wishes WHERE batch_id = :batch_id AND row_id = :row_id"
_FAULTS = """SELECT row_id, fault FROM batch_wishes WHERE batch_id = :id AND fault IS NOT NULL
    ORDER BY position LIMIT :limit"""
_ALL = """SELECT b.id, b.cancelled_at, k.name, k.budget, k.committed FROM shared_batches b
    JOIN batches k ON k.id = b.id WHERE :id IS NULL OR b.id = :id ORDER BY b.created_at DESC LIMIT 50"""
_SENDING = f"""SELECT COALESCE(SUM(items), 0) FROM batch_states
    WHERE batch_id = :id AND state IN {among(*BEING_SENT)}"""  # noqa: S608
_RUNNING = f"""SELECT COALESCE(SUM(items), 0) FROM batch_states
    WHERE batch_id = :id AND state IN {among(*OPEN)}"""  # noqa: S608
_STORE = """INSERT INTO input_pictures (digest, suffix, bytes, stored_at)
    VALUES (:digest, :suffix, :bytes, extract(epoch FROM statement_timestamp()))
    ON CONFLICT (digest) DO NOTHING"""
_STORED = "SELECT 1 FROM input_pictures WHERE digest = :digest"
_BYTES = "SELECT bytes FROM input_pictures WHERE digest = :digest"

_RANKS: dict[str, int] = {"open": 0, "cancelled": 1, "failed": 2, "uncertain": 3, "partial": 4, "done": 5}
"""Which of two endings of a row is the better known: what was paid and made before what was not."""

DUE_AT_ONCE = 500
"""The most rows that one call of :func:`due` returns."""
_SHOWN_FAULTS = 20


def add_batch(tx: sqlite3.Connection, batch_id: str, queue: str, how: Mapping[str, Any]) -> None:
    """Write a batch down, or give one that is there other options."""
    tx.execute(_BATCH, {"id": batch_id, "queue": queue, "how": json.dumps(dict(how))})


def add_rows(tx: sqlite3.Connection, batch_id: str, rows: Iterable[tuple[int, SharedRow]]) -> None:
    """Write rows down with their places in the file; those that are there stay as they are."""
    for position, row in rows:
        values = {"batch_id": batch_id, "row_id": row.id, "position": position, "leads": int(row.leads)}
        tx.execute(_ROW, {**values, "wish": to_json(row), "parents": json.dumps(list(row.parents))})


def find(tx: sqlite3.Connection, batch_id: str, row_id: str) -> Found | None:
    """Return one row."""
    row = tx.execute(_FIND, {"batch_id": batch_id, "row_id": row_id}).fetchone()
    if row is None:
        return None
    return Found(
        batch_id=batch_id,
        state=row["state"],
        turn=row["turn"],
        row=None if row["wish"] is None else from_json(row["wish"]),
        how=json.loads(row["how"]),
        replaces=row["replaces"],
        cancelled=row["cancelled_at"] is not None,
    )


def outcome(tx: sqlite3.Connection, batch_id: str, row_id: str) -> tuple[str, Mapping[str, Any] | None] | None:
    """Return a row's state and the facts of its fault."""
    row = tx.execute(_OUTCOME, {"batch_id": batch_id, "row_id": row_id}).fetchone()
    return None if row is None else (str(row[0]), None if row[1] is None else json.loads(row[1]))


def end(
    tx: sqlite3.Connection, found: Found, row_id: str, state: State, fault: Mapping[str, object] | None = None
) -> bool:
    """Note how a row ended, unless something better is known by now; tell whether it was noted.

    Whoever was frozen between its last look and this line knows less than those who went on meanwhile. The books
    have the last word, then whoever read the row since it was opened anew, then the better of two endings.
    """
    own = {"batch_id": found.batch_id, "row_id": row_id}
    stands = tx.execute(_STANDS, own).fetchone()
    known = tx.execute(sql.ROW, own).fetchone()
    ending = _ending(None if known is None else rows.from_row(known), found, state, fault)
    if stands is None or ending is None or not _may_follow(stands, found.turn, ending[0]):
        return False
    told = None if ending[1] is None else json.dumps(dict(ending[1]), default=str)
    tx.execute(_END, {**own, "state": ending[0], "fault": told})
    return True


Ending = tuple[State, "Mapping[str, object] | None"]


def _ending(item: Item | None, found: Found, state: State, fault: Mapping[str, object] | None) -> Ending | None:
    """Return how the row ended by the books, or ``None`` if by them it has not ended."""
    if item is None or item.id == found.replaces:
        return state, fault
    if item.state is ItemState.DONE:
        return ("partial", fault if state == "partial" else None) if item.failures else ("done", None)
    if item.state is ItemState.UNCERTAIN:
        return "uncertain", fault if state == "uncertain" else facts_of(unsure(item))
    if item.state is ItemState.FAILED:
        return "failed", item.fault if state == "uncertain" else fault
    # A late answer has put it right, or somebody else is at it now: news from before that end nothing.
    return None if state in ("uncertain", "cancelled") or _is_from_before(item, fault) else (state, fault)


def _is_from_before(item: Item, fault: Mapping[str, object] | None) -> bool:
    """Tell whether somebody who saw nothing charged speaks of a row that is paid for, or being paid for."""
    told = fault or {}
    return item.state in OPEN and told.get("charged") == "no" and told.get("kind") != InternalFault.kind


def _may_follow(stands: sqlite3.Row, turn: int, state: State) -> bool:
    if _RANKS[state] == _RANKS["done"]:
        return True  # as the books say, however old the news is
    if int(stands["turn"]) != turn:
        return False
    return stands["state"] == "open" or _RANKS[state] > _RANKS[stands["state"]]


def due(tx: sqlite3.Connection, batch_id: str | None = None) -> list[tuple[str, str, str]]:
    """Return batch, row and queue of open rows that somebody should make a job for, and end those that wait in vain."""
    _end_orphans(tx)
    tx.execute(_HEALED)
    found = tx.execute(_DUE, {"batch_id": batch_id, "limit": DUE_AT_ONCE}).fetchall()
    return [(str(row[0]), str(row[1]), str(row[2])) for row in found]


def _end_orphans(tx: sqlite3.Connection) -> None:
    while tx.execute(_ORPHANS).rowcount:
        pass  # whoever waits for them is next


def settle(tx: sqlite3.Connection, batch_id: str | None = None) -> None:
    """End the rows that have ended by the books, and those that wait for them in vain. No worker is needed for it."""
    tx.execute(_BY_BOOKS, {"batch_id": batch_id})
    _end_orphans(tx)


def cancel(tx: sqlite3.Connection, batch_id: str) -> None:
    """Let nothing new of a batch be paid for; what is paid for goes on."""
    tx.execute(_CANCEL, {"id": batch_id})
    tx.execute(_CANCEL_ROWS, {"id": batch_id})


def retry(tx: sqlite3.Connection, batch_id: str) -> int:
    """Open the rows that failed or were called off once more, and return how many."""
    tx.execute(_UNCANCEL, {"id": batch_id})
    return int(tx.execute(_RETRY, {"id": batch_id}).rowcount)


def sending(tx: sqlite3.Connection, batch_id: str) -> int:
    """Return how many creates of a batch are on their way; each may still turn out to cost nothing."""
    return int(tx.execute(_SENDING, {"id": batch_id}).fetchone()[0])


def progress(tx: sqlite3.Connection, batch_id: str | None = None) -> list[Progress]:
    """Return how batches stand, the newest first."""
    return [_progress(tx, row) for row in tx.execute(_ALL, {"id": batch_id}).fetchall()]


def _progress(tx: sqlite3.Connection, row: sqlite3.Row) -> Progress:
    own = {"id": row["id"]}
    states = {str(one[0]): int(one[1]) for one in tx.execute(_STATES, own).fetchall()}
    faults = tx.execute(_FAULTS, {**own, "limit": _SHOWN_FAULTS}).fetchall()
    return Progress(
        id=row["id"],
        name=row["name"],
        rows=sum(states.values()),
        states=states,
        running=int(tx.execute(_RUNNING, own).fetchone()[0]),
        committed=row["committed"],
        budget=row["budget"],
        cancelled=row["cancelled_at"] is not None,
        faults={str(one[0]): json.loads(one[1]) for one in faults},
    )


def store_picture(tx: sqlite3.Connection, digest: str, suffix: str, data: bytes) -> None:
    """Keep the bytes of an input picture, once for each content."""
    if tx.execute(_STORED, {"digest": digest}).fetchone() is None:
        tx.execute(_STORE, {"digest": digest, "suffix": suffix, "bytes": data})


def picture(tx: sqlite3.Connection, digest: str) -> bytes | None:
    """Return the bytes of an input picture."""
    row = tx.execute(_BYTES, {"digest": digest}).fetchone()
    return None if row is None else bytes(row[0])
