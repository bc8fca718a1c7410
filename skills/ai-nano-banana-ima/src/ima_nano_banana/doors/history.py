"""The books as a user reads them, for both doors: the tasks, newest first, and what was spent."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.domain.periods import GROUPS
from ima_nano_banana.domain.task import OPEN, State
from ima_nano_banana.doors import actions, books, order, tables
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.ledger import Filters, Ledger

MOST = 50
STATES = tuple(state.value for state in State)


def tasks(session: Session, user: str | None) -> int:
    """List the tasks of ``user``, or everybody's."""
    with books.ledger(session) as ledger:
        found = ledger.tasks(_filters(session, ledger, user))
    session.reporter.answer(
        {"tasks": [books.item_object(item) for item in found]}, tables.tasks(found, session.reporter.language)
    )
    return actions.DONE


def _filters(session: Session, ledger: Ledger, user: str | None) -> Filters:
    from ima_nano_banana.ledger import Filters

    values = session.values
    state = _state(order.text(values, "state"))
    states = [state] if state else []
    states += [one.value for one in OPEN] if order.on(values, "open") else []
    states += [State.UNCERTAIN.value] if order.on(values, "uncertain") else []
    return Filters(
        user_id=user,
        realm=books.realm_shown(session),
        states=tuple(states),
        idempotency_key=order.text(values, "idempotency_key"),
        since=books.since(order.text(values, "since"), ledger, session.realm),
        limit=order.whole(values, "limit", least=1) or MOST,
    )


def _state(told: str | None) -> str | None:
    """Return the state that is meant; what the table calls it in Chinese will do too.

    Raises:
        UsageFault: there is no such state.
    """
    known = {words.text(f"human.state_{one}", "zh"): one for one in STATES} | {one: one for one in STATES}
    if told is not None and told.strip() not in known:
        raise UsageFault("flags.not_one_of", flag="--state", value=told, options=STATES)
    return None if told is None else known[told.strip()]


def costs(session: Session, user: str | None) -> int:
    """Add up what ``user`` has spent, or everybody."""
    told = order.text(session.values, "by") or "day"
    known = {group: group for group in GROUPS}
    asked = [one.strip() for one in told.split(",")]
    by = tuple(known[one] for one in asked if one in known)
    if len(by) < len(asked):
        raise UsageFault("flags.not_one_of", flag="--by", value=told, options=GROUPS)
    with books.ledger(session) as ledger:
        found = ledger.costs(
            by,
            realm=session.realm,
            user_id=user,
            since=books.since(order.text(session.values, "since"), ledger, session.realm),
        )
    rows = [
        {
            **dict(zip(by, one.group, strict=True)),
            **{key: value for key, value in asdict(one).items() if key != "group"},
        }
        for one in found
    ]
    total = sum(one.points for one in found)
    language = session.reporter.language
    message = words.text("human.spent", language, total=total, tasks=sum(one.tasks for one in found))
    session.reporter.answer({"costs": rows, "total": total, "message": message}, tables.costs(found, by, language))
    return actions.DONE
