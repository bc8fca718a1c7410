"""What became of a create, and of the task behind it. Inside one write transaction each.

Answers are matched by the attempt they belong to. An answer that comes after its row has moved on (a
frozen worker that thawed, a person who settled it) is never thrown away: its task was paid for.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.task import FOLLOWED, State
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.ledger import rows, sql
from ima_nano_banana.ledger.claims import end_attempt
from ima_nano_banana.ledger.faults import facts_of, outcome_of
from ima_nano_banana.ledger.model import Item

if TYPE_CHECKING:
    import sqlite3

    from ima_nano_banana.domain.model import Reservation
    from ima_nano_banana.errors import Fault

LONGEST_TASK_SECONDS = 3600.0
_SETTLED = "ledger.settled_"


def created(tx: sqlite3.Connection, reservation: Reservation, task_id: str, now: float) -> Item:
    """Note that the task exists."""
    item = rows.load(tx, reservation.item_id)
    end_attempt(tx, item.id, reservation.attempt, "created", now, task_id=task_id)
    if item.task_id == task_id:
        return item
    if item.attempt == reservation.attempt and item.state in (State.SENDING, State.UNCERTAIN):
        return rows.move(tx, item, State.RUNNING, now, task_id=task_id, task_at=now, fault=None)
    return _orphan(tx, item, reservation, task_id, now)


def _orphan(tx: sqlite3.Connection, item: Item, reservation: Reservation, task_id: str, now: float) -> Item:
    """Give a late task a row of its own beside the one that moved on, and its points with it."""
    if item.attempt == reservation.attempt and item.committed:
        rows.save(tx, item, replace(item, committed=0))
    late = replace(
        item,
        id=uuid.uuid4().hex,
        state=State.RUNNING,
        state_at=now,
        step=0,
        attempt=reservation.attempt,
        owner=None,
        task_id=task_id,
        task_at=now,
        credit=reservation.credit,
        committed=reservation.credit,
        spent_at=item.spent_at or now,
        urls=(),
        files=(),
        seconds=None,
        fault=None,
        told_at=None,
        row_id=None,  # of its batch it is no row any more, but what it cost is still the batch's
    )
    return rows.insert(tx, late)


def requeued(
    tx: sqlite3.Connection, reservation: Reservation, fault: Fault | None, now: float, *, owner: str | None
) -> Item:
    """Take a create back that was provably not charged; the item may be claimed again, and waits for ``owner``."""
    item = rows.load(tx, reservation.item_id)
    if not _is_ours(item, reservation, State.SENDING, State.UNCERTAIN):
        return item
    end_attempt(tx, item.id, item.attempt, outcome_of(fault), now)
    return rows.move(tx, item, State.QUEUED, now, owner=owner, committed=0, fault=facts_of(fault))


def refused(tx: sqlite3.Connection, reservation: Reservation, fault: Fault | None, now: float) -> Item:
    """Close an item that was provably not charged."""
    item = rows.load(tx, reservation.item_id)
    if not _is_ours(item, reservation, State.SENDING, State.UNCERTAIN, State.QUEUED):
        return item
    if item.state is not State.QUEUED:
        end_attempt(tx, item.id, item.attempt, outcome_of(fault), now)
    rows.doubt_again(tx, item)
    return rows.move(tx, item, State.FAILED, now, committed=0, owner=None, fault=facts_of(fault) or item.fault)


def uncertain(tx: sqlite3.Connection, reservation: Reservation, fault: Fault | None, now: float) -> Item:
    """Note that nobody knows; the points stay booked until somebody does."""
    item = rows.load(tx, reservation.item_id)
    if not _is_ours(item, reservation, State.SENDING):
        return item
    end_attempt(tx, item.id, item.attempt, "uncertain", now)
    return rows.move(tx, item, State.UNCERTAIN, now, owner=None, fault=facts_of(fault))


def _is_ours(item: Item, reservation: Reservation, *states: State) -> bool:
    return item.attempt == reservation.attempt and item.state in states


def adopt(tx: sqlite3.Connection, task_id: str, *, user_id: str, realm: str, key_fingerprint: str, now: float) -> Item:
    """Return the row of a task, or make one for a task that this machine never saw created."""
    row = tx.execute(sql.BY_TASK, {"name": task_id, "realm": realm}).fetchone()
    if row is not None:
        return rows.from_row(row)
    name = f"adopted:{realm}:{task_id}"
    return rows.insert(
        tx,
        Item(
            id=uuid.uuid4().hex,
            realm=realm,
            user_id=user_id,
            key_fingerprint=key_fingerprint,
            identity=name,
            subject=name,
            state=State.RUNNING,
            created_at=now,
            state_at=now,
            task_id=task_id,
        ),
    )


def ready(tx: sqlite3.Connection, item: Item, found: Item, owner: str | None, now: float) -> Item:
    """Note the result before it is fetched. ``found`` is the item with the new facts."""
    if item.state is State.RUNNING:
        return rows.move(tx, item, State.READY, now, **_news(found), seconds=_seconds(item, owner, now))
    if item.state is State.READY:
        return rows.save(tx, item, replace(item, **_news(found)))  # type: ignore[arg-type]
    return item


def _news(found: Item) -> dict[str, object]:
    names = ("urls", "cover_url", "failures", "model_id", "model_name", "task_type")
    return {name: getattr(found, name) for name in names}


def _seconds(item: Item, owner: str | None, now: float) -> float | None:
    """Return how long the task took, if this process created it and has watched it since."""
    if item.task_at is None or item.owner is None or item.owner != owner:
        return None
    seconds = now - item.task_at
    return seconds if 0.0 < seconds < LONGEST_TASK_SECONDS else None


def done(tx: sqlite3.Connection, item: Item, found: Item, now: float) -> Item:
    """Note that the pictures are where they belong."""
    if item.state is State.RUNNING:
        item = rows.move(tx, item, State.READY, now)
    kept = {name: getattr(found, name) for name in ("files", "width", "height", "adjustments", "elapsed")}
    if item.state is State.READY:
        return rows.move(tx, item, State.DONE, now, owner=None, **kept)
    if item.state is State.DONE:
        return rows.save(tx, item, replace(item, **kept))
    return item


def failed(tx: sqlite3.Connection, item: Item, fault: Fault | None, now: float) -> Item:
    """Note that the task ended badly. Its points count unless it is certain that they were given back."""
    if item.state not in FOLLOWED:
        return item
    committed = 0 if fault is not None and fault.charged == "no" else item.committed
    return rows.move(tx, item, State.FAILED, now, owner=None, committed=committed, fault=facts_of(fault))


def told(tx: sqlite3.Connection, item_id: str, now: float) -> bool:
    """Close an item that has ended. Returns whether it was open until now."""
    return tx.execute(sql.TELL, {"id": item_id, "now": now}).rowcount == 1


def settled(tx: sqlite3.Connection, item: Item, *, charged: bool, now: float) -> Item:
    """Enter what a person looked up in the dashboard.

    Raises:
        UsageFault: the item is neither uncertain nor failed, so there is nothing to settle.
    """
    facts = {**(item.fault or {}), "charged": "yes" if charged else "no", "settled_at": now}
    if item.state is State.UNCERTAIN or str(facts.get("code")).startswith(_SETTLED):
        facts["code"] = f"{_SETTLED}{'charged' if charged else 'free'}"  # "it may have been charged" is no longer true
    committed = (item.credit or 0) if charged else 0
    told_at = item.told_at or now  # whoever settles it knows how it ended
    if item.state is State.UNCERTAIN:
        return rows.move(tx, item, State.FAILED, now, committed=committed, fault=facts, told_at=told_at)
    if item.state is State.FAILED:
        spent_at = item.spent_at if item.spent_at is not None else now
        changed = replace(item, committed=committed, spent_at=spent_at, fault=facts, told_at=told_at)
        return rows.save(tx, item, changed)
    raise UsageFault("ledger.not_settled", id=item.task_id or item.id[:8], state=item.state.value)
