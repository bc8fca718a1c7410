"""Every statement that the ledger sends, in one place, in SQL that SQLite and PostgreSQL both take.

Parameters are named, so that a second store only has to spell ``:name`` its own way. Rows of ``items``
are written from one list of columns, which is the list of fields of :class:`~.model.Item`.
"""

from __future__ import annotations

from dataclasses import fields

from ima_nano_banana.domain.realm import IMA, SANDBOX
from ima_nano_banana.domain.task import BEING_SENT, FOLLOWED, State
from ima_nano_banana.ledger.model import Item

COLUMNS = tuple(one.name for one in fields(Item))

# What a row is called by, and what no change of it may touch.
FIXED = ("id", "realm", "user_id", "key_fingerprint", "identity", "subject", "created_at", "batch_id", "row_id")

_NAMES = ", ".join(COLUMNS)
_VALUES = ", ".join(f":{name}" for name in COLUMNS)
_CHANGED = ", ".join(f"{name} = :{name}" for name in COLUMNS if name not in FIXED)


def among(*states: State) -> str:
    """Return a list of states as a condition takes it. The spelling matters: it is that of a partial index."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"


# Only names of this program are pasted into these; values are always parameters.
INSERT_ITEM = f"INSERT INTO items ({_NAMES}) VALUES ({_VALUES})"  # noqa: S608
UPDATE_ITEM = f"UPDATE items SET {_CHANGED} WHERE id = :id AND step = :before"  # noqa: S608
_SELECT = f"SELECT {_NAMES} FROM items"  # noqa: S608

ITEM = f"{_SELECT} WHERE id = :id"

# What ended is closed when somebody was told how, and not before. A failure that cost nothing has nothing to hand over.
_UNTOLD = "told_at IS NULL AND (state = 'done' OR (state = 'failed' AND committed > 0))"
_OPEN = f"""(state IN {among(*BEING_SENT, *FOLLOWED)} OR (state = 'uncertain' AND acknowledged_at IS NULL)
    OR ({_UNTOLD}))"""

# The newest first: an open one is joined before an uncertain one is complained about.
SAME = f"""{_SELECT} WHERE identity = :identity AND {_OPEN}
    ORDER BY created_at DESC, id"""

# Whose keys stand in the identities of rows that an older program left open. The condition is that of an index.
KEYS_OPEN = f"""SELECT DISTINCT key_fingerprint FROM items WHERE realm = :realm AND user_id = :user_id
    AND state IN {among(*BEING_SENT, *FOLLOWED, State.UNCERTAIN)}"""  # noqa: S608

OPEN_SUBJECT = f"""SELECT 1 FROM items WHERE subject = :subject AND {_OPEN}
    LIMIT 1"""  # noqa: S608

# A batch reports its own rows, also those that it has not reported yet.
TO_FINISH = f"""{_SELECT} WHERE (:user_id IS NULL OR user_id = :user_id) AND (:realm IS NULL OR realm = :realm)
    AND (state IN {among(*FOLLOWED)} OR (batch_id IS NULL AND task_id IS NOT NULL AND {_UNTOLD}))
    ORDER BY created_at DESC, id"""

TELL = "UPDATE items SET told_at = :now WHERE id = :id AND told_at IS NULL AND state IN ('done', 'failed')"
TAKE_BACK_TOLD = "UPDATE items SET told_at = NULL WHERE id = :id"

ACKNOWLEDGE = """UPDATE items SET acknowledged_at = :now
    WHERE identity = :identity AND state = 'uncertain' AND acknowledged_at IS NULL"""
DOUBT_AGAIN = """UPDATE items SET acknowledged_at = NULL
    WHERE realm = :realm AND user_id = :user_id AND acknowledged_at = :at"""

KEY = """SELECT digest, fields, item_id FROM request_keys
    WHERE realm = :realm AND user_id = :user_id AND idempotency_key = :idempotency_key"""
BIND_KEY = """INSERT INTO request_keys (realm, user_id, idempotency_key, digest, fields, item_id, created_at)
    VALUES (:realm, :user_id, :idempotency_key, :digest, :fields, :item_id, :now)
    ON CONFLICT (realm, user_id, idempotency_key) DO UPDATE SET digest = excluded.digest, fields = excluded.fields,
    item_id = excluded.item_id"""

OWNED = f"SELECT DISTINCT owner FROM items WHERE owner IS NOT NULL AND state IN {among(*BEING_SENT)}"  # noqa: S608
OF_OWNER = f"{_SELECT} WHERE owner = :owner AND state IN {among(*BEING_SENT)}"

BY_TASK = f"{_SELECT} WHERE task_id = :name AND (:realm IS NULL OR realm = :realm) ORDER BY created_at DESC, id LIMIT 1"
# A file's name ends with the end of its task id, so that is a name too. `substr` instead of LIKE: ids hold `_`.
BY_PART = f"""{_SELECT} WHERE (:realm IS NULL OR realm = :realm)
    AND (substr(id, 1, :length) = :name OR substr(task_id, 1, :length) = :name
    OR substr(task_id, length(task_id) - :length + 1) = :name)
    ORDER BY created_at DESC, id LIMIT 2"""

_OF_KEY = """(:idempotency_key IS NULL OR idempotency_key = :idempotency_key
    OR id IN (SELECT item_id FROM request_keys WHERE idempotency_key = :idempotency_key))"""
LISTED = f"""{_SELECT} WHERE (:user_id IS NULL OR user_id = :user_id) AND (:realm IS NULL OR realm = :realm)
    AND (:since IS NULL OR created_at >= :since) AND (:until IS NULL OR created_at < :until)
    AND (:batch_id IS NULL OR batch_id = :batch_id)
    AND {_OF_KEY}
    AND (:states = '' OR ',' || :states || ',' LIKE '%,' || state || ',%')
    ORDER BY created_at DESC, id LIMIT :limit"""

PICTURED = f"""{_SELECT} WHERE user_id = :user_id AND realm = :realm AND state = 'done' AND files <> '[]'
    AND (:before IS NULL OR created_at < :before)
    ORDER BY created_at DESC, id LIMIT :limit"""

SPEEDS = """SELECT seconds FROM items WHERE realm = :realm AND seconds IS NOT NULL AND model_id = :model_id
    AND size = :size AND task_type = :task_type ORDER BY created_at DESC LIMIT :limit"""

SPENT = """SELECT user_id, model_id, spent_at, committed, state, count FROM items
    WHERE committed > 0 AND realm = :realm AND spent_at >= :since AND spent_at < :until
    AND (:user_id IS NULL OR user_id = :user_id)"""

INSERT_ATTEMPT = """INSERT INTO attempts
    (item_id, attempt, account, owner, size, aspect_ratio, attribute_id, credit, sent_at, outcome, batch_id)
    VALUES (:item_id, :attempt, :account, :owner, :size, :aspect_ratio, :attribute_id, :credit, :now, 'sending',
    :batch_id)"""
END_ATTEMPT = """UPDATE attempts SET outcome = :outcome, ended_at = :now, task_id = COALESCE(:task_id, task_id)
    WHERE item_id = :item_id AND attempt = :attempt"""
CEILING = "SELECT MAX(credit) FROM attempts WHERE item_id = :item_id"
REFUSALS = "SELECT COUNT(*) FROM attempts WHERE item_id = :item_id AND outcome = 'refused'"

INSERT_CHANGE = """INSERT INTO changes (item_id, step, at, attempt, from_state, to_state, seq)
    VALUES (:item_id, :step, :now, :attempt, :from_state, :to_state, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes))"""
CHANGES = "SELECT at, attempt, from_state, to_state FROM changes WHERE item_id = :item_id ORDER BY step"

LIMITS = "SELECT scope, period, points FROM limits WHERE realm = :realm ORDER BY scope, period"
SET_LIMIT = """INSERT INTO limits (realm, scope, period, points) VALUES (:realm, :scope, :period, :points)
    ON CONFLICT (realm, scope, period) DO UPDATE SET points = excluded.points"""
DROP_LIMIT = "DELETE FROM limits WHERE realm = :realm AND scope = :scope AND period = :period"
FREEZES = "SELECT scope, reason, frozen_at FROM freezes WHERE realm = :realm ORDER BY scope"
FREEZE = """INSERT INTO freezes (realm, scope, reason, frozen_at) VALUES (:realm, :scope, :reason, :now)
    ON CONFLICT (realm, scope) DO UPDATE SET reason = excluded.reason"""
UNFREEZE = "DELETE FROM freezes WHERE realm = :realm AND scope = :scope"
SENDING = """SELECT 1 FROM items WHERE owner IS NOT NULL AND state = 'sending' AND realm = :realm
    AND (:user_id IS NULL OR user_id = :user_id) LIMIT 1"""
SETTING = "SELECT value FROM settings WHERE name = :name"
SET_SETTING = """INSERT INTO settings (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
KEEP_SETTING = "INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING"
DROP_SETTING = "DELETE FROM settings WHERE name = :name"
SPEND = """INSERT INTO spending (realm, scope, quarter, points) VALUES (:realm, :scope, :quarter, :points)
    ON CONFLICT (realm, scope, quarter) DO UPDATE SET points = spending.points + excluded.points"""
TAKE_BACK = """UPDATE spending SET points = points - :points
    WHERE realm = :realm AND scope = :scope AND quarter = :quarter"""
USED = """SELECT COALESCE(SUM(points), 0) FROM spending
    WHERE realm = :realm AND scope = :scope AND quarter >= :quarter"""
SPENDERS = """SELECT DISTINCT scope FROM spending
    WHERE realm = :realm AND scope <> 'all' AND quarter >= :quarter ORDER BY scope"""

# Two questions, so that each finds its index; nearly always the answer is no.
ANY_AHEAD = f"""SELECT
    CASE WHEN EXISTS (SELECT 1 FROM items WHERE created_at > :late)
        OR EXISTS (SELECT 1 FROM items WHERE realm = '{IMA}' AND spent_at > :late)
        OR EXISTS (SELECT 1 FROM items WHERE realm = '{SANDBOX}' AND spent_at > :late) THEN 1 ELSE 0 END,
    CASE WHEN EXISTS (SELECT 1 FROM redated) THEN 1 ELSE 0 END"""  # noqa: S608
AHEAD = f"{_SELECT} WHERE created_at > :late OR spent_at > :late ORDER BY created_at, id"
REDATE = "UPDATE items SET created_at = :created_at, spent_at = :spent_at WHERE id = :id"
KEEP_DATE = """INSERT INTO redated (item_id, created_was, spent_was, noticed_at, seen_at)
    VALUES (:item_id, :created_was, :spent_was, :now, :now) ON CONFLICT (item_id) DO NOTHING"""
REDATED = "SELECT item_id, created_was, spent_was, noticed_at, seen_at FROM redated"
DROP_REDATED = "DELETE FROM redated WHERE item_id = :item_id"
SEEN = "UPDATE redated SET seen_at = :now"
COUNT_AHEAD = """SELECT COUNT(*), MAX(CASE WHEN spent_at > created_at THEN spent_at ELSE created_at END)
    FROM items WHERE created_at > :late OR spent_at > :late"""
COUNT_REDATED = "SELECT COUNT(*), MAX(COALESCE(spent_was, created_was)) FROM redated"

# What was sent "later" than now was sent before; as nobody knows when, it counts from now on.
BATCH_SENT_AHEAD = "UPDATE attempts SET sent_at = :now WHERE batch_id = :batch_id AND sent_at > :now"

ROW = f"{_SELECT} WHERE batch_id = :batch_id AND row_id = :row_id"
BATCH_ROWS = f"{_SELECT} WHERE batch_id = :batch_id AND row_id IS NOT NULL"
BATCH_FILE = "SELECT batch_id FROM batch_files WHERE file = :file UNION SELECT id FROM batches WHERE id = :file"
SET_BATCH_FILE = """INSERT INTO batch_files (file, batch_id, path) VALUES (:file, :batch_id, :path)
    ON CONFLICT (file) DO UPDATE SET batch_id = excluded.batch_id, path = excluded.path"""
BATCH_PATHS = "SELECT path FROM batch_files WHERE batch_id = :batch_id AND path IS NOT NULL"
BATCH_NAMES = "SELECT id, name FROM batches WHERE realm = :realm AND user_id = :user_id ORDER BY created_at DESC"
OF_BATCHES = "SELECT id FROM batches WHERE realm = :realm AND user_id = :user_id"
TWIN_ROWS = f"{_SELECT} WHERE row_id = :row_id AND batch_id IN ({OF_BATCHES})"
RELEASE_ROW = "UPDATE items SET row_id = NULL WHERE id = :id"
SET_BATCH = """INSERT INTO batches
    (id, realm, user_id, name, created_at, budget, max_in_flight, rate_count, rate_seconds, rows, committed)
    VALUES (:id, :realm, :user_id, :name, :created_at, :budget, :max_in_flight, :rate_count, :rate_seconds, :rows, 0)
    ON CONFLICT (id) DO UPDATE SET budget = excluded.budget, max_in_flight = excluded.max_in_flight,
    rate_count = excluded.rate_count, rate_seconds = excluded.rate_seconds, rows = excluded.rows"""
BATCH = """SELECT id, realm, user_id, name, created_at, budget, max_in_flight, rate_count, rate_seconds, rows, committed
    FROM batches WHERE id = :id"""
BATCH_SPEND = "UPDATE batches SET committed = committed + :points WHERE id = :id"
BATCH_STATES = "SELECT state, items FROM batch_states WHERE batch_id = :batch_id AND items > 0"
BATCH_STATE = """INSERT INTO batch_states (batch_id, state, items) VALUES (:batch_id, :state, 1)
    ON CONFLICT (batch_id, state) DO UPDATE SET items = batch_states.items + 1"""
BATCH_STATE_LEFT = "UPDATE batch_states SET items = items - 1 WHERE batch_id = :batch_id AND state = :state"
BATCH_UNSURE = """SELECT COUNT(*) FROM items
    WHERE batch_id = :batch_id AND state = 'uncertain' AND state_at >= :young AND state_at <= :soon"""
BATCH_RUNNING = """SELECT COUNT(*) FROM items
    WHERE batch_id = :batch_id AND state = 'running' AND state_at >= :young AND state_at <= :soon"""
BATCH_SENT = """SELECT sent_at FROM attempts WHERE batch_id = :batch_id AND sent_at > :since AND outcome <> 'unsent'
    ORDER BY sent_at DESC LIMIT :limit"""

_PLAN = """SELECT plan_id, realm, user_id, terms, digest, credit, credit_each, created_at, expires_at, facts, wish,
    told, state, proposed_by, decided_at, decided_by, reason FROM plans"""
PLAN = f"{_PLAN} WHERE plan_id = :plan_id"
PLANS_OF_TERMS = f"{_PLAN} WHERE terms = :terms ORDER BY created_at DESC, plan_id"
PLANS = f"""{_PLAN} WHERE (:realm IS NULL OR realm = :realm) AND (:user_id IS NULL OR user_id = :user_id)
    ORDER BY created_at DESC, plan_id"""
PLAN_PART = f"""{_PLAN} WHERE (:realm IS NULL OR realm = :realm) AND substr(plan_id, 1, :length) = :name
    ORDER BY created_at DESC, plan_id LIMIT 2"""
PLAN_OF_ITEM = f"""{_PLAN} WHERE plan_id IN (SELECT idempotency_key FROM request_keys WHERE item_id = :item_id)"""  # noqa: S608
ADD_PLAN = """INSERT INTO plans (plan_id, realm, user_id, terms, digest, credit, credit_each, created_at, expires_at,
    facts, wish, told, state, proposed_by)
    VALUES (:plan_id, :realm, :user_id, :terms, :digest, :credit, :credit_each, :created_at, :expires_at,
    :facts, :wish, :told, 'proposed', :proposed_by)"""
DECIDE = """UPDATE plans SET state = :state, decided_at = :now, decided_by = :by, reason = :reason
    WHERE plan_id = :plan_id"""
FORGET_PLAN = "UPDATE plans SET wish = '{}', reason = NULL WHERE plan_id = :plan_id"
APPROVERS = "SELECT user_id FROM approvers WHERE realm = :realm ORDER BY user_id"
ADD_APPROVER = (
    "INSERT INTO approvers (realm, user_id) VALUES (:realm, :user_id) ON CONFLICT (realm, user_id) DO NOTHING"
)
DROP_APPROVER = "DELETE FROM approvers WHERE realm = :realm AND user_id = :user_id"

# The gallery. What is asked for is pasted together from these, so that no row is read for a filter that is not set.
SHELF = "items.realm = :realm AND (items.created_at, items.id) <= (:top_at, :top_id)"
SHELF_PARTS = {
    "user_id": "items.user_id = :user_id",
    "model_id": "items.model_id = :model_id",
    "size": "items.size = :size",
    "batch_id": "items.batch_id = :batch_id",
    "since": "items.created_at >= :since",
    "until": "items.created_at < :until",
    "text": "LOWER(items.prompt) LIKE :text ESCAPE '!'",
    "states": "items.state IN ({states})",
    "starred": "EXISTS (SELECT 1 FROM stars WHERE stars.item_id = items.id)",
}


def shelf_count(parts: str) -> str:
    """Return the statement that counts what is on a shelf."""
    return f"SELECT COUNT(*) FROM items WHERE {parts}"  # noqa: S608


def shelf_ids(parts: str) -> str:
    """Return the statement that names what is on a shelf, newest first."""
    return f"""SELECT items.id FROM items WHERE {parts}
        ORDER BY items.created_at DESC, items.id DESC LIMIT :limit OFFSET :offset"""  # noqa: S608


def shelf_rows(parts: str) -> str:
    """Return the statement that reads a range of a shelf; what lies before it is skipped in the index alone."""
    found = shelf_ids(parts).replace("items.id FROM", "items.id AS found FROM", 1)
    return f"""SELECT {_NAMES}, CASE WHEN starred_at IS NULL THEN 0 ELSE 1 END AS starred FROM items
        JOIN ({found}) AS place ON place.found = items.id
        LEFT JOIN stars ON stars.item_id = items.id ORDER BY created_at DESC, id DESC"""  # noqa: S608


SHELF_ONE = f"""SELECT {_NAMES}, CASE WHEN starred_at IS NULL THEN 0 ELSE 1 END AS starred FROM items
    LEFT JOIN stars ON stars.item_id = items.id WHERE items.id = :id"""  # noqa: S608
NEWEST_CHANGE = "SELECT COALESCE(MAX(seq), 0) FROM changes"
CHANGED = """SELECT changes.item_id, MAX(changes.seq) AS seq, MAX(changes.step) AS step FROM changes
    JOIN items ON items.id = changes.item_id WHERE changes.seq > :after AND items.realm = :realm
    GROUP BY changes.item_id ORDER BY 2, 1 LIMIT :limit"""
STAR = """INSERT INTO stars (item_id, starred_at) SELECT id, :now FROM items WHERE id = :id
    ON CONFLICT (item_id) DO NOTHING"""
UNSTAR = "DELETE FROM stars WHERE item_id = :id"
# Who was made from whom: a picture's path or address stands among the inputs of its children.
FAMILY = f"""{_SELECT} WHERE realm = :realm AND (images LIKE :whole ESCAPE '!' OR files LIKE :whole ESCAPE '!'
    OR urls LIKE :whole ESCAPE '!') ORDER BY created_at, id LIMIT :limit"""
COUNTS = """SELECT
    (SELECT COUNT(*) FROM items WHERE realm = :realm AND state = 'uncertain') AS uncertain,
    (SELECT COUNT(*) FROM items WHERE realm = :realm AND state IN ('queued', 'sending', 'running', 'ready')) AS going,
    (SELECT COALESCE(SUM(points), 0) FROM spending WHERE realm = :realm AND scope = 'all' AND quarter >= :day) AS today,
    (SELECT COALESCE(SUM(points), 0) FROM spending WHERE realm = :realm AND scope = 'all' AND quarter >= :month)
        AS this_month"""
SPENT_QUARTERS = (
    "SELECT scope, quarter, points FROM spending WHERE realm = :realm AND quarter >= :quarter AND points > 0"
)
SPENT_MODELS = """SELECT model_id, SUM(committed) AS points, COUNT(*) AS tasks FROM items
    WHERE realm = :realm AND spent_at >= :since AND committed > 0 GROUP BY model_id ORDER BY 2 DESC"""
BATCHES_OF = "SELECT id, name FROM batches WHERE realm = :realm ORDER BY created_at DESC LIMIT :limit"
USERS_OF = "SELECT DISTINCT scope FROM spending WHERE realm = :realm AND scope <> 'all' ORDER BY scope"
