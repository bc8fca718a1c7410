"""``nano-banana costs``: what was spent, by day, user or model."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ima_nano_banana.domain.periods import GROUPS
from ima_nano_banana.doors import actions, books, order, tables
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.desk import Desk


def run(desk: Desk) -> int:
    """Add up the books."""
    told = order.text(desk.values, "by") or "day"
    known = {group: group for group in GROUPS}
    asked = [one.strip() for one in told.split(",")]
    by = tuple(known[one] for one in asked if one in known)
    if len(by) < len(asked):
        raise UsageFault("flags.not_one_of", flag="--by", value=told, options=GROUPS)
    with books.ledger(desk) as ledger:
        found = ledger.costs(
            by,
            realm=desk.realm,
            user_id=order.text(desk.values, "user"),
            since=books.since(order.text(desk.values, "since"), ledger, desk.realm),
        )
    rows = [
        {
            **dict(zip(by, one.group, strict=True)),
            **{key: value for key, value in asdict(one).items() if key != "group"},
        }
        for one in found
    ]
    total = sum(one.points for one in found)
    desk.reporter.answer({"costs": rows, "total": total}, tables.costs(found, by, desk.reporter.language))
    return actions.DONE


COMMAND = Command(
    name="costs",
    about="help.costs_",
    example="nano-banana costs --by day,model --since 2026-01-01",
    run=run,
    flags=flags_of("costs"),
)
