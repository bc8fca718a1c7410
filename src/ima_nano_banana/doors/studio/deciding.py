"""What a person decides on the page: stars, forgetting, unknown outcomes, limits, freezes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from ima_nano_banana.doors.cli.limits import freeze_rows
from ima_nano_banana.doors.studio import asked
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local import host

if TYPE_CHECKING:
    from ima_nano_banana.domain.periods import Period
    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.studio.house import House


async def star(house: House, body: Json) -> Json:
    """Give stars, or take them."""
    return {"changed": await house.shelf.star(asked.ids(body), on=asked.switch(body, "on"))}


async def told(house: House, body: Json) -> Json:
    """Hear that the page shows how these have ended."""
    house.jobs.told(set(asked.ids(body)))
    return {}


async def forget(house: House, body: Json) -> Json:
    """Remove what could tell a prompt; the books and the picture files stay."""
    ids = [one for one in asked.ids(body) if await _ours(house, one)]
    return {"forgotten": await house.ledger.forget(ids=ids)}


async def settle(house: House, body: Json) -> Json:
    """Enter what a person looked up at the service: whether it was charged."""
    name = asked.text(body, "id") or ""
    if not await _ours(house, name):
        raise UsageFault("ledger.unknown", id=name)
    item = await house.ledger.settle(name, charged=asked.switch(body, "charged"))
    return {"state": str(item.state)}


async def resume(house: House, body: Json) -> Json:
    """Fetch what is paid for."""
    name = asked.text(body, "id") or ""
    seen = await house.shelf.seen(name)
    if seen is None or seen.item.realm != house.realm or seen.item.task_id is None:
        raise UsageFault("ledger.unknown", id=name)
    run = await house.jobs.fetch(seen.item)
    await asyncio.sleep(0)
    return {"id": run.trace.item_id}


async def plan(house: House, body: Json) -> Json:
    """Approve a plan, or refuse it; whether they may is the ledger's to say."""
    state = asked.text(body, "state")
    if state not in ("approved", "refused"):
        raise UsageFault("studio.bad_value", name="state")
    found = await house.ledger.decide(
        asked.text(body, "plan_id") or "",
        "approved" if state == "approved" else "refused",
        host.decider(house.env),
        realm=house.realm,
        digest=asked.text(body, "digest"),
        reason=asked.text(body, "reason"),
    )
    return {"state": found.state}


async def run_plan(house: House, body: Json) -> Json:
    """Spend an approved plan, once."""
    name = asked.text(body, "plan_id") or ""
    found = await house.shelf.plan(name, realm=house.realm)
    if found is None:
        raise UsageFault("approval.no_plan", plan_id=name)
    run = await house.jobs.spend(found)
    return {"id": run.trace.item_id}


async def freeze(house: House, body: Json) -> Json:
    """Let nothing be spent any more, or let it go on."""
    if asked.switch(body, "on"):
        await house.ledger.freeze(reason=asked.text(body, "reason"), realm=house.realm)
    else:
        await house.ledger.unfreeze(realm=house.realm)
    return {"frozen": freeze_rows(await house.ledger.freezes(house.realm))}


async def limit(house: House, body: Json) -> Json:
    """Store a limit; without points it is removed."""
    scope, period = asked.text(body, "scope") or "", asked.text(body, "period") or ""
    points = asked.whole(body, "points")
    # Any other word is refused by the books.
    await house.ledger.limits_set(scope, cast("Period", period), points, realm=house.realm)
    return {}


async def _ours(house: House, item_id: str) -> bool:
    seen = await house.shelf.seen(item_id)
    return seen is not None and seen.item.realm == house.realm
