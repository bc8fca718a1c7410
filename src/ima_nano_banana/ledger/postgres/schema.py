"""The tables on PostgreSQL: those of the ledger, word for word, and what many machines need besides.

As for the file, a released migration is never edited; the next one is appended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger.schema import MIGRATIONS as BOOKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

LOCK = 0x494D414C  # one process migrates, the others wait

_SHARED = (
    "CREATE TABLE ledger_gate (id INTEGER PRIMARY KEY CHECK (id = 1))",
    "INSERT INTO ledger_gate (id) VALUES (1)",
    # Who lives until when, by the server's clock.
    "CREATE TABLE owners (owner TEXT PRIMARY KEY, until_at DOUBLE PRECISION NOT NULL)",
    # Batches that any worker of the account may take part in; their budget and pace are in `batches`.
    """
    CREATE TABLE shared_batches (
        id TEXT PRIMARY KEY,
        created_at DOUBLE PRECISION NOT NULL,
        queue TEXT NOT NULL,
        how TEXT NOT NULL,
        cancelled_at DOUBLE PRECISION
    )
    """,
    # What each row asks for, apart from the books, so that it can be forgotten without them. A row that is tried
    # again names the failed item that it may replace, so that a second delivery of the same job replaces nothing.
    """
    CREATE TABLE batch_wishes (
        batch_id TEXT NOT NULL REFERENCES shared_batches (id),
        row_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        wish TEXT,
        parents TEXT NOT NULL,
        leads INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'done', 'partial', 'failed', 'uncertain', 'cancelled')),
        state_at DOUBLE PRECISION NOT NULL,
        fault TEXT,
        replaces TEXT,
        PRIMARY KEY (batch_id, row_id)
    )
    """,
    "CREATE INDEX batch_wishes_state ON batch_wishes (batch_id, state)",
    "CREATE INDEX batch_wishes_open ON batch_wishes (batch_id, position) WHERE state = 'open'",
    # Pictures that rows start from, each content once, for workers that don't see the file.
    """
    CREATE TABLE input_pictures (
        digest TEXT PRIMARY KEY,
        suffix TEXT NOT NULL,
        bytes BYTEA NOT NULL,
        stored_at DOUBLE PRECISION NOT NULL
    )
    """,
)

_TURNS = (
    # How often a row was opened anew, so that the ending of an earlier turn, told late, ends no later one.
    "ALTER TABLE batch_wishes ADD COLUMN turn INTEGER NOT NULL DEFAULT 0",
)

SHARED: tuple[tuple[str, ...], ...] = (_SHARED, _TURNS)


PARTS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (("books", BOOKS), ("shared", SHARED))

# Held by every writing transaction, so that no migration comes between its look at the versions and its writes.
STEADY = f"SELECT pg_advisory_xact_lock_shared({LOCK})"
VERSIONS = "(SELECT array_agg(number ORDER BY part) FROM ledger_versions)"


def are_current(numbers: Sequence[int], place: str) -> bool:
    """Tell whether the tables are those that this program looked at; a restored backup may hold older ones.

    Raises:
        StorageFault: ``storage.newer``: a newer program has been here since.
    """
    wanted = [len(known) for _, known in PARTS]
    if any(number > most for number, most in zip(numbers, wanted, strict=False)):
        raise StorageFault("storage.newer", path=place)
    return list(numbers) == wanted


def migrate(connection: psycopg.Connection[Any], place: str) -> None:
    """Create or bring up to date, in one transaction that only one process at a time is in.

    Raises:
        StorageFault: ``storage.newer``: a newer program wrote these tables.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS ledger_versions (part TEXT PRIMARY KEY, number INTEGER NOT NULL)"
        )
        for part, migrations in PARTS:
            _bring_up(connection, part, migrations, place)


def _bring_up(
    connection: psycopg.Connection[Any], part: str, migrations: tuple[tuple[str, ...], ...], place: str
) -> None:
    row = connection.execute("SELECT number FROM ledger_versions WHERE part = %s", (part,)).fetchone()
    known = 0 if row is None else int(row[0])
    if known > len(migrations):
        raise StorageFault("storage.newer", path=place)
    for statements in migrations[known:]:
        for statement in statements:
            connection.execute(statement.encode())
    connection.execute(
        "INSERT INTO ledger_versions VALUES (%s, %s) ON CONFLICT (part) DO UPDATE SET number = excluded.number",
        (part, len(migrations)),
    )
