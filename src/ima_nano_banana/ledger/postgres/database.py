"""The one connection of a process to the books on PostgreSQL: patient, durable, and sure of its commits."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

import psycopg

from ima_nano_banana.errors import Fault, StorageFault
from ima_nano_banana.ledger.connection import PATIENCE_SECONDS, Database
from ima_nano_banana.ledger.postgres import schema
from ima_nano_banana.ledger.postgres.speak import Tx
from ima_nano_banana.ledger.postgres.trouble import fault_of, passes, place_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_FIRST_PATIENCE_SECONDS = 10.0
_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0

OPTIONS: dict[str, str | int] = {
    "connect_timeout": 5,
    # A peer that has vanished without a word is noticed within seconds, on both sides.
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "ima-nano-banana",
}

_SETTINGS = (
    "SET synchronous_commit = on",
    "SET client_encoding = 'UTF8'",
    "SET lock_timeout = '20s'",
    "SET statement_timeout = '60s'",
    # A process that is frozen inside a transaction must not hold everybody's lock until it thaws.
    "SET idle_in_transaction_session_timeout = '3s'",
)

# Everybody who may spend passes here, one after the other: limits are kept over all accounts, users and batches.
_GATE = "SELECT 1 FROM ledger_gate WHERE id = 1 FOR UPDATE"

# Sent by itself after the lock was taken: `now()` would be the time of BEGIN, and `clock_timestamp()` is volatile.
# The timeline changes when a replica takes over; a transaction number means nothing on another one.
_TIMELINE = "substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)"
_MOMENT = (  # only texts of this program are pasted in
    f"SELECT extract(epoch FROM statement_timestamp())::float8, pg_current_xact_id()::text, {_TIMELINE}, "  # noqa: S608
    f"{schema.VERSIONS}"
)
_FATE = f"SELECT pg_xact_status(%s::xid8), {_TIMELINE}"


class _StaleTablesError(Exception):
    """The tables are older than those that were looked at: somebody restored a backup."""


class _UnknownCommitError(Exception):
    """The server went away between COMMIT and its answer, and was not seen again in time."""


class PostgresDatabase(Database):
    """The transactions of the ledger on PostgreSQL. It is opened when it is first needed.

    Args:
        url: ``postgresql://…``, or any connection string of libpq.
        lost: Called when it could not be found out whether a commit happened.
    """

    def __init__(self, url: str, *, lost: Callable[[], object] = lambda: None) -> None:
        self.url = url
        self.place = place_of(url)
        self.sharing = False
        self._lost = lost
        self._lock = threading.RLock()
        self._open: psycopg.Connection[Any] | None = None
        self._known = False
        self._rest = ""
        self._local = threading.local()

    @property
    def now(self) -> float:
        """The server's Unix time in the running writing transaction, read after its lock."""
        return float(self._local.now)

    @property
    def monotonic(self) -> float:
        """A moment of this machine's own clock that is not later than :attr:`now`."""
        return float(self._local.monotonic)

    def write(self, work: Callable[[sqlite3.Connection], T], *, gated: bool = False) -> T:
        """Run ``work`` in one durable transaction; ``gated`` excludes every other one that may spend.

        ``work`` may run again, so it must have no effect of its own.

        Raises:
            StorageFault: the server can't be reached, or refuses; nothing of ``work`` is stored.
        """
        return self._patiently(lambda: self._written(work, gated=gated))

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` on one consistent state of the books.

        Raises:
            StorageFault: the server can't be reached, or refuses.
        """

        def once() -> T:
            connection = self._server()
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                return work(_as_one(Tx(connection, writing=False)))
            finally:
                _roll_back(connection)

        return self._patiently(once)

    def together(self, works: Sequence[Callable[[], T]]) -> list[T | BaseException]:
        """Run pieces of work one after the other, each in its own transaction."""
        ends: list[T | BaseException] = []
        for work in works:
            try:
                ends.append(work())
            except Exception as error:  # it belongs to whoever asked for this piece
                ends.append(error)
        return ends

    def tell(self, statement: str, values: Sequence[object]) -> None:
        """Run one statement that may be repeated, beside the transactions of the books.

        Raises:
            StorageFault: the server can't be reached, or refuses.
        """
        self._patiently(lambda: self._server().execute(statement.encode(), values))

    def script(self, unless: str, script: str) -> None:
        """Run many statements as one, if ``SELECT unless`` finds nothing; one process at a time.

        Raises:
            StorageFault: the server can't be reached, or refuses.
        """

        def once() -> None:
            connection = self._server()
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (schema.LOCK,))
                found = connection.execute(f"SELECT {unless}".encode()).fetchone()
                if found is None or found[0] is None:
                    connection.execute(script.encode())

        self._patiently(once)

    def commit(self) -> None:
        """Make the open transaction durable."""
        rest, self._rest = self._rest, ""
        self._server().execute(f"{rest}; COMMIT".encode() if rest else b"COMMIT")

    def scrub(self) -> None:
        """Let the server overwrite the rows that held forgotten text."""
        with suppress(StorageFault):
            self.tell("VACUUM items, batch_wishes, input_pictures", ())

    def check(self) -> None:
        """Ask whether the server is there and holds our tables.

        Raises:
            StorageFault: it can't be reached, or refuses.
        """
        self.read(lambda tx: tx.execute("SELECT COUNT(*) FROM limits").fetchone())

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        with self._lock:
            self._drop()

    def _written(self, work: Callable[[sqlite3.Connection], T], *, gated: bool) -> T:
        connection = self._server()
        try:
            connection.execute(f"BEGIN; {schema.STEADY}" + (f"; {_GATE}" if gated else ""))
            self._local.monotonic = time.monotonic()
            found = connection.execute(_MOMENT.encode()).fetchone()
            self._local.now, transaction, timeline, versions = found if found is not None else (0.0, "", "", ())
            if not schema.are_current(versions, self.place):
                raise _StaleTablesError
            tx = Tx(connection, writing=True)
            done = work(_as_one(tx))
            self._rest = tx.rest()
        except BaseException:
            _roll_back(connection)
            raise
        try:
            self.commit()
        except psycopg.Error as error:
            if not self._was_committed(transaction, timeline, error):
                raise
        return done

    def _was_committed(self, transaction: str, timeline: str, error: psycopg.Error) -> bool:
        """Find out what became of a commit whose answer was lost.

        Where a replica has taken over meanwhile, the number may be that of another transaction: then nobody knows.
        """
        if not passes(error):
            _roll_back(self._server())
            return False
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self._drop()
            with suppress(psycopg.Error):
                row = self._server().execute(_FATE.encode(), (transaction,)).fetchone()
                if row is not None and row[1] != timeline:
                    break
                if row is not None and row[0] in ("committed", "aborted"):
                    return bool(row[0] == "committed")
            time.sleep(_LONGEST_RETRY_SECONDS / 2)
        raise _UnknownCommitError from error

    def _patiently(self, work: Callable[[], T]) -> T:
        deadline = time.monotonic() + (PATIENCE_SECONDS if self._known else _FIRST_PATIENCE_SECONDS)
        wait = _RETRY_SECONDS
        while True:
            try:
                with self._lock:
                    return work()
            except _UnknownCommitError as unknown:
                self._lost()
                raise StorageFault("storage.unreachable", path=self.place) from unknown
            except _StaleTablesError as stale:
                self._forget_tables()
                if time.monotonic() > deadline:
                    raise StorageFault("storage.server_failed", path=self.place) from stale
            except (psycopg.Error, Fault) as error:
                self._drop_if_broken()
                if isinstance(error, Fault) and not passes(error):
                    raise
                if not passes(error) or time.monotonic() > deadline:
                    raise fault_of(error, self.place) from error
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_RETRY_SECONDS)

    def _server(self) -> psycopg.Connection[Any]:
        if self._open is None:
            connection = connect(self.url)
            try:
                if not self._known:
                    schema.migrate(connection, self.place)
                    self._known = True
            except BaseException:
                connection.close()
                raise
            self._open = connection
        return self._open

    def _forget_tables(self) -> None:
        """Let the next use look at the tables anew, and bring them up to date."""
        with self._lock:
            self._known = False
            self._drop()

    def _drop_if_broken(self) -> None:
        with self._lock:
            if self._open is not None and (self._open.closed or self._open.broken):
                self._drop()

    def _drop(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


def _as_one(tx: Tx) -> sqlite3.Connection:
    # The ledger's statements are SQLite's, and of a transaction they use `execute` alone, which this one has too.
    return cast("sqlite3.Connection", tx)


def connect(url: str) -> psycopg.Connection[Any]:
    """Return a new connection with the settings that the ledger relies on."""
    connection = psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor, **with_defaults(url))
    try:
        connection.execute("; ".join(_SETTINGS))
    except BaseException:
        connection.close()
        raise
    return connection


def with_defaults(url: str) -> dict[str, Any]:
    """Return the connection options that ``url`` does not set itself."""
    told = psycopg.conninfo.conninfo_to_dict(url)
    return {name: value for name, value in OPTIONS.items() if name not in told}


def _roll_back(connection: psycopg.Connection[Any]) -> None:
    with suppress(psycopg.Error):
        connection.execute("ROLLBACK")
