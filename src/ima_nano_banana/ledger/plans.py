"""Plans: requests that were frozen with their price, and who may approve them (interface, section 12).

Everything here runs inside a transaction of the ledger. Whether a claim needs an approved plan is judged in the
claim's own, like limits and freezes, so that no door can get past it. A plan that was spent is one whose id is the
key of a request that may have cost something: what became of it is told by that key alone.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ima_nano_banana.domain.identity import plan_digest
from ima_nano_banana.errors import BudgetFault, Fault, UsageFault
from ima_nano_banana.ledger import freezes, keys, rows, sql
from ima_nano_banana.ledger.calendar import local_time
from ima_nano_banana.ledger.model import Plan

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.ledger.model import Ask, Decider, Filters, Item, PlanState

NEEDED = "approval.needed"
CHANGED = "approval.changed"

LIFE_SECONDS = 86_400
"""How long a plan can be spent. A price may change any day."""

PREFIX = "plan_"
SHORTEST = len(PREFIX) + 4

_JSON = ("facts", "wish", "told")


# --- reading ---


def load(tx: sqlite3.Connection, plan_id: str, now: float) -> Plan | None:
    """Return a plan as it stands now."""
    row = tx.execute(sql.PLAN, {"plan_id": plan_id}).fetchone()
    return None if row is None else _plan(tx, row, now)


def find(tx: sqlite3.Connection, name: str, realm: str | None, now: float) -> Plan | None:
    """Return the plan of an id, or of an unmistakable beginning of one; ``None`` if it is of another realm.

    Raises:
        UsageFault: several fit.
    """
    if not name.startswith(PREFIX) or len(name) < SHORTEST:
        return None
    found = tx.execute(sql.PLAN_PART, {"realm": realm, "name": name, "length": len(name)}).fetchall()
    if len(found) > 1:
        raise UsageFault("ledger.ambiguous", id=name)
    return _plan(tx, found[0], now) if found else None


def listed(tx: sqlite3.Connection, realm: str | None, user_id: str | None, now: float) -> list[Plan]:
    """Return the plans, newest first."""
    found = tx.execute(sql.PLANS, {"realm": realm, "user_id": user_id}).fetchall()
    return [_plan(tx, row, now) for row in found]


def _plan(tx: sqlite3.Connection, row: Mapping[str, object], now: float) -> Plan:
    values = {name: json.loads(str(row[name])) if name in _JSON else row[name] for name in row.keys()}  # noqa: SIM118
    plan = Plan(**values)  # type: ignore[arg-type]
    item = _item_of(tx, plan)
    if item is not None:
        return replace(plan, state="spent", task_id=item.task_id)
    return replace(plan, state="expired") if plan.state != "refused" and now >= plan.expires_at else plan


def _item_of(tx: sqlite3.Connection, plan: Plan) -> Item | None:
    """Return the request that the plan was spent on, unless that provably cost nothing."""
    place = {"realm": plan.realm, "user_id": plan.user_id, "idempotency_key": plan.plan_id}
    row = tx.execute(sql.KEY, place).fetchone()
    found = None if row is None else tx.execute(sql.ITEM, {"id": row["item_id"]}).fetchone()
    item = None if found is None else rows.from_row(found)
    return None if item is None or keys.is_free(item) else item


# --- the claim ---


def clearance(tx: sqlite3.Connection, ask: Ask, above: int | None, now: float) -> Plan | Fault | None:
    """Return the plan that a claim may be made because of, why it may not, or ``None`` if it needs none."""
    if ask.plan_id is not None:
        return _cleared(tx, ask, ask.plan_id, now)
    if above is None or ask.quote.credit <= above:
        return None
    found = [_plan(tx, row, now) for row in tx.execute(sql.PLANS_OF_TERMS, {"terms": ask.terms}).fetchall()]
    found = [plan for plan in found if plan.realm == ask.realm and plan.user_id == ask.user_id and is_whole(plan)]
    approved = [plan for plan in found if plan.state == "approved"]
    if approved:
        return approved[-1]  # the oldest expires first
    if found and found[0].state == "refused" and now < found[0].expires_at:
        return refused(found[0])
    return BudgetFault(NEEDED, phase="catalog", credit=ask.quote.credit, above=above)


def _cleared(tx: sqlite3.Connection, ask: Ask, plan_id: str, now: float) -> Plan | Fault:
    plan = load(tx, plan_id, now)
    if plan is None or plan.realm != ask.realm or plan.user_id != ask.user_id:
        return UsageFault("approval.no_plan", plan_id=plan_id)
    if (closed := standing(plan)) is not None:
        return closed
    if plan.terms != ask.terms or not is_whole(plan):
        return changed(plan, ask.quote.credit)
    return plan


def standing(plan: Plan) -> Fault | None:
    """Return why a plan can't be spent as it stands, or ``None`` if it is approved."""
    told: dict[str, Any] = {"plan_id": plan.plan_id, "credit": plan.credit}
    match plan.state:
        case "proposed":
            return BudgetFault(NEEDED, phase="catalog", above=None, **told)
        case "refused":
            return refused(plan)
        case "expired":
            return BudgetFault("approval.expired", phase="catalog", at=local_time(plan.expires_at), **told)
        case "spent":
            return BudgetFault("approval.spent", phase="catalog", **told)
    return None


def refused(plan: Plan) -> BudgetFault:
    """Return the fault of a plan that somebody refused."""
    return BudgetFault(
        "approval.refused", phase="catalog", plan_id=plan.plan_id, credit=plan.credit, reason=plan.reason
    )


