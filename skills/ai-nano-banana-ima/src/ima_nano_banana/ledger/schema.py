"""The tables, as numbered migrations. Written in SQL that SQLite and PostgreSQL both take.

A migration that has been released is never edited; the next one is appended. ``PRAGMA user_version``
counts those that were applied.

``items`` is one request each, ``attempts`` one create (or the proof that it was never sent) each,
``changes`` every state change with its time. Money is ``items.committed``: the points that count against
the limits from the moment ``spent_at`` on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.errors import StorageFault

if TYPE_CHECKING:
    import sqlite3

APPLICATION_ID = 0x494D414C  # "IMAL": tells our file from any other SQLite file

_FIRST = (
    """
    CREATE TABLE items (
        id TEXT PRIMARY KEY,
        realm TEXT NOT NULL,
        user_id TEXT NOT NULL,
        key_fingerprint TEXT NOT NULL,
        identity TEXT NOT NULL,
        subject TEXT NOT NULL,
        state TEXT NOT NULL
            CHECK (state IN ('queued', 'sending', 'running', 'ready', 'done', 'failed', 'uncertain')),
        created_at DOUBLE PRECISION NOT NULL,
        state_at DOUBLE PRECISION NOT NULL,
        step INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        owner TEXT,
        task_id TEXT,
        task_type TEXT,
        model_id TEXT,
        model_name TEXT,
        version_id TEXT,
        size TEXT,
        aspect_ratio TEXT,
        count INTEGER,
        parameters TEXT NOT NULL,
        extra TEXT NOT NULL,
        prompt TEXT,
        images TEXT NOT NULL,
        input_hashes TEXT NOT NULL,
        language TEXT,
        requested TEXT,
        adjustments TEXT NOT NULL,
        credit INTEGER,
        committed INTEGER NOT NULL CHECK (committed >= 0),
        spent_at DOUBLE PRECISION,
        task_at DOUBLE PRECISION,
        urls TEXT NOT NULL,
        files TEXT NOT NULL,
        cover_url TEXT,
        width INTEGER,
        height INTEGER,
        seconds DOUBLE PRECISION,
        failures TEXT NOT NULL,
        fault TEXT,
        acknowledged_at DOUBLE PRECISION,
        batch_id TEXT,
        row_id TEXT,
        CHECK (committed = 0 OR spent_at IS NOT NULL),
        CHECK (state NOT IN ('running', 'ready', 'done') OR task_id IS NOT NULL),
        CHECK (state <> 'sending' OR (owner IS NOT NULL AND attempt > 0))
    )
    """,
    "CREATE INDEX items_identity ON items (identity)",
    "CREATE INDEX items_subject ON items (subject)",
    "CREATE INDEX items_task ON items (task_id)",
    "CREATE INDEX items_newest ON items (created_at)",
    "CREATE INDEX items_user ON items (realm, user_id, created_at)",
    "CREATE INDEX items_spent ON items (realm, spent_at)",
    "CREATE INDEX items_speed ON items (realm, model_id, size, task_type, created_at) WHERE seconds IS NOT NULL",
    "CREATE INDEX items_owned ON items (state, owner) WHERE owner IS NOT NULL",
    "CREATE INDEX items_live ON items (realm, key_fingerprint, state, state_at)",
    "CREATE UNIQUE INDEX items_row ON items (batch_id, row_id) WHERE batch_id IS NOT NULL",
    """
    CREATE TABLE attempts (
        item_id TEXT NOT NULL REFERENCES items (id),
        attempt INTEGER NOT NULL,
        account TEXT NOT NULL,
        owner TEXT NOT NULL,
        size TEXT,
        aspect_ratio TEXT,
        attribute_id INTEGER,
        credit INTEGER NOT NULL,
        sent_at DOUBLE PRECISION NOT NULL,
        ended_at DOUBLE PRECISION,
        outcome TEXT NOT NULL CHECK (outcome IN ('sending', 'created', 'refused', 'unsent', 'uncertain')),
        task_id TEXT,
        PRIMARY KEY (item_id, attempt)
    )
    """,
    "CREATE INDEX attempts_sent ON attempts (account, sent_at)",
    """
    CREATE TABLE changes (
        item_id TEXT NOT NULL REFERENCES items (id),
        step INTEGER NOT NULL,
        at DOUBLE PRECISION NOT NULL,
        attempt INTEGER NOT NULL,
        from_state TEXT,
        to_state TEXT NOT NULL,
        PRIMARY KEY (item_id, step)
    )
    """,
    # The sums of `items.committed` by quarter of an hour, so that a claim is as quick after 200,000 items as after
    # ten. Every time zone in use is a whole number of quarters away from UTC, so every local day is a sum of them.
    """
    CREATE TABLE spending (
        realm TEXT NOT NULL,
        scope TEXT NOT NULL,
        quarter BIGINT NOT NULL,
        points BIGINT NOT NULL CHECK (points >= 0),
        PRIMARY KEY (realm, scope, quarter)
    )
    """,
    """
    CREATE TABLE limits (
        scope TEXT NOT NULL,
        period TEXT NOT NULL CHECK (period IN ('run', 'day', 'month')),
        points INTEGER NOT NULL CHECK (points >= 0),
        PRIMARY KEY (scope, period)
    )
    """,
    """
    CREATE TABLE paces (
        account TEXT PRIMARY KEY,
        max_in_flight INTEGER,
        rate_count INTEGER,
        rate_seconds DOUBLE PRECISION
    )
    """,
)

_BATCHES = (
    # `committed` and `batch_states` are sums over `items`, kept in step with them: counting 200,000 rows takes
    # too long for a claim, and for a line of progress.
    """
    CREATE TABLE batches (
        id TEXT PRIMARY KEY,
        realm TEXT NOT NULL,
        user_id TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at DOUBLE PRECISION NOT NULL,
        budget BIGINT,
        max_in_flight INTEGER,
        rate_count INTEGER,
        rate_seconds DOUBLE PRECISION,
        rows INTEGER NOT NULL,
        committed BIGINT NOT NULL CHECK (committed >= 0)
    )
    """,
    """
    CREATE TABLE batch_states (
        batch_id TEXT NOT NULL,
        state TEXT NOT NULL,
        items BIGINT NOT NULL CHECK (items >= 0),
        PRIMARY KEY (batch_id, state)
    )
    """,
    "ALTER TABLE attempts ADD COLUMN batch_id TEXT",
    "CREATE INDEX attempts_batch ON attempts (batch_id, sent_at) WHERE batch_id IS NOT NULL",
    "CREATE INDEX items_unsure ON items (batch_id, state_at) WHERE state = 'uncertain' AND batch_id IS NOT NULL",
)

_TOLD = (
    # A request is closed only when somebody was told how it ended. Whatever ended under an older program was told
    # before it was closed.
    "ALTER TABLE items ADD COLUMN told_at DOUBLE PRECISION",
    "UPDATE items SET told_at = state_at WHERE state IN ('done', 'failed')",
    # Where its pictures were ordered to, and which door the order came through.
    "ALTER TABLE items ADD COLUMN folder TEXT",
    "ALTER TABLE items ADD COLUMN door TEXT",
    # The name that the caller gave the request; what it stands for is kept in `request_keys`, for ever.
    "ALTER TABLE items ADD COLUMN idempotency_key TEXT",
    """
    CREATE TABLE request_keys (
        realm TEXT NOT NULL,
        user_id TEXT NOT NULL,
        idempotency_key TEXT NOT NULL,
        digest TEXT NOT NULL,
        fields TEXT NOT NULL,
        item_id TEXT NOT NULL,
        created_at DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (realm, user_id, idempotency_key)
    )
    """,
    # The identities of older rows hold the key they were paid with; which keys those are is asked in every claim.
    """
    CREATE INDEX items_keys ON items (realm, user_id, key_fingerprint)
    WHERE state IN ('queued', 'sending', 'running', 'ready', 'uncertain')
    """,
    # Facts about the whole ledger, such as the time zone of its calendar.
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # Each realm has limits of its own. Those that were set before were meant for real points.
    """
    CREATE TABLE realm_limits (
        realm TEXT NOT NULL,
        scope TEXT NOT NULL,
        period TEXT NOT NULL CHECK (period IN ('run', 'day', 'month', 'approve')),
        points INTEGER NOT NULL CHECK (points >= 0),
        PRIMARY KEY (realm, scope, period)
    )
    """,
    "INSERT INTO realm_limits (realm, scope, period, points) SELECT 'ima', scope, period, points FROM limits",
    "DROP TABLE limits",
    "ALTER TABLE realm_limits RENAME TO limits",
    # While a row stands here, nobody whom it names begins a create.
    """
    CREATE TABLE freezes (
        realm TEXT NOT NULL,
        scope TEXT NOT NULL,
        reason TEXT,
        frozen_at DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (realm, scope)
    )
    """,
    # What a clock that ran ahead had dated in the future: what it said, and when that was noticed.
    """
    CREATE TABLE redated (
        item_id TEXT PRIMARY KEY REFERENCES items (id),
        created_was DOUBLE PRECISION NOT NULL,
        spent_was DOUBLE PRECISION,
        noticed_at DOUBLE PRECISION NOT NULL,
        seen_at DOUBLE PRECISION NOT NULL
    )
    """,
    # Which batch a file is, however its path was typed; `file` is a digest of what it resolves to.
    "CREATE TABLE batch_files (file TEXT PRIMARY KEY, batch_id TEXT NOT NULL, path TEXT)",
    # What the run that made it told, so that an earlier end is told again in the same words.
    "ALTER TABLE items ADD COLUMN elapsed DOUBLE PRECISION",
    # Requests that were frozen with their price, and what somebody decided about them. What became of one is told by
    # its key in `request_keys`, so that the two can never differ.
    """
    CREATE TABLE plans (
        plan_id TEXT PRIMARY KEY,
        realm TEXT NOT NULL,
        user_id TEXT NOT NULL,
        terms TEXT NOT NULL,
        digest TEXT NOT NULL,
        credit INTEGER NOT NULL CHECK (credit >= 0),
        credit_each INTEGER NOT NULL CHECK (credit_each >= 0),
        created_at DOUBLE PRECISION NOT NULL,
        expires_at DOUBLE PRECISION NOT NULL,
        facts TEXT NOT NULL,
        wish TEXT NOT NULL,
        told TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
        proposed_by TEXT,
        decided_at DOUBLE PRECISION,
        decided_by TEXT,
        reason TEXT
    )
    """,
    "CREATE INDEX plans_terms ON plans (terms)",
    "CREATE INDEX plans_newest ON plans (realm, created_at)",
    "CREATE INDEX keys_item ON request_keys (item_id)",
    # Who may approve through a host that names the sender.
    "CREATE TABLE approvers (realm TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (realm, user_id))",
    # Every change has a number, so that whoever looks on can ask for what came after one. What happened under an
    # older program is no news to anybody.
    "ALTER TABLE changes ADD COLUMN seq BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX changes_seq ON changes (seq)",
    # A gallery is a realm, or what of it stands alike, from the newest backwards.
    "CREATE INDEX items_shelf ON items (realm, created_at, id)",
    "CREATE INDEX items_standing ON items (realm, state, created_at, id)",
    "CREATE TABLE stars (item_id TEXT PRIMARY KEY REFERENCES items (id), starred_at DOUBLE PRECISION NOT NULL)",
    # Which tasks of a batch may still be alive is asked in each of its claims.
    "CREATE INDEX items_begun ON items (batch_id, state_at) WHERE state = 'running' AND batch_id IS NOT NULL",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _BATCHES, _TOLD)


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many migrations the open file has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_origin(connection: sqlite3.Connection, path: str) -> None:
    """Refuse a file that is not a ledger, or that a newer program wrote.

    Raises:
        StorageFault: ``storage.damaged`` or ``storage.newer``.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StorageFault("storage.damaged", path=path)
    if version_of(connection) > len(MIGRATIONS):
        raise StorageFault("storage.newer", path=path)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is missing; called inside a write transaction."""
    for number, statements in enumerate(MIGRATIONS[version_of(connection) :], start=version_of(connection) + 1):
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
