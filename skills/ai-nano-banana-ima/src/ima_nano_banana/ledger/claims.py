"""The claim: where all processes meet before one of them may pay.

Everything here runs inside one write transaction. What it decides is returned, not raised, because the
transaction may hold something that must stay: a sender that was found dead is uncertain from then on,
whatever becomes of the request that found it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Adjustment
from ima_nano_banana.domain.periods import APPROVE
from ima_nano_banana.domain.task import BEING_SENT, FOLLOWED, MOST_CREATES, State
from ima_nano_banana.errors import BudgetFault, Fault, InternalFault, NetworkFault, UncertainFault
from ima_nano_banana.ledger import ahead, batches, calendar, freezes, keys, limits, plans, rows, sql
from ima_nano_banana.ledger.faults import facts_of, unsure
from ima_nano_banana.ledger.model import Ask, Item, Standing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import tzinfo

    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.ledger.model import Limit, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a claim needs to know besides the books.

    Attributes:
        now: Unix seconds, read after the lock was taken.
        zone: Time zone of calendar days; ``None`` is this machine's.
        owner: This ledger's sign of life, if it has one.
        lives: Tells whether another owner is still there.
        monotonic: The moment of ``now`` on the clock that never jumps.
        shared: Whether other machines count days in the same books.
    """

    now: float
    zone: tzinfo | None
    owner: str | None
    lives: Callable[[str], bool]
    monotonic: float = 0.0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """An item that may be sent now: booked ``at`` this monotonic moment, under a pace or not."""

    item: Item
    at: float
    paced: bool


def bury(tx: sqlite3.Connection, context: Context) -> None:
    """Settle what dead processes left: ``sending`` may have been charged, ``queued`` was not."""
    for row in tx.execute(sql.OWNED).fetchall():
        owner = str(row[0])
        if owner == context.owner or context.lives(owner):
            continue
        for found in tx.execute(sql.OF_OWNER, {"owner": owner}).fetchall():
            _bury(tx, rows.from_row(found), context.now)


def _bury(tx: sqlite3.Connection, item: Item, now: float) -> None:
    if item.state is State.SENDING:
        fault: Fault = UncertainFault("ledger.sender_died", phase="create", charged="unknown")
        end_attempt(tx, item.id, item.attempt, "uncertain", now)
        rows.move(tx, item, State.UNCERTAIN, now, owner=None, fault=facts_of(fault))
    else:
        fault = NetworkFault("ledger.never_sent", phase="create")
        rows.doubt_again(tx, item)
        rows.move(tx, item, State.FAILED, now, owner=None, committed=0, fault=facts_of(fault))


def look(tx: sqlite3.Connection, ask: Ask, context: Context) -> Standing | Fault:
    """Tell how the request stands: already paid, being paid, of unknown outcome, too dear, or free."""
    ahead.settle(tx, context.now)
    bury(tx, context)
    earlier = (keys.look(tx, ask.named, context.zone) if ask.named else None) or _alike(tx, ask, context)
    if earlier is not None:
        return earlier
    rules = limits.every(tx, ask.realm)
    refusal = _refusal(tx, ask, ask.quote.credit, context, rules)
    if refusal is not None:
        return refusal
    plan = plans.clearance(tx, ask, limits.threshold(rules, ask.user_id), context.now)
    if isinstance(plan, Fault):
        return plan
    wait = batches.wait(tx, ask.batch_id, context.now)
    return Standing(state="wait", retry_after=wait) if wait > 0 else Standing(state="free", plan=plan)


def _alike(tx: sqlite3.Connection, ask: Ask, context: Context) -> Standing | Fault | None:
    """Judge the request by its place in a batch or by its content; a new key stands for what is joined by it."""
    if ask.batch_id is not None:
        found = batches.look(tx, ask, context.zone)
    else:
        found = None if ask.again else _earlier(same(tx, ask), context.zone)
    if isinstance(found, Standing) and found.state == "open" and found.item is not None:
        return replace(found, item=keys.bind(tx, ask.named, found.item, context.now))
    return found


def same(tx: sqlite3.Connection, ask: Ask) -> list[Item]:
    """Return the identical requests that have not ended, under whichever name; those of the present key first."""
    found = (tx.execute(sql.SAME, {"identity": name}).fetchall() for name in names(tx, ask))
    items = [rows.from_row(row) for some in found for row in some]
    return sorted(items, key=lambda item: item.key_fingerprint != ask.key_fingerprint)


def names(tx: sqlite3.Connection, ask: Ask) -> list[str]:
    """Return the identity, and those that an older program would have given it: one for each key in open rows."""
    if ask.former is None:
        return [ask.identity]
    open_ = tx.execute(sql.KEYS_OPEN, {"realm": ask.realm, "user_id": ask.user_id}).fetchall()
    return [ask.identity, *(ask.former(str(row[0])) for row in open_)]


def _refusal(
    tx: sqlite3.Connection, one: Ask | Item, credit: int, context: Context, rules: list[Limit]
) -> BudgetFault | None:
    """Return what forbids so many points more: a freeze, its batch's budget, or a stored limit."""
    return (
        freezes.refusal(tx, one.realm, one.user_id)
        or batches.refusal(tx, one.batch_id, credit)
        or _over_limit(tx, one, credit, context, rules)
    )


def _over_limit(
    tx: sqlite3.Connection, one: Ask | Item, credit: int, context: Context, rules: list[Limit]
) -> BudgetFault | None:
    applying = limits.applying([rule for rule in rules if rule.period != APPROVE], one.user_id)
    days = None
    if any(limit.period != "run" for limit in applying):
        days = limits.Days(realm=one.realm, now=context.now, zone=days_of(tx, one.realm, context), own=context.zone)
    return limits.refusal(tx, applying, credit=credit, days=days)


