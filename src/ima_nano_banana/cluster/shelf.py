"""What shared batches keep in the database, apart from the books. Each function is part of one transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ima_nano_banana.cluster.model import Found, Progress, SharedRow, State, from_json, to_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_BATCH = """INSERT INTO shared_batches (id, created_at, queue, how)
    VALUES (:id, extract(epoch FROM statement_timestamp()), :queue, :how)
    ON CONFLICT (id) DO UPDATE SET how = excluded.how"""
_ROW = """INSERT INTO batch_wishes (batch_id, row_id, position, wish, parents, leads, state, state_at)
    VALUES (:batch_id, :row_id, :position, :wish, :parents, :leads, 'open',
        extract(epoch FROM statement_timestamp()))
    ON CONFLICT (batch_id, row_id) DO NOTHING"""
_FIND = """SELECT w.batch_id, w.state, w.wish, w.replaces, b.how, b.cancelled_at FROM batch_wishes w
    JOIN shared_batches b ON b.id = w.batch_id WHERE w.batch_id = :batch_id AND w.row_id = :row_id"""
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
_HEALED = """UPDATE batch_wishes w SET state = 'open', fault = NULL,
    state_at = extract(epoch FROM statement_timestamp())
    FROM items i WHERE w.state IN ('uncertain', 'cancelled') AND i.batch_id = w.batch_id AND i.row_id = w.row_id
    AND (i.state = 'done' OR (i.state IN ('running', 'ready')
        AND i.state_at < extract(epoch FROM statement_timestamp()) - 30))"""
_CANCEL = """UPDATE shared_batches SET cancelled_at = extract(epoch FROM statement_timestamp())
    WHERE id = :id AND cancelled_at IS NULL"""
_CANCEL_ROWS = """UPDATE batch_wishes w SET state = 'cancelled', state_at = extract(epoch FROM statement_timestamp())
    WHERE w.batch_id = :id AND w.state = 'open' AND NOT EXISTS (SELECT 1 FROM items i
        WHERE i.batch_id = w.batch_id AND i.row_id = w.row_id
        AND i.state IN ('queued', 'sending', 'running', 'ready'))"""
_UNCANCEL = "UPDATE shared_batches SET cancelled_at = NULL WHERE id = :id"
_RETRY = """UPDATE batch_wishes w SET state = 'open', fault = NULL,
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
_SENDING = """SELECT COALESCE(SUM(items), 0) FROM batch_states
    WHERE batch_id = :id AND state IN ('queued', 'sending')"""
_RUNNING = """SELECT COALESCE(SUM(items), 0) FROM batch_states
    WHERE batch_id = :id AND state IN ('sending', 'running', 'ready')"""
_STORE = """INSERT INTO input_pictures (digest, suffix, bytes, stored_at)
    VALUES (:digest, :suffix, :bytes, extract(epoch FROM statement_timestamp()))
    ON CONFLICT (digest) DO NOTHING"""
_STORED = "SELECT 1 FROM input_pictures WHERE digest = :digest"
_BYTES = "SELECT bytes FROM input_pictures WHERE digest = :digest"

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
    tx: sqlite3.Connection, batch_id: str, row_id: str, state: State, fault: Mapping[str, object] | None = None
) -> None:
    """Note how a row ended."""
    told = None if fault is None else json.dumps(dict(fault), default=str)
    tx.execute(_END, {"batch_id": batch_id, "row_id": row_id, "state": state, "fault": told})


def due(tx: sqlite3.Connection, batch_id: str | None = None) -> list[tuple[str, str, str]]:
    """Return batch, row and queue of open rows that somebody should make a job for, and end those that wait in vain."""
    while tx.execute(_ORPHANS).rowcount:
        pass  # whoever waits for them is next
    tx.execute(_HEALED)
    found = tx.execute(_DUE, {"batch_id": batch_id, "limit": DUE_AT_ONCE}).fetchall()
    return [(str(row[0]), str(row[1]), str(row[2])) for row in found]


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
