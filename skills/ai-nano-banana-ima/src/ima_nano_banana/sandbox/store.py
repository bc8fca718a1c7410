"""The file that holds a sandbox world: one SQLite database, shared by every process that opens it.

Nothing here needs to outlive a power cut, so ``synchronous`` is off; what a killed process has
committed is kept by the operating system all the same.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (account TEXT PRIMARY KEY, points INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, charged INTEGER NOT NULL, created_at REAL NOT NULL,
    ready_at REAL NOT NULL, looks INTEGER NOT NULL DEFAULT 0, fates TEXT NOT NULL, job TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS creates (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, account TEXT NOT NULL, body_hash TEXT NOT NULL, body TEXT NOT NULL,
    accepted INTEGER NOT NULL, points INTEGER NOT NULL, code INTEGER, status INTEGER, task_id TEXT,
    answered TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS uploads (
    path TEXT PRIMARY KEY, account TEXT NOT NULL, content_type TEXT NOT NULL, expires INTEGER NOT NULL, data BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hits (run TEXT, scene TEXT, subject TEXT, n INTEGER NOT NULL,
    PRIMARY KEY (run, scene, subject)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sightings (host TEXT, what TEXT, PRIMARY KEY (host, what)) WITHOUT ROWID;
"""

_BUSY_SECONDS = 60.0


class Store:
    """One connection, safe for the threads of a process; the file is safe for several processes."""

    def __init__(self, path: Path | None) -> None:
        """Open ``path`` and create what is missing; ``None`` keeps the world in memory."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self.close = weakref.finalize(self, self._db.close)
        self._prepare()

    def _prepare(self) -> None:
        # Turning WAL on does not wait for a busy file the way statements do, so it is asked again.
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self._db.execute("PRAGMA synchronous=OFF")
        with self.writing() as db:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the one write lock of the file; commit at the end, undo on an exception."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query, if there is one."""
        return next(iter(self.rows(sql, *values)), None)


def bump(db: sqlite3.Connection, name: str, by: int = 1) -> None:
    """Count something in the books, inside the caller's transaction."""
    db.execute("INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n", (name, by))


def count_hit(db: sqlite3.Connection, run: str, scene: str, subject: str) -> int:
    """Count one more hit of a scene and return how many there have been."""
    row = db.execute(
        "INSERT INTO hits VALUES (?, ?, ?, 1) ON CONFLICT (run, scene, subject) DO UPDATE SET n = n + 1 RETURNING n",
        (run, scene, subject),
    ).fetchall()
    return int(row[0][0])
