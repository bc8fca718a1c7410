"""The one connection to the ledger's file: made safely, written durably, patient with other processes."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger import schema
from ima_nano_banana.ledger.alive import guard
from ima_nano_banana.ledger.storage import is_busy, refuse_network_disk, storage_fault
from ima_nano_banana.local.private import FILE_MODE, open_private, private_dir, sync_dir, tighten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
"""How long to wait for other processes before a caller hears of it."""

_SQLITE_WAIT_SECONDS = 5.0
_RETRY_SECONDS = 0.01

_PRAGMAS = (
    # Every commit is on the disk before it returns; on macOS fsync alone would leave it in the drive's cache.
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA foreign_keys = ON",
    # A forgotten prompt must not linger in free pages.
    "PRAGMA secure_delete = ON",
)


class _StaleError(Exception):
    """What is open is not what lies at the path any more: another file, or one from before our migrations."""


class Database:
    """A SQLite file that is opened when it is first needed.

    Each process opens its own; a connection must not be carried over a fork. Within a process it may be
    used from several threads, one at a time.

    Args:
        path: The ledger's file; it and its folder are made if they are missing.
        alive: The folder of the owners' locks.
    """

    def __init__(self, path: Path, alive: Path) -> None:
        self._path = path.absolute()
        self._alive = alive
        self._gate = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self.sharing = False

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in one transaction that excludes every other writer, and make it durable.

        ``work`` may run again if another process was in the way, so it must have no effect of its own.

        Raises:
            StorageFault: the file can't be opened or written; nothing of ``work`` is stored.
        """
        return self._patiently(lambda: self._transaction("BEGIN IMMEDIATE", work))

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` on one consistent state of the books.

        Raises:
            StorageFault: the file can't be opened or read.
        """
        return self._patiently(lambda: self._transaction("BEGIN", work))

    def together(self, works: Sequence[Callable[[], T]]) -> list[T | BaseException]:
        """Run several pieces of work, whose writes share one commit; return what each returned or raised.

        One that fails leaves the others as they are. If the commit itself fails, nothing of any of them is
        stored, and that is raised.

        Raises:
            StorageFault: the file can't be opened or written.
        """
        return self._patiently(lambda: self._group(works))

    def _group(self, works: Sequence[Callable[[], T]]) -> list[T | BaseException]:
        connection = self._opened()
        self._begin(connection, "BEGIN IMMEDIATE")
        self.sharing = True
        try:
            ends: list[T | BaseException] = []
            for work in works:
                ends.append(_end(work))
                if not connection.in_transaction:
                    # SQLite gave the whole transaction up (a full disk, say), and the earlier ones with it.
                    raise sqlite3.OperationalError("the transaction is gone")
            self.commit()
        except BaseException:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise
        finally:
            self.sharing = False
        return ends

    def commit(self) -> None:
        """Make the open transaction durable. Every commit of the program passes here."""
        if self._connection is not None:
            self._connection.execute("COMMIT")

    def scrub(self) -> None:
        """Carry the write-ahead log over into the file and cut it, so that it holds no forgotten text."""

        def work() -> None:
            self._opened().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

        self._patiently(work)

    def check(self) -> None:
        """Let SQLite look for damage.

        Raises:
            StorageFault: ``storage.damaged``, or whatever kept it from looking.
        """
        found = self.read(lambda connection: connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if found != "ok":
            raise StorageFault("storage.damaged", path=str(self._path))

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._gate:
            if self._connection is not None:
                connection, self._connection = self._connection, None
                connection.close()

    def _transaction(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._opened()
        if self.sharing:
            return _within(connection, work)
        self._begin(connection, begin)
        try:
            done = work(connection)
            self.commit()
        except BaseException:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise
        return done

    def _begin(self, connection: sqlite3.Connection, begin: str) -> None:
        """Begin a transaction on books that are still ours: long runs see newer programs and restored backups come."""
        connection.execute(begin)
        try:
            version = schema.version_of(connection)
            if version > len(schema.MIGRATIONS):
                raise StorageFault("storage.newer", path=str(self._path))
            if version < len(schema.MIGRATIONS) or _place(self._path) != self._file:
                raise _StaleError
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _patiently(self, work: Callable[[], T]) -> T:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self._gate:
                    return work()
            except _StaleError as stale:
                self.close()
                if time.monotonic() > deadline:
                    raise StorageFault("storage.failed", path=str(self._path)) from stale
            except (sqlite3.Error, OSError) as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise storage_fault(error, self._path) from error
            time.sleep(_RETRY_SECONDS)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._prepare()
            self._file = _place(self._path)
            self._connection = _connect(self._path)
            try:
                self._admit(self._connection)
            except BaseException:
                self.close()
                raise
        return self._connection

    def _prepare(self) -> None:
        """Make the folder and, if there is none yet, the file."""
        refuse_network_disk(self._path.parent)
        private_dir(self._path.parent)
        refuse_network_disk(self._path.resolve().parent)  # the file itself may be a link
        if self._path.is_dir():
            raise StorageFault("storage.no_file", path=str(self._path))
        if self._path.exists():
            tighten(self._path, FILE_MODE)
            return
        with guard(self._alive / "creating.lock"):
            if not self._path.exists():
                self._create()

    def _create(self) -> None:
        """Build the file aside and give it its name when it is whole: an empty file is never a ledger."""
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(6)}")
        try:
            os.close(open_private(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL))
            connection = _connect(draft)
            try:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
                connection.execute("BEGIN IMMEDIATE")
                schema.migrate(connection)
                connection.execute("COMMIT")
            finally:
                connection.close()
            draft.replace(self._path)
        finally:
            for left in (draft, *(draft.with_name(draft.name + end) for end in ("-wal", "-shm"))):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
        sync_dir(self._path.parent)

    def _admit(self, connection: sqlite3.Connection) -> None:
        """Refuse what is not ours, and bring an older file up to date."""
        schema.check_origin(connection, str(self._path))
        if schema.version_of(connection) == len(schema.MIGRATIONS):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            schema.check_origin(connection, str(self._path))
            schema.migrate(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _place(path: Path) -> tuple[int, int] | None:
    """Return what tells one file from another that has taken its name."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _end(work: Callable[[], T]) -> T | BaseException:
    try:
        return work()
    except Exception as error:  # it belongs to whoever asked for this piece
        return error


def _within(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run ``work`` inside the transaction that others share, so that it can fail alone."""
    connection.execute("SAVEPOINT piece")
    try:
        done = work(connection)
        connection.execute("RELEASE piece")
    except BaseException:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK TO piece")
                connection.execute("RELEASE piece")
        raise
    return done


class _Connection(sqlite3.Connection):
    """One that stores what an argument or a message may hold though no text can, as PostgreSQL's side does."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 -- as sqlite3 declares it
        try:
            return super().execute(sql, parameters)
        except UnicodeEncodeError:  # half of a surrogate pair; values are bound before anything runs
            return super().execute(sql, {name: _whole(value) for name, value in parameters.items()})


def _whole(value: object) -> object:
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _connect(path: Path) -> sqlite3.Connection:
    # mode=rw: opening must never make an empty file where the books should be.
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        timeout=_SQLITE_WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=_Connection,
    )
    try:
        connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection
