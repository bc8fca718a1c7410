"""What the doors say of plans, and how they are decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, approving, books, order, present
from ima_nano_banana.doors import owner as owners
from ima_nano_banana.doors.layout import pairs, shorten, table
from ima_nano_banana.errors import BudgetFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.ledger import Plan
    from ima_nano_banana.ledger.model import PlanState
    from ima_nano_banana.words import Language

PROMPT_COLUMNS = 40


def propose(session: Session) -> int:
    """Write a request down with its price."""
    wished, how = actions.wish(session), order.how_of(session.values)

    from ima_nano_banana.engine import Engine

    plan = session.run(lambda ports, _: Engine(ports).plan(wished, how))
    owner = owners.of(session)
    if owner is not None:
        owner.tell(owners.text(plan, session.reporter.language))
    language, found = session.reporter.language, _commands(session, plan)
    lines = [
        words.text(
            "approval.proposed",
            language,
            plan_id=plan.plan_id,
            credit=plan.credit,
            at=books.local_time(plan.expires_at),
        ),
        *([words.text("approval.how_approve", language, command=found.approve)] if found.approve else []),
        words.text("approval.how_run", language, command=found.run),
    ]
    body: present.Json = {"plan": present.plan(plan, language, found)}
    if owner is not None:
        body["delivery"] = owner.finish(language)
    session.reporter.answer(body, "\n".join(lines))
    return actions.DONE


def run(session: Session, name: str) -> int:
    """Spend an approved plan."""
    plan = known(session, name)
    _check_user(session, plan)
    session.speak_as(plan.wish.get("prompt"), plan.facts["language"])
    session.reporter.making = True
    session.decorate()
    actions.open_chat(session)
    how = order.how_of(session.values)

    from ima_nano_banana.engine import Engine

    emit, tell = session.reporter.event, session.reporter.tell
    session.reporter.succeeded(session.run(lambda ports, trace: Engine(ports).run(plan, how, emit, trace, tell=tell)))
    return actions.DONE


def _check_user(session: Session, plan: Plan) -> None:
    """Where a host names who wrote, nobody spends the plan of somebody else."""
    from ima_nano_banana.local import paths

    sender = paths.sender_id(session.env)
    if sender is not None and sender not in (plan.user_id, plan.proposed_by):
        raise BudgetFault("approval.not_yours", phase="validate", plan_id=plan.plan_id)


def known(session: Session, name: str) -> Plan:
    """Return the plan of a name.

    Raises:
        UsageFault: there is none here.
    """
    with books.ledger(session) as ledger:
        plan = ledger.plan(name, realm=session.realm)
    if plan is None:
        raise UsageFault("approval.no_plan", plan_id=name)
    return plan


def decide(session: Session, state: PlanState) -> int:
    """Approve or refuse a plan."""
    from ima_nano_banana.local import host

    with books.ledger(session) as ledger:
        plan = ledger.decide(
            order.text(session.values, "plan") or "",
            state,
            host.decider(session.env),
            realm=session.realm,
            digest=order.text(session.values, "digest"),
            reason=order.text(session.values, "reason"),
        )
    language, found = session.reporter.language, _commands(session, plan)
    lines = [words.text(f"approval.was_{state}", language, plan_id=plan.plan_id, credit=plan.credit)]
    if plan.state == "approved":
        lines.append(words.text("approval.how_run", language, command=found.run))
    session.reporter.answer({"plan": present.plan_whole(plan, language, found)}, "\n".join(lines))
    return actions.DONE


def show_all(session: Session) -> int:
    """List the plans, newest first."""
    most = order.whole(session.values, "limit", least=1)
    with books.ledger(session) as ledger:
        found = ledger.plans(
            realm=session.realm, user_id=order.text(session.values, "user"), open_=order.on(session.values, "open")
        )[:most]
    language = session.reporter.language
    rows = [present.plan(one, language, _commands(session, one)) for one in found]
    session.reporter.answer({"plans": rows}, listed(found, language))
    return actions.DONE


def show_one(session: Session, plan: Plan) -> int:
    """Show all that is known of one plan."""
    language = session.reporter.language
    body: present.Json = {"plan": present.plan_whole(plan, language, _commands(session, plan))}
    session.reporter.answer(body, whole(plan, language))
    return actions.DONE


def _commands(session: Session, plan: Plan) -> approving.Commands:
    return approving.commands(plan.plan_id, sandbox=plan.sandbox, env=session.env)


def listed(found: Sequence[Plan], language: Language) -> str:
    """Return plans as a table."""
    if not found:
        return words.text("approval.none", language)
    keys = ("plan_id", "state", "user", "model_id", "size", "count", "quoted", "expires_at", "prompt")
    rows = [
        (
            one.plan_id,
            words.text(f"approval.state_{one.state}", language),
            one.user_id,
            one.facts["model_id"],
            one.facts["size"],
            one.facts["count"],
            one.credit,
            books.local_time(one.expires_at),
            shorten(str(one.wish.get("prompt") or ""), PROMPT_COLUMNS),
        )
        for one in found
    ]
    return table([words.text(f"human.{key}", language) for key in keys], rows)


def whole(plan: Plan, language: Language) -> str:
    """Return all that a person should know before they approve."""
    told: Mapping[str, object] = {
        "plan_id": plan.plan_id,
        "state": words.text(f"approval.state_{plan.state}", language),
        "user": plan.user_id,
        "model_id": plan.facts["model_id"],
        "size": plan.facts["size"],
        "aspect_ratio": plan.facts["aspect_ratio"],
        "count": plan.facts["count"],
        "quoted": plan.credit,
        "expires_at": books.local_time(plan.expires_at),
        "prompt": plan.wish.get("prompt"),
        "reason": plan.reason,
    }
    rows = [(words.text(f"human.{key}", language), value) for key, value in told.items() if value is not None]
    # On a line of its own: it is copied, and a table would break it.
    return "\n".join((pairs(rows), words.text("approval.digest", language), plan.digest))
