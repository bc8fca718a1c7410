"""``nano-banana limits set|show|clear|freeze|unfreeze``: how much may be spent, and whether anything may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, books, order, tables
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import named
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.domain.periods import Period
    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.ledger import Freeze, Ledger

PERIODS: dict[str, Period] = {"per_run": "run", "daily": "day", "monthly": "month"}
EXAMPLE = "nano-banana limits set --daily 200 --monthly 2000"

OWN_ZONE = "local"
"""What somebody types who wants this machine's days again."""


def _scope(session: Session) -> str:
    """Return whom the limits bind: everybody together, each user, or one user."""
    user = order.text(session.values, "user")
    if user is not None and order.on(session.values, "each_user"):
        raise UsageFault("flags.exclude", one="--user", other="--each-user")
    if user is not None:
        return f"user:{user}"
    return "each-user" if order.on(session.values, "each_user") else "all"


def show(session: Session) -> int:
    """Show what is frozen, every limit, what is used and left, and when it resets."""
    user = order.text(session.values, "user")
    with books.ledger(session) as ledger:
        _answer(session, ledger, (), user)
    return actions.DONE


def set_(session: Session) -> int:
    """Store limits, and the time zone that their days are counted in."""
    scope = _scope(session)
    told = {period: order.whole(session.values, name) for name, period in PERIODS.items()}
    asked = {period: points for period, points in told.items() if points is not None}
    zone = order.text(session.values, "time_zone")
    above, approvers = order.whole(session.values, "approve_above"), order.many(session.values, "approver")
    if not asked and zone is None and above is None and not approvers:
        raise UsageFault("flags.nothing_to_set", example=EXAMPLE)
    with books.ledger(session) as ledger:
        if zone is not None:
            ledger.time_zone_set(None if zone.strip().casefold() == OWN_ZONE else zone, session.realm)
        if above is not None or approvers:
            _approvals(session, ledger, scope if above is not None else None, above, add=approvers)
        for period, points in asked.items():
            ledger.limits_set(scope, period, points, realm=session.realm)
        _answer(session, ledger, (words.text("human.limit_set", session.reporter.language),), None)
    return actions.DONE


def clear(session: Session) -> int:
    """Remove the limits of a scope, the threshold of approval among them; or only approvers."""
    scope, approvers = _scope(session), order.many(session.values, "approver")
    with books.ledger(session) as ledger:
        if approvers:
            _approvals(session, ledger, None, None, drop=approvers)
            _answer(session, ledger, (words.text("human.limit_cleared", session.reporter.language),), None)
            return actions.DONE
        if any(one.scope == scope for one in ledger.approvals(session.realm)[0]):
            _approvals(session, ledger, scope, None)
        for period in PERIODS.values():
            ledger.limits_set(scope, period, None, realm=session.realm)
        found = ledger.limits_show(realm=session.realm)
    language = session.reporter.language
    text = words.text("human.limit_cleared", language) + "\n" + tables.limits(found, language)
    session.reporter.answer({"limits": [books.limit_object(one) for one in found]}, text)
    return actions.DONE


def _approvals(
    session: Session,
    ledger: Ledger,
    scope: str | None,
    above: int | None,
    *,
    add: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> None:
    from ima_nano_banana.local import host

    by = host.decider(session.env)
    ledger.approvals_set(by, realm=session.realm, scope=scope, above=above, add=add, drop=drop)


def freeze(session: Session) -> int:
    """Let no create begin any more."""
    user, reason = order.text(session.values, "user"), order.text(session.values, "reason")
    with books.ledger(session) as ledger:
        ledger.freeze(user, reason=reason, realm=session.realm)
        found = ledger.freezes(session.realm)
    _tell_freezes(session, found, ())
    return actions.DONE


def unfreeze(session: Session) -> int:
    """Let creates begin again."""
    with books.ledger(session) as ledger:
        ended = ledger.unfreeze(order.text(session.values, "user"), realm=session.realm)
        found = ledger.freezes(session.realm)
    head = words.text("human.unfrozen" if ended else "human.not_frozen", session.reporter.language)
    _tell_freezes(session, found, (head,))
    return actions.DONE


def _tell_freezes(session: Session, found: Sequence[Freeze], heads: Sequence[str]) -> None:
    told = tables.freezes(found, session.reporter.language, sandbox=session.sandbox)
    session.reporter.answer({"frozen": freeze_rows(found)}, "\n".join((*heads, *([told] if told else []))))


def freeze_rows(found: Sequence[Freeze]) -> list[Json]:
    """Return what is frozen, for programs."""
    return [
        {"scope": one.scope, "user": one.user_id, "reason": one.reason, "frozen_at": books.moment(one.frozen_at)}
        for one in found
    ]


def _answer(session: Session, ledger: Ledger, heads: Sequence[str], user: str | None) -> None:
    """Tell how limits stand; a freeze comes first, as nothing else matters while it stands."""
    language = session.reporter.language
    frozen, zone = ledger.freezes(session.realm, user), ledger.time_zone(session.realm)
    found = ledger.limits_show(user_id=user, realm=session.realm)
    thresholds, approvers = ledger.approvals(session.realm)
    stopped = tables.freezes(frozen, language, sandbox=session.sandbox)
    body: Json = {
        "frozen": freeze_rows(frozen),
        "limits": [books.limit_object(one) for one in found],
        "approvals": [books.threshold_object(one) for one in thresholds],
        "approvers": approvers,
        "time_zone": zone.name,
        "time_zone_stored": zone.chosen,
    }
    lines = (*([stopped] if stopped else []), *heads, tables.limits(found, language))
    lines = (*lines, *tables.approvals(thresholds, approvers, language), tables.days(zone, language))
    session.reporter.answer(body, "\n".join(lines))


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
            flags=(
                *named("--per-run", "--daily", "--monthly", "--approve-above", "--approver", "--time-zone"),
                *_WHOSE,
                *_PLAIN,
            ),
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
            flags=(*named("--approver"), *_WHOSE, *_PLAIN),
        ),
        Command(
            name="freeze",
            about="help.limits_freeze_",
            example='nano-banana limits freeze --reason "the budget is being checked"',
            run=freeze,
            flags=(*named("--user", "--reason"), *_PLAIN),
        ),
        Command(
            name="unfreeze",
            about="help.limits_unfreeze_",
            example="nano-banana limits unfreeze",
            run=unfreeze,
            flags=(*named("--user"), *_PLAIN),
        ),
    ),
)
