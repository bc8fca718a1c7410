"""What a batch may spend: the one place where its budget is made, for every door, store and machine.

A budget never lies above a limit that applies to one run. Limits of a day and a month hold at each claim, in the
ledger that is spent from; what they leave is only told here, before the first point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.ledger.model import Batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ima_nano_banana.ledger import AsyncLedger, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was told and quoted about a run of a batch.

    Attributes:
        batch_id: Its name in the books.
        realm: ``"ima"`` or ``"sandbox"``.
        user_id: Who runs it.
        name: What a person calls it.
        rows: How many rows it has.
        spent: What it had spent when it was quoted.
        dues: The points that were quoted for what is still to be paid, by user.
        max_credits: The budget that was told, over all runs of the batch.
        concurrency: How many tasks may be under way at once.
        rate: At most so many creates in so many seconds.
        created_at: Unix seconds.
    """

    batch_id: str
    realm: str
    user_id: str
    name: str
    rows: int
    spent: int
    dues: Mapping[str, int]
    max_credits: int | None
    concurrency: int | None
    rate: tuple[int, float] | None
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The batch with its budget, and what is left for this run if that is less than the quote."""

    batch: Batch
    left: int | None = None


async def enter(ledger: AsyncLedger, terms: Terms) -> Agreement:
    """Agree, and write the batch with its budget into the books: what was agreed to, and not a point more.

    Raises:
        StorageFault: the books can't be written.
    """
    limits = {user: await ledger.limits_show(user_id=user, realm=terms.realm) for user in _users(terms)}
    found = agreed(terms, limits)
    await ledger.batch_set(found.batch)
    return found


def agreed(terms: Terms, limits: Mapping[str, Sequence[Limit]]) -> Agreement:
    """Return the budget of a run. Pure.

    Args:
        terms: What was told and quoted.
        limits: The limits that apply to each user.
    """
    quoted = sum(terms.dues.values())
    room = _room(terms, limits, run=True)
    ceilings = [terms.spent + min(quoted, room)]
    if terms.max_credits is not None:
        ceilings.append(terms.max_credits)
    budget = min(ceilings)
    left = max(0, min(budget - terms.spent, _room(terms, limits, run=False)))
    count, seconds = terms.rate or (None, None)
    batch = Batch(
        id=terms.batch_id,
        realm=terms.realm,
        user_id=terms.user_id,
        name=terms.name,
        created_at=terms.created_at,
        budget=budget,
        max_in_flight=terms.concurrency,
        rate_count=count,
        rate_seconds=seconds,
        rows=terms.rows,
    )
    return Agreement(batch=batch, left=left if left < quoted else None)


def most_of_one(asked: int, limits: Sequence[Limit]) -> int:
    """Return what one request may cost that was handed in by itself: never more than a limit on one run."""
    return min([asked, *(limit.points for limit in limits if limit.period == "run")])


def _users(terms: Terms) -> tuple[str, ...]:
    return tuple(dict.fromkeys((terms.user_id, *terms.dues)))


def _room(terms: Terms, limits: Mapping[str, Sequence[Limit]], *, run: bool) -> int:
    """Return what the limits of one run, or those of days and months, leave of the quote."""
    shared = [_left(limit) for many in limits.values() for limit in many if _meant(limit, run) and not limit.user_id]
    own = 0
    for user, due in terms.dues.items():
        mine = [_left(limit) for limit in limits.get(user, ()) if _meant(limit, run) and limit.user_id]
        own += min([due, *mine])
    return min([own, *shared])


def _meant(limit: Limit, run: bool) -> bool:
    return (limit.period == "run") is run


def _left(limit: Limit) -> int:
    return limit.points if limit.left is None else limit.left