def changed(plan: Plan, credit: int) -> BudgetFault:
    """Return the fault of a plan for something else than what would be bought now."""
    return BudgetFault(CHANGED, phase="catalog", plan_id=plan.plan_id, quoted=plan.credit, credit=credit)


def is_whole(plan: Plan) -> bool:
    """Tell whether a plan is the one that was digested."""
    return plan.digest == plan_digest(plan.terms, plan.expires_at)


def bind(tx: sqlite3.Connection, plan: Plan | None, item: Item, now: float) -> Item:
    """Spend a plan on an item: from this commit on it is the key of that request."""
    return item if plan is None else keys.bind(tx, plan.named, item, now)


def further(tx: sqlite3.Connection, item: Item, quote: Quote, above: int | None, now: float) -> BudgetFault | None:
    """Return why the next create of an item is not the one that was approved, or ``None``."""
    found = tx.execute(sql.PLAN_OF_ITEM, {"item_id": item.id}).fetchone()
    if found is None:
        dear = above is not None and quote.credit > above
        return BudgetFault(NEEDED, phase="create", credit=quote.credit, above=above) if dear else None
    plan = _plan(tx, found, now)
    return None if _same(plan.facts, quote) else changed(plan, quote.credit).moved(phase="create")


def _same(facts: Mapping[str, object], quote: Quote) -> bool:
    bought = (quote.rule.attribute_id, quote.rule.points, quote.size, quote.aspect_ratio, quote.count)
    names = ("attribute_id", "points", "size", "aspect_ratio", "count")
    return bought == tuple(facts[name] for name in names) and facts["version_id"] == quote.offer.version_id


# --- proposing and deciding ---


def propose(tx: sqlite3.Connection, draft: Plan, now: float) -> Plan:
    """Write a plan down; one for the same that nobody has decided about yet is the same plan."""
    for row in tx.execute(sql.PLANS_OF_TERMS, {"terms": draft.terms}).fetchall():
        known = _plan(tx, row, now)
        if known.state == "proposed" and is_whole(known):
            return known
    expires_at = float(int(now) + LIFE_SECONDS)
    plan = replace(
        draft,
        plan_id=PREFIX + uuid.uuid4().hex[:16],
        created_at=now,
        expires_at=expires_at,
        digest=plan_digest(draft.terms, expires_at),
    )
    values = {name: getattr(plan, name) for name in Plan.__slots__}
    tx.execute(sql.ADD_PLAN, {**values, **{name: json.dumps(dict(values[name])) for name in _JSON}})
    return plan


def decide(
    tx: sqlite3.Connection,
    plan_id: str,
    state: PlanState,
    by: Decider,
    *,
    above: int | None,
    reason: str | None,
    now: float,
) -> Plan | Fault:
    """Approve or refuse a plan that can still be spent; return it, or why it may not be decided."""
    plan = load(tx, plan_id, now)
    if plan is None:
        return UsageFault("approval.no_plan", plan_id=plan_id)
    if (barred := bar(tx, plan, by, above, state)) is not None:
        return barred
    if plan.state == state:
        return plan
    if plan.state == "spent" or now >= plan.expires_at:
        return standing(replace(plan, state="spent" if plan.state == "spent" else "expired")) or plan
    tx.execute(
        sql.DECIDE, {"plan_id": plan_id, "state": state, "now": now, "by": by.name, "reason": freezes.plain(reason)}
    )
    return load(tx, plan_id, now) or plan


def bar(tx: sqlite3.Connection, plan: Plan, by: Decider, above: int | None, state: PlanState) -> BudgetFault | None:
    """Return why somebody may not decide about a plan, or ``None``.

    Through a host the sender that it names counts, and whoever asked may only withdraw. At a shell of one's own it is
    whoever owns the books.
    """
    told: dict[str, Any] = {"plan_id": plan.plan_id, "user": by.sender}
    if not by.in_host:
        return None if by.owner else BudgetFault("approval.not_owner", phase="validate", **told)
    if by.sender is None:
        return BudgetFault("approval.no_sender", phase="validate", **told)
    if by.sender in (plan.user_id, plan.proposed_by):
        dear = above is None or plan.credit > above
        return BudgetFault("approval.own", phase="validate", **told) if state == "approved" and dear else None
    if by.sender not in approvers(tx, plan.realm):
        return BudgetFault("approval.not_approver", phase="validate", **told)
    return None


def approvers(tx: sqlite3.Connection, realm: str) -> list[str]:
    """Return who may approve through a host."""
    return [str(row[0]) for row in tx.execute(sql.APPROVERS, {"realm": realm}).fetchall()]


def forget(tx: sqlite3.Connection, items: Sequence[Item], filters: Filters | None, now: float) -> None:
    """Remove the words of plans that were spent on ``items``; with ``filters`` of all that can't be spent any more."""
    for item in items:
        for row in tx.execute(sql.PLAN_OF_ITEM, {"item_id": item.id}).fetchall():
            tx.execute(sql.FORGET_PLAN, {"plan_id": row["plan_id"]})
    if filters is None or filters.batch_id or filters.states or filters.idempotency_key:
        return
    for plan in listed(tx, filters.realm, filters.user_id, now):
        dated = (filters.since or 0.0) <= plan.created_at < (filters.until or float("inf"))
        if dated and plan.state in ("refused", "expired"):
            tx.execute(sql.FORGET_PLAN, {"plan_id": plan.plan_id})
