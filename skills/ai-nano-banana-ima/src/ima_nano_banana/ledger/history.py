"""Looking back: tasks, pictures, costs, speeds; and forgetting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ima_nano_banana.domain.task import State
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.ledger import keys, rows, sql
from ima_nano_banana.ledger.faults import without_texts
from ima_nano_banana.ledger.model import QUARTER_SECONDS, Cost, Filters, Item

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import tzinfo

    from ima_nano_banana.domain.periods import Group


SHORTEST_NAME = 4
_EVERYTHING = 1_000_000_000
_ENDED = (State.DONE, State.FAILED, State.UNCERTAIN)


def find(tx: sqlite3.Connection, name: str, realm: str | None) -> Item | None:
    """Return the item of a task id, of an item id, or of an unmistakable part at the start or end of one.

    Raises:
        UsageFault: the part fits several.
    """
    row = tx.execute(sql.BY_TASK, {"name": name, "realm": realm}).fetchone()
    if row is not None:
        return rows.from_row(row)
    if len(name) < SHORTEST_NAME:
        return None
    found = tx.execute(sql.BY_PART, {"name": name, "length": len(name), "realm": realm}).fetchall()
    if len(found) > 1:
        raise UsageFault("ledger.ambiguous", id=name)
    return rows.from_row(found[0]) if found else None


def tasks(tx: sqlite3.Connection, filters: Filters) -> list[Item]:
    """Return the items that are meant, newest first."""
    found = tx.execute(
        sql.LISTED,
        {
            "user_id": filters.user_id,
            "realm": filters.realm,
            "since": filters.since,
            "until": filters.until,
            "batch_id": filters.batch_id,
            "idempotency_key": filters.idempotency_key,
            "states": ",".join(filters.states),
            "limit": _EVERYTHING if filters.limit is None else filters.limit,
        },
    )
    return [rows.from_row(row) for row in found.fetchall()]


def to_finish(tx: sqlite3.Connection, user_id: str | None, realm: str | None) -> list[Item]:
    """Return the paid tasks that still run, are to be fetched, or have ended without anybody being told."""
    found = tx.execute(sql.TO_FINISH, {"user_id": user_id, "realm": realm})
    return [rows.from_row(row) for row in found.fetchall()]


def changes(tx: sqlite3.Connection, item_id: str) -> list[dict[str, object]]:
    """Return every state change of an item: ``at``, ``attempt``, ``from_state``, ``to_state``."""
    return [dict(row) for row in tx.execute(sql.CHANGES, {"item_id": item_id}).fetchall()]


def pictures(tx: sqlite3.Connection, user_id: str, realm: str, limit: int, key: str | None = None) -> list[str]:
    """Return the files of a user's finished pictures, newest first.

    For a request whose key was used before, as they were then: it means the same pictures as the first time.
    """
    before = None if key is None else keys.since(tx, realm, user_id, key)
    wanted = {"user_id": user_id, "realm": realm, "limit": limit, "before": before}
    found = tx.execute(sql.PICTURED, wanted).fetchall()
    return [path for row in found for path in rows.from_row(row).files][:limit]


def durations(
    tx: sqlite3.Connection, model_id: str | None, size: str | None, task_type: str | None, *, realm: str, limit: int
) -> list[float]:
    """Return how long the latest tasks of a kind took, newest first, in seconds; none for an unknown kind."""
    wanted = {"model_id": model_id, "size": size, "task_type": task_type, "realm": realm, "limit": limit}
    return [float(row[0]) for row in tx.execute(sql.SPEEDS, wanted).fetchall()]


def costs(
    tx: sqlite3.Connection,
    by: Sequence[Group],
    *,
    realm: str,
    user_id: str | None,
    since: float | None,
    until: float | None,
    zone: tzinfo | None,
) -> list[Cost]:
    """Add up what was spent, in groups; sorted by their names."""
    wanted = {
        "realm": realm,
        "user_id": user_id,
        "since": since if since is not None else 0.0,
        "until": until if until is not None else float(_EVERYTHING) * 1000,
    }
    groups: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    day_of = _Days(zone)
    for row in tx.execute(sql.SPENT, wanted):
        names = {
            "day": day_of[int(row["spent_at"] // QUARTER_SECONDS)],
            "user": row["user_id"],
            "model": row["model_id"] or "",
        }
        sums = groups[tuple(names[one] for one in by)]
        unsure = row["state"] in (State.UNCERTAIN, State.SENDING)
        pictures = (row["count"] or 1) if row["state"] in (State.READY, State.DONE) else 0
        for place, more in enumerate((row["committed"], row["committed"] if unsure else 0, 1, pictures)):
            sums[place] += more
    return [
        Cost(group=group, points=sums[0], uncertain=sums[1], tasks=sums[2], pictures=sums[3])
        for group, sums in sorted(groups.items())
    ]


class _Days(dict[int, str]):
    """The local date of a quarter of an hour, worked out once."""

    def __init__(self, zone: tzinfo | None) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, quarter: int) -> str:
        day = self[quarter] = f"{datetime.fromtimestamp(quarter * QUARTER_SECONDS, self._zone):%Y-%m-%d}"
        return day


def forget(tx: sqlite3.Connection, items: Sequence[Item]) -> int:
    """Remove what could tell a prompt from items that have ended; points, ids and URLs stay.

    File names go too, as they begin with words of the prompt; the files themselves are not touched.
    Returns how many items were changed.
    """
    ended = [item for item in items if item.state in _ENDED]
    for item in ended:
        rows.save(
            tx,
            item,
            replace(
                item,
                prompt=None,
                images=(),
                input_hashes=(),
                extra=(),
                files=(),
                fault=without_texts(item.fault),
                failures=tuple(None for _ in item.failures),
            ),
        )
    return len(ended)
