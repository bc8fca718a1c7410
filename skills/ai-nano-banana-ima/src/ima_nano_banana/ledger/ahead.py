"""What a clock that ran ahead has dated in the future.

It happened before now, nobody knows when; so it is dated to the moment at which that is noticed. It counts once, in the
period of that moment, and what comes later is newer. What the clock had said is kept beside it: if the clock was not
ahead then but behind now, time jumps back to where it was, and so do the dates. In doubt a spend counts once more, as a
limit must never be exceeded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.ledger import rows, sql

if TYPE_CHECKING:
    import sqlite3

GRAIN_SECONDS = 1.0
"""Clocks are put right by less than this all the time."""

_APART = 0.001


def settle(tx: sqlite3.Connection, now: float) -> None:
    """Date what lies in the future to now, and put back what a clock that was behind had dated wrongly."""
    late = now + GRAIN_SECONDS
    found = tx.execute(sql.ANY_AHEAD, {"late": late}).fetchone()
    if found[1]:
        _look_again(tx, now)
    if found[0] or found[1]:
        _redate(tx, now, late)


def _look_again(tx: sqlite3.Connection, now: float) -> None:
    """Decide about what was dated anew once its own time has come: was the clock ahead then, or behind since?"""
    for row in tx.execute(sql.REDATED).fetchall():
        was = row["created_was"] if row["spent_was"] is None else row["spent_was"]
        if now < was:
            continue
        # Time that has passed was seen to pass. Where most of it is missing, it never passed: the clock jumped.
        if was - row["seen_at"] > (was - row["noticed_at"]) / 2:
            item = rows.load(tx, row["item_id"])
            rows.redate(tx, item, created_at=row["created_was"], spent_at=row["spent_was"] or item.spent_at)
        tx.execute(sql.DROP_REDATED, {"item_id": row["item_id"]})
    tx.execute(sql.SEEN, {"now": now})


def _redate(tx: sqlite3.Connection, now: float, late: float) -> None:
    """Keep the order in which they were made."""
    found = [rows.from_row(row) for row in tx.execute(sql.AHEAD, {"late": late}).fetchall()]
    for place, item in enumerate(found):
        spent = item.spent_at is not None and item.spent_at > late
        kept = {"created_was": item.created_at, "spent_was": item.spent_at if spent else None}
        tx.execute(sql.KEEP_DATE, {"item_id": item.id, "now": now, **kept})
        created_at = now - _APART * (len(found) - place) if item.created_at > late else item.created_at
        rows.redate(tx, item, created_at=created_at, spent_at=now if spent else item.spent_at)


def named(tx: sqlite3.Connection, now: float) -> tuple[int, float]:
    """Return how many requests are, or were, dated in the future, and how far (Unix seconds)."""
    count, until = tx.execute(sql.COUNT_AHEAD, {"late": now + GRAIN_SECONDS}).fetchone()
    kept, farthest = tx.execute(sql.COUNT_REDATED).fetchone()
    return int(count) + int(kept), max(until or 0.0, farthest or 0.0)
