"""What a request asks: filters, numbers and bodies, read once and refused where they make no sense."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, cast

from ima_nano_banana.domain.language import spelled
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.ledger.gallery import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.studio.house import House
    from ima_nano_banana.ledger import Zone
    from ima_nano_banana.words import Language

STATES = ("queued", "sending", "running", "ready", "done", "failed", "uncertain")
GROUPS = {"open": ("queued", "sending", "running", "ready")}
LANGUAGE_COOKIE = "ima_language"
ID = re.compile(r"[0-9a-f]{32}")
MOST_IDS = 1000


def language_of(request: Request, house: House) -> Language:
    """Return what the page speaks: as chosen on the page, as the command was told, as the browser likes."""
    told = request.cookies.get(LANGUAGE_COOKIE, "")
    if told in ("zh", "en"):
        return "zh" if told == "zh" else "en"
    if house.settings.language is not None:
        return house.settings.language
    for part in request.headers.get("accept-language", "").split(","):
        try:
            return spelled(part.partition(";")[0].strip())
        except UsageFault:
            continue
    return "en"


async def shelf_of(request: Request, house: House) -> Shelf:
    """Return the shelf that the filters mean.

    Raises:
        UsageFault: a date is none.
    """
    asked = request.query_params
    since, until = asked.get("since"), asked.get("until")
    zone = await house.shelf.time_zone(house.realm) if since or until else None
    state = asked.get("state") or ""
    states = GROUPS.get(state, tuple(one for one in state.split(",") if one in STATES))
    return Shelf(
        realm=house.realm,
        user_id=asked.get("user") or None,
        model_id=asked.get("model") or None,
        size=asked.get("size") or None,
        states=states,
        since=_moment(since, zone, 0),
        until=_moment(until, zone, 1),
        batch_id=asked.get("batch") or None,
        text=(asked.get("q") or "").strip() or None,
        starred=asked.get("stars") == "1",
        top=_top(asked.get("top")),
    )


def _moment(day: str | None, zone: Zone | None, later: int) -> float | None:
    if not day or zone is None:
        return None
    try:
        found = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=zone.tz)
    except ValueError:
        raise UsageFault("flags.not_a_date", flag="since" if not later else "until", value=day) from None
    return found.timestamp() + later * 86_400


def _top(told: str | None) -> tuple[float, str] | None:
    at, _, name = (told or "").partition("_")
    try:
        return (float(at), name) if ID.fullmatch(name) else None
    except ValueError:
        return None


def number(request: Request, name: str, least: int, most: int, otherwise: int) -> int:
    """Return a whole number, brought between its bounds."""
    told = request.query_params.get(name, "")
    found = int(told) if told.isascii() and told.isdigit() and len(told) < 12 else otherwise
    return max(least, min(most, found))


async def body_of(request: Request) -> Json:
    """Return the JSON object that was sent.

    Raises:
        UsageFault: it is none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        told = json.loads(await request.body()) if kind == "application/json" else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise UsageFault("studio.no_object")
    return told


def text(body: Mapping[str, object], name: str) -> str | None:
    """Return a text of a body; an empty one is none.

    Raises:
        UsageFault: it is something else.
    """
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise UsageFault("studio.bad_value", name=name)
    return value


def whole(body: Mapping[str, object], name: str, least: int = 0) -> int | None:
    """Return a whole number of a body.

    Raises:
        UsageFault: it is something else.
    """
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageFault("studio.bad_value", name=name)
    return value


def switch(body: Mapping[str, object], name: str) -> bool:
    """Return a switch of a body; what was left out is no "no".

    Raises:
        UsageFault: it is something else, or is missing.
    """
    value = body.get(name)
    if not isinstance(value, bool):
        raise UsageFault("studio.bad_value", name=name)
    return value


def ids(body: Mapping[str, object]) -> list[str]:
    """Return the ids of requests.

    Raises:
        UsageFault: they are none, or too many.
    """
    value = body.get("ids")
    # Every element was looked at, which no type checker sees.
    good = isinstance(value, list) and all(isinstance(one, str) and ID.fullmatch(one) for one in value)
    found = cast("list[str]", value)
    if not good or not found or len(found) > MOST_IDS:
        raise UsageFault("studio.bad_value", name="ids")
    return found
