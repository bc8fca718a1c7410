"""The books for somebody who looks on: a shelf of pictures by filter, what has changed since, and sums of money."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from string import ascii_lowercase
from typing import TYPE_CHECKING

from ima_nano_banana.ledger import limits, rows, sql
from ima_nano_banana.ledger.model import QUARTER_SECONDS, USER_PREFIX, Item

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import tzinfo

LATEST = 1e18
"""A moment after every other."""
MOST_NEWS = 500
MOST_FAMILY = 40
MOST_BATCHES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Which pictures are looked at. ``None`` is "any".

    Attributes:
        text: A part of the prompt, in any case.
        starred: Only those with a star.
        top: Date and id of the newest that is meant, so that what comes meanwhile moves nothing.
    """

    realm: str
    user_id: str | None = None
    model_id: str | None = None
    size: str | None = None
    states: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    batch_id: str | None = None
    text: str | None = None
    starred: bool = False
    top: tuple[float, str] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A request, and whether somebody gave it a star."""

    item: Item
    starred: bool


@dataclass(frozen=True, slots=True)
class News:
    """What has changed: ``step`` tells a change that was told before from a later one."""

    seq: int
    step: int
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How the books stand in one line."""

    uncertain: int
    going: int
    today: int
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Points since the first of the month: by day, by user and by model; and by hour of the last day."""

    days: dict[str, int]
    users: dict[str, int]
    models: dict[str, int]
    hours: list[int]


def count(tx: sqlite3.Connection, shelf: Shelf) -> int:
    """Return how many there are."""
    parts, values = _asked(shelf)
    return int(tx.execute(sql.shelf_count(parts), values).fetchone()[0])


def ids(tx: sqlite3.Connection, shelf: Shelf, limit: int) -> list[str]:
    """Return the ids, newest first."""
    parts, values = _asked(shelf)
    found = tx.execute(sql.shelf_ids(parts), {**values, "limit": limit, "offset": 0})
    return [str(row[0]) for row in found.fetchall()]


def part(tx: sqlite3.Connection, shelf: Shelf, offset: int, limit: int) -> list[Seen]:
    """Return a range, newest first."""
    parts, values = _asked(shelf)
    found = tx.execute(sql.shelf_rows(parts), {**values, "limit": limit, "offset": offset})
    return [_seen(row) for row in found.fetchall()]


def one(tx: sqlite3.Connection, item_id: str) -> Seen | None:
    """Return the request of this very id."""
    row = tx.execute(sql.SHELF_ONE, {"id": item_id}).fetchone()
    return None if row is None else _seen(row)


def newest(tx: sqlite3.Connection) -> int:
    """Return the number of the latest change."""
    return int(tx.execute(sql.NEWEST_CHANGE).fetchone()[0])


def news(tx: sqlite3.Connection, realm: str, after: int, limit: int = MOST_NEWS) -> list[News]:
    """Return what has changed after the change of a number, as it stands now; the earliest change first."""
    found = tx.execute(sql.CHANGED, {"after": after, "realm": realm, "limit": limit}).fetchall()
    told = [(int(row["seq"]), int(row["step"]), one(tx, str(row["item_id"]))) for row in found]
    return [News(seq, step, seen) for seq, step, seen in told if seen is not None]


def star(tx: sqlite3.Connection, item_ids: Sequence[str], now: float, *, on: bool) -> int:
    """Give a star, or take it; returns how many have changed."""
    statement = sql.STAR if on else sql.UNSTAR
    return sum(tx.execute(statement, {"id": one, **({"now": now} if on else {})}).rowcount for one in item_ids)


def family(tx: sqlite3.Connection, item: Item) -> tuple[list[Item], list[Item]]:
    """Return what a request was made from, and what was made from it, the oldest first."""
    parents = _related(tx, item, item.images)
    children = _related(tx, item, (*item.files, *item.urls))
    own = set(item.images)
    return (
        [found for found in parents if own & {*found.files, *found.urls}],
        [found for found in children if set(found.images) & {*item.files, *item.urls}],
    )


def _related(tx: sqlite3.Connection, item: Item, names: Sequence[str]) -> list[Item]:
    found: dict[str, Item] = {}
    for name in names:
        wanted = {"realm": item.realm, "whole": f"%{_plain(json.dumps(name))}%", "limit": MOST_FAMILY}
        for row in tx.execute(sql.FAMILY, wanted).fetchall():
            other = rows.from_row(row)
            if other.id != item.id:
                found[other.id] = other
    return list(found.values())


def counts(tx: sqlite3.Connection, realm: str, now: float, zone: tzinfo | None) -> Counts:
    """Return how the books stand, in one question."""
    day, month = (int(limits.starts(period, now, zone)[0] // QUARTER_SECONDS) for period in ("day", "month"))
    row = tx.execute(sql.COUNTS, {"realm": realm, "day": day, "month": month}).fetchone()
    return Counts(
        uncertain=int(row["uncertain"]), going=int(row["going"]), today=int(row["today"]), month=int(row["this_month"])
    )


def spending(tx: sqlite3.Connection, realm: str, now: float, zone: tzinfo | None) -> Spending:
    """Add up the month, from the sums that limits are judged by."""
    since = limits.starts("month", now, zone)[0]
    yesterday = int(now // QUARTER_SECONDS) - 95
    days: dict[str, int] = defaultdict(int)
    users: dict[str, int] = defaultdict(int)
    hours = [0] * 24
    first = int(since // QUARTER_SECONDS)
    for row in tx.execute(sql.SPENT_QUARTERS, {"realm": realm, "quarter": min(first, yesterday)}):
        scope, quarter, points = str(row["scope"]), int(row["quarter"]), int(row["points"])
        if scope != "all":
            users[scope.removeprefix(USER_PREFIX)] += points if quarter >= first else 0
            continue
        if quarter >= first:
            days[f"{datetime.fromtimestamp(quarter * QUARTER_SECONDS, zone):%Y-%m-%d}"] += points
        if quarter >= yesterday:
            hours[min(23, (quarter - yesterday) // 4)] += points
    found = tx.execute(sql.SPENT_MODELS, {"realm": realm, "since": since}).fetchall()
    models = {str(row["model_id"] or ""): int(row["points"]) for row in found}
    spenders = {name: points for name, points in users.items() if points}
    return Spending(days=dict(sorted(days.items())), users=spenders, models=models, hours=hours)


def choices(tx: sqlite3.Connection, realm: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the users and the batches that there are to choose from."""
    users = [str(row[0]).removeprefix(USER_PREFIX) for row in tx.execute(sql.USERS_OF, {"realm": realm}).fetchall()]
    found = tx.execute(sql.BATCHES_OF, {"realm": realm, "limit": MOST_BATCHES}).fetchall()
    return users, [(str(row[0]), str(row[1])) for row in found]


def _seen(row: sqlite3.Row) -> Seen:
    return Seen(rows.from_row(row), bool(row["starred"]))


def _asked(shelf: Shelf) -> tuple[str, dict[str, object]]:
    """Return the conditions of a shelf and their values; what is not asked for stands in neither."""
    at, name = shelf.top or (LATEST, "")
    values: dict[str, object] = {"realm": shelf.realm, "top_at": at, "top_id": name}
    parts = [sql.SHELF]
    for name, condition in sql.SHELF_PARTS.items():
        told = getattr(shelf, name)
        if told in (None, (), False, ""):
            continue
        parts.append(condition)
        if name == "states":
            named = {f"state_{letter}": state for letter, state in zip(ascii_lowercase, told, strict=False)}
            values |= named
            parts[-1] = condition.format(states=", ".join(f":{one}" for one in named))
        elif name == "text":
            values[name] = f"%{_plain(str(told).lower())}%"
        elif name != "starred":
            values[name] = told
    return " AND ".join(parts), values


def _plain(text: str) -> str:
    """Return a text for LIKE in which nothing has a meaning of its own."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
