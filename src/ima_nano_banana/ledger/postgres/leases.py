"""Signs of life that other machines can see: a lease in the database, renewed while the process lives.

A process whose lease has run out may only be slow, or cut off. Then what it was sending is called uncertain too
early, and its own late answer puts that right: a mistake about life costs a look, never a create.
"""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg

from ima_nano_banana.ledger.alive import Owner
from ima_nano_banana.ledger.postgres.database import connect

if TYPE_CHECKING:
    import sqlite3

    from ima_nano_banana.ledger.postgres.database import PostgresDatabase

LEASE_SECONDS = 15.0
LONGEST_SECONDS = 3600.0
"""No lease runs longer. One that seems to was written while the server's clock was ahead, and may be a dead one's."""
_RENEWALS = 5
"""So many times within a lease it is renewed."""
_DAY = 86_400

_RENEW = """INSERT INTO owners (owner, until_at) VALUES (%s, extract(epoch FROM clock_timestamp()) + %s)
    ON CONFLICT (owner) DO UPDATE SET until_at = excluded.until_at"""
_SWEEP = "DELETE FROM owners WHERE abs(until_at - extract(epoch FROM clock_timestamp())) > %s"
_LIVES = """SELECT 1 FROM owners WHERE owner = :owner AND until_at > extract(epoch FROM clock_timestamp())
    AND until_at < extract(epoch FROM clock_timestamp()) + :longest"""


def lives(tx: sqlite3.Connection, owner: str) -> bool:
    """Tell whether the lease of ``owner`` still runs."""
    return tx.execute(_LIVES, {"owner": owner, "longest": LONGEST_SECONDS}).fetchone() is not None


class Lease(Owner):
    """This ledger's sign of life, with the same methods as the lock of a file.

    Args:
        database: Where it is kept; renewals have a connection of their own.
        seconds: How long it lasts without a renewal.
    """

    def __init__(self, database: PostgresDatabase, seconds: float = LEASE_SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._id = uuid.uuid4().hex
        self._stop: threading.Event | None = None

    def hold(self) -> str:
        """Return the owner's id, after its lease is written."""
        if self._stop is None:
            self._database.tell(_RENEW, (self._id, self._seconds))
            self._database.tell(_SWEEP, (_DAY,))
            self._stop = threading.Event()
            renewer = threading.Thread(
                target=_renew, args=(self._database.url, self._id, self._seconds, self._stop), daemon=True
            )
            renewer.start()
        return self._id

    @property
    def id(self) -> str | None:
        """Return the id while the lease is kept."""
        return self._id if self._stop is not None else None

    def release(self) -> None:
        """Stop being alive; what is still in ``sending`` becomes uncertain at the next look."""
        if self._stop is None:
            return
        owner = self._id
        self.abandon()
        with suppress(psycopg.Error), connect(self._database.url) as connection:
            connection.execute("DELETE FROM owners WHERE owner = %s", (owner,))

    def abandon(self) -> None:
        """Let the lease run out and be somebody else from now on."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None
        self._id = uuid.uuid4().hex


def _renew(url: str, owner: str, seconds: float, stop: threading.Event) -> None:
    """Renew until told to stop; a server that is away is asked again and again."""
    connection: psycopg.Connection[Any] | None = None
    while not stop.wait(seconds / _RENEWALS):
        try:
            if connection is None or connection.closed:
                connection = connect(url)
            connection.execute(_RENEW, (owner, seconds))
        except psycopg.Error:
            connection = None
    if connection is not None:
        connection.close()
