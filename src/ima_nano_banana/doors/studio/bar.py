"""The line on top: what was spent today, what is left, what is uncertain, and whether anything may be spent at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import books

if TYPE_CHECKING:
    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.studio.house import House
    from ima_nano_banana.ledger import Plan

MOST_PLANS = 20


async def facts(house: House) -> Json:
    """Return the line as data."""
    zone = await house.shelf.time_zone(house.realm)
    counts = await house.shelf.counts(house.realm, zone)
    frozen = await house.shelf.freezes(house.realm)
    limits = await house.shelf.limits_show(user_id=house.user, realm=house.realm)
    plans = await house.shelf.plans(realm=house.realm, open_=True)
    daily = [one for one in limits if one.period == "day" and one.left is not None]
    tightest = min(daily, key=lambda one: one.left or 0, default=None)
    return {
        "today": counts.today,
        "month": counts.month,
        "uncertain": counts.uncertain,
        "going": counts.going,
        "limit": None if tightest is None else {"points": tightest.points, "left": tightest.left},
        "frozen": [{"user": one.user_id, "reason": one.reason, "at": books.moment(one.frozen_at)} for one in frozen],
        "waiting": [_plan(one) for one in plans[:MOST_PLANS]],
        "user": house.user,
        "sandbox": house.settings.sandbox,
        "shared": house.shelf.ledger.shared,
    }


def _plan(plan: Plan) -> Json:
    """Return what somebody should know who decides."""
    return {
        "plan_id": plan.plan_id,
        "digest": plan.digest,
        "state": plan.state,
        "credit": plan.credit,
        "user": plan.proposed_by or plan.user_id,
        "prompt": plan.wish.get("prompt"),
        "model_name": plan.facts["model_name"],
        "size": plan.facts["size"],
        "aspect_ratio": plan.facts["aspect_ratio"],
        "count": plan.facts["count"],
        "expires_at": plan.expires_at,
    }
