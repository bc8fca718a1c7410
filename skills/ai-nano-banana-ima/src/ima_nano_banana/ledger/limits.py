"""Limits of points: what is stored, what is used, and whether one more spend fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ima_nano_banana.domain.periods import APPROVE, PERIODS
from ima_nano_banana.errors import BudgetFault, UsageFault
from ima_nano_banana.ledger import calendar, sql
from ima_nano_banana.ledger.model import ALL, EACH_USER, QUARTER_SECONDS, USER_PREFIX, Limit

if TYPE_CHECKING:
    import sqlite3
    from datetime import tzinfo

    from ima_nano_banana.domain.periods import Period


def starts(period: Period, now: float, zone: tzinfo | None) -> tuple[float, float]:
    """Return when the calendar day or month around ``now`` began and when the next begins (Unix seconds).

    Args:
        period: ``"day"`` or ``"month"``.
        now: Unix seconds.
        zone: The time zone; ``None`` is that of this machine.
    """
    # fold=0: of a midnight that comes twice the first counts, whichever half of the hour `now` is in.
    day = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if period == "month":
        day = day.replace(day=1)
        after = (day + timedelta(days=32)).replace(day=1)
    else:
        after = day + timedelta(days=1)
    return day.timestamp(), after.timestamp()


def check_words(scope: str, period: str, points: int | None) -> None:
    """Refuse a limit that would never apply.

    Raises:
        UsageFault: the scope, the period or the points make no sense.
    """
    known = scope in (ALL, EACH_USER) or (scope.startswith(USER_PREFIX) and len(scope) > len(USER_PREFIX))
    if not known or period not in (*PERIODS, APPROVE) or (points is not None and points < 0):
        raise UsageFault("ledger.bad_limit", scope=scope, period=period)


def stored(tx: sqlite3.Connection, realm: str) -> list[Limit]:
    """Return the limits of a realm as they were set; the sandbox has its own."""
    return [one for one in every(tx, realm) if one.period != APPROVE]


def thresholds(tx: sqlite3.Connection, realm: str) -> list[Limit]:
    """Return above how many points a request needs an approved plan, as it was set."""
    return [one for one in every(tx, realm) if one.period == APPROVE]


def every(tx: sqlite3.Connection, realm: str) -> list[Limit]:
    """Return limits and thresholds of a realm."""
    found = tx.execute(sql.LIMITS, {"realm": realm})
    return [Limit(scope=row["scope"], period=row["period"], points=row["points"]) for row in found]


def threshold(rules: list[Limit], user_id: str) -> int | None:
    """Return above how many points a request of ``user_id`` needs an approved plan, if it ever does."""
    bound = applying([one for one in rules if one.period == APPROVE], user_id)
    return min((one.points for one in bound), default=None)


def applying(limits: list[Limit], user_id: str) -> list[Limit]:
    """Return those that bind ``user_id``; a user's own limit replaces the one for each user."""
    own = USER_PREFIX + user_id
    periods = {limit.period for limit in limits if limit.scope == own}
    found = []
    for limit in limits:
        if limit.scope == ALL:
            found.append(limit)
        elif limit.scope == own or (limit.scope == EACH_USER and limit.period not in periods):
            found.append(replace(limit, user_id=user_id))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whose days are meant.

    Attributes:
        realm: Whose points.
        now: Unix seconds.
        zone: The zone of the calendar; ``None`` is this machine's.
        own: This machine's zone, in which its people read the time.
    """

    realm: str
    now: float
    zone: tzinfo | None
    own: tzinfo | None


def standing(tx: sqlite3.Connection, limit: Limit, days: Days) -> Limit:
    """Return ``limit`` with what is used and left of it."""
    if limit.period == "run":
        return limit
    since, resets = starts(limit.period, days.now, days.zone)
    scope = ALL if limit.user_id is None else USER_PREFIX + limit.user_id
    # Without an end: what a clock that ran ahead booked in the future still counts.
    wanted = {"realm": days.realm, "scope": scope, "quarter": int(since // QUARTER_SECONDS)}
    used = int(tx.execute(sql.USED, wanted).fetchone()[0])
    told = calendar.moment_in(resets, days.zone, days.own)
    return replace(limit, used=used, left=max(0, limit.points - used), resets_at=resets, resets=told)


def refusal(tx: sqlite3.Connection, limits: list[Limit], *, credit: int, days: Days | None) -> BudgetFault | None:
    """Return the fault of the tightest of ``limits`` that ``credit`` more points would break, or ``None``.

    ``days`` may be missing where no limit has any.
    """
    broken = []
    for limit in limits:
        found = limit if days is None else standing(tx, limit, days)
        left = found.points if found.left is None else found.left
        if credit > left:
            broken.append((left, found))
    if not broken:
        return None
    left, limit = min(broken, key=lambda one: one[0])
    return _fault(limit, left, credit)


def _fault(limit: Limit, left: int, credit: int) -> BudgetFault:
    whose = "all" if limit.user_id is None else "user"
    params: dict[str, Any] = {"limit": limit.points, "left": left, "credit": credit}
    if limit.user_id is not None:
        params["user"] = limit.user_id
    if limit.resets_at is not None:
        params |= {
            "used": limit.used,
            "resets": limit.resets,
            "resets_at": limit.resets_at,
        }
    return BudgetFault(f"budget.{whose}_{limit.period}", phase="catalog", scope=limit.scope, **params)


def shown(tx: sqlite3.Connection, days: Days, *, user_id: str | None) -> list[Limit]:
    """Return every limit with its use: those that bind ``user_id``, or all of them."""
    limits = stored(tx, days.realm)
    if user_id is not None:
        return [standing(tx, limit, days) for limit in applying(limits, user_id)]
    found: list[Limit] = []
    for limit in limits:
        if limit.scope.startswith(USER_PREFIX):
            found.append(standing(tx, replace(limit, user_id=limit.scope[len(USER_PREFIX) :]), days))
        elif limit.scope == EACH_USER:
            found += [limit, *_by_user(tx, limit, limits, days)]
        else:
            found.append(standing(tx, limit, days))
    return found


def _by_user(tx: sqlite3.Connection, limit: Limit, limits: list[Limit], days: Days) -> list[Limit]:
    """Return a limit for each user once more for every user who spent, unless the user has an own one."""
    if limit.period == "run":
        return []
    own = {one.scope for one in limits if one.period == limit.period}
    since, _ = starts(limit.period, days.now, days.zone)
    wanted = {"realm": days.realm, "quarter": int(since // QUARTER_SECONDS)}
    scopes = [str(row[0]) for row in tx.execute(sql.SPENDERS, wanted).fetchall()]
    return [
        standing(tx, replace(limit, user_id=scope[len(USER_PREFIX) :]), days) for scope in scopes if scope not in own
    ]