def days_of(tx: sqlite3.Connection, realm: str, context: Context) -> tzinfo | None:
    """Return the zone of a realm's calendar; machines that share the books agree on it here."""
    if context.shared and calendar.stored(tx, realm) is None:
        calendar.agree(tx, realm, context.zone, context.now)
    return calendar.zone_of(tx, realm, context.zone)


def _earlier(found: list[Item], zone: tzinfo | None) -> Standing | Fault | None:
    """Judge the identical requests that are not closed. An open one is joined before anything else."""
    for item in found:
        if item.state in FOLLOWED:
            return Standing(state="open", item=item)
    for item in found:
        if item.state in BEING_SENT:
            return Standing(state="sending", item=item)
    for item in found:
        if item.ended:
            return Standing(state="open", item=item)
    for item in found:
        return unsure(item, zone)
    return None


def open_item(tx: sqlite3.Connection, ask: Ask, context: Context, plan: Plan | None = None) -> Booked:
    """Write a new item and book its first attempt; ``plan`` is the approved one that is spent by it."""
    if ask.batch_id is not None:
        batches.make_room(tx, ask, context.now)
    elif ask.again:
        for name in names(tx, ask):
            tx.execute(sql.ACKNOWLEDGE, {"identity": name, "now": context.now})
    request, quote = ask.request, ask.quote
    item = Item(
        id=uuid.uuid4().hex,
        realm=ask.realm,
        user_id=ask.user_id,
        key_fingerprint=ask.key_fingerprint,
        identity=ask.identity,
        subject=ask.subject,
        state=State.QUEUED,
        created_at=context.now,
        state_at=context.now,
        task_type=request.task_type,
        model_id=request.model_id,
        count=quote.count,
        extra=request.extra,
        prompt=request.prompt,
        images=request.images,
        input_hashes=ask.input_hashes,
        language=request.language,
        requested=request.requested,
        batch_id=ask.batch_id,
        row_id=ask.row_id,
        folder=ask.folder,
        door=ask.door,
    )
    item = keys.bind(tx, ask.named, rows.insert(tx, item), context.now)
    return book(tx, plans.bind(tx, plan, item, context.now), quote, context)


def book(tx: sqlite3.Connection, item: Item, quote: Quote, context: Context) -> Booked:
    """Book the points and the attempt; from this commit on the create may be on its way."""
    if context.owner is None:
        raise InternalFault("ledger.inconsistent", why="booked_without_owner")
    item = rows.move(
        tx,
        item,
        State.SENDING,
        context.now,
        owner=context.owner,
        attempt=item.attempt + 1,
        model_name=quote.offer.name,
        version_id=quote.offer.version_id,
        adjustments=_adjustments(item, quote),
        size=quote.size,
        aspect_ratio=quote.aspect_ratio,
        parameters=quote.parameters,
        credit=quote.credit,
        committed=quote.credit,
        spent_at=context.now,
        fault=None,
    )
    tx.execute(sql.INSERT_ATTEMPT, _attempt(item, quote, context))
    return Booked(item, context.monotonic, paced=item.batch_id is not None)


def _attempt(item: Item, quote: Quote, context: Context) -> dict[str, object]:
    return {
        "item_id": item.id,
        "attempt": item.attempt,
        "account": item.account,
        "owner": context.owner,
        "size": quote.size,
        "aspect_ratio": quote.aspect_ratio,
        "attribute_id": quote.rule.attribute_id,
        "credit": quote.credit,
        "now": context.now,
        "batch_id": item.batch_id,
    }


def _adjustments(item: Item, quote: Quote) -> tuple[Adjustment, ...]:
    """Return what is not as asked: what was known, what the quote says, and a step down between attempts."""
    found = dict.fromkeys((*item.adjustments, *quote.adjustments))
    told = any(one.field == "size" and one.to == quote.size for one in found)
    if item.size is not None and item.size != quote.size and not told:
        found[Adjustment("size", item.size, quote.size, "adjust.step_down")] = None
    return tuple(found)


def again_allowed(tx: sqlite3.Connection, item: Item, quote: Quote, context: Context) -> Fault | None:
    """Return why a refused item may not be tried once more, or ``None``."""
    ceiling = tx.execute(sql.CEILING, {"item_id": item.id}).fetchone()[0]
    if quote.credit > ceiling:
        return BudgetFault("budget.dearer", phase="create", quoted=ceiling, credit=quote.credit)
    if tx.execute(sql.REFUSALS, {"item_id": item.id}).fetchone()[0] >= MOST_CREATES:
        return InternalFault("ledger.inconsistent", why="more_than_three_creates")
    rules = limits.every(tx, item.realm)
    refusal = _refusal(tx, item, quote.credit, context, rules)
    refusal = refusal or plans.further(tx, item, quote, limits.threshold(rules, item.user_id), context.now)
    if refusal is not None:
        return refusal
    wait = batches.wait(tx, item.batch_id, context.now)
    return NetworkFault("ledger.paced", phase="create", retry_after=wait) if wait > 0 else None


def end_attempt(
    tx: sqlite3.Connection, item_id: str, attempt: int, outcome: str, now: float, *, task_id: str | None = None
) -> None:
    """Note how one create ended."""
    tx.execute(
        sql.END_ATTEMPT,
        {"item_id": item_id, "attempt": attempt, "outcome": outcome, "now": now, "task_id": task_id},
    )
