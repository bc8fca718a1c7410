"""``nano-banana limits set|show|clear``: how much may be spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ima_nano_banana import words
from ima_nano_banana.doors import actions, books, order, tables
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import named
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.ledger import Limit
    from ima_nano_banana.ledger.model import Period

PERIODS = {"per_run": "run", "daily": "day", "monthly": "month"}
EXAMPLE = "nano-banana limits set --daily 200 --monthly 2000"


def _scope(desk: Desk) -> str:
    """Return whom the limits bind: everybody together, each user, or one user."""
    user = order.text(desk.values, "user")
    if user is not None and order.on(desk.values, "each_user"):
        raise UsageFault("flags.exclude", one="--user", other="--each-user")
    if user is not None:
        return f"user:{user}"
    return "each-user" if order.on(desk.values, "each_user") else "all"


def show(desk: Desk) -> int:
    """Show every limit, what is used and left, and when it resets."""
    with books.ledger(desk) as ledger:
        found = ledger.limits_show(user_id=order.text(desk.values, "user"), realm=desk.realm)
    desk.reporter.answer({"limits": [_row(one) for one in found]}, tables.limits(found, desk.reporter.language))
    return actions.DONE


def _row(limit: Limit) -> dict[str, object]:
    return {
        "scope": limit.scope,
        "user": limit.user_id,
        "period": limit.period,
        "points": limit.points,
        "used": limit.used,
        "left": limit.left,
        "resets_at": books.moment(limit.resets_at),
    }


def set_(desk: Desk) -> int:
    """Store limits."""
    scope = _scope(desk)
    told = {period: order.whole(desk.values, name) for name, period in PERIODS.items()}
    asked = {period: points for period, points in told.items() if points is not None}
    if not asked:
        raise UsageFault("flags.nothing_to_set", example=EXAMPLE)
    with books.ledger(desk) as ledger:
        for period, points in asked.items():
            ledger.limits_set(scope, cast("Period", period), points, realm=desk.realm)
        found = ledger.limits_show(realm=desk.realm)
    return _answer(desk, found, "human.limit_set")


def clear(desk: Desk) -> int:
    """Remove the limits of a scope."""
    scope = _scope(desk)
    with books.ledger(desk) as ledger:
        for period in PERIODS.values():
            ledger.limits_set(scope, cast("Period", period), None, realm=desk.realm)
        found = ledger.limits_show(realm=desk.realm)
    return _answer(desk, found, "human.limit_cleared")


def _answer(desk: Desk, found: list[Limit], key: str) -> int:
    language = desk.reporter.language
    text = words.text(key, language) + "\n" + tables.limits(found, language)
    desk.reporter.answer({"limits": [_row(one) for one in found]}, text)
    return actions.DONE


_PLAIN = named("--language", "--sandbox", "--output-json")
_WHOSE = named("--user", "--each-user")

COMMAND = Command(
    name="limits",
    about="help.limits_",
    example=EXAMPLE,
    commands=(
        Command(
            name="set",
            about="help.limits_set_",
            example="nano-banana limits set --each-user --daily 20",
            run=set_,
            flags=(*named("--per-run", "--daily", "--monthly"), *_WHOSE, *_PLAIN),
        ),
        Command(
            name="show",
            about="help.limits_show_",
            example="nano-banana limits show --json",
            run=show,
            flags=(*named("--user"), *_PLAIN),
        ),
        Command(
            name="clear",
            about="help.limits_clear_",
            example="nano-banana limits clear --each-user",
            run=clear,
            flags=(*_WHOSE, *_PLAIN),
        ),
    ),
)
