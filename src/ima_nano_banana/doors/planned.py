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

    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.engine import Engine
    from ima_nano_banana.engine.ports import Trace
    from ima_nano_banana.ledger import Plan
    from ima_nano_banana.ledger.model import PlanState
    from ima_nano_banana.words import Language

PROMPT_COLUMNS = 40


def propose(desk: Desk) -> int:
    """Write a request down with its price."""
    wished, how = actions.wish(desk), order.how_of(desk.values)

    async def work(engine: Engine, _: Trace) -> Plan:
        return await engine.plan(wished, how)

    plan = desk.with_engine(work)
    owner = owners.of(desk)
    if owner is not None:
        owner.tell(owners.text(plan, desk.reporter.language))
    language, found = desk.reporter.language, _commands(desk, plan)
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
    desk.reporter.answer(body, "\n".join(lines))
    return actions.DONE


def run(desk: Desk, name: str) -> int:
    """Spend an approved plan."""
    plan = known(desk, name)
    _check_user(desk, plan)
    desk.speak_as(plan.wish.get("prompt"), plan.facts["language"])
    desk.reporter.making = True
    desk.decorate()
    actions.open_chat(desk)
    how = order.how_of(desk.values)

    async def work(engine: Engine, trace: Trace) -> Result:
        return await engine.run(plan, how, desk.reporter.event, trace, tell=desk.reporter.tell)

    desk.reporter.succeeded(desk.with_engine(work))
    return actions.DONE


def _check_user(desk: Desk, plan: Plan) -> None:
    """Where a host names who wrote, nobody spends the plan of somebody else."""
    from ima_nano_banana.local import paths

    sender = paths.sender_id(desk.env)
    if sender is not None and sender not in (plan.user_id, plan.proposed_by):
        raise BudgetFault("approval.not_yours", phase="validate", plan_id=plan.plan_id)


def known(desk: Desk, name: str) -> Plan:
    """Return the plan of a name.

    Raises:
        UsageFault: there is none here.
    """
    with books.ledger(desk) as ledger:
        plan = ledger.plan(name, realm=desk.realm)
    if plan is None:
        raise UsageFault("approval.no_plan", plan_id=name)
    return plan


def decide(desk: Desk, state: PlanState) -> int:
    """Approve or refuse a plan."""
    from ima_nano_banana.local import host

    with books.ledger(desk) as ledger:
        plan = ledger.decide(
            order.text(desk.values, "plan") or "",
            state,
            host.decider(desk.env),
            realm=desk.realm,
            digest=order.text(desk.values, "digest"),
            reason=order.text(desk.values, "reason"),
        )
    language, found = desk.reporter.language, _commands(desk, plan)
    lines = [words.text(f"approval.was_{state}", language, plan_id=plan.plan_id, credit=plan.credit)]
    if plan.state == "approved":
        lines.append(words.text("approval.how_run", language, command=found.run))
    desk.reporter.answer({"plan": present.plan_whole(plan, language, found)}, "\n".join(lines))
    return actions.DONE


def show_all(desk: Desk) -> int:
    """List the plans, newest first."""
    most = order.whole(desk.values, "limit", least=1)
    with books.ledger(desk) as ledger:
        found = ledger.plans(
            realm=desk.realm, user_id=order.text(desk.values, "user"), open_=order.on(desk.values, "open")
        )[:most]
    language = desk.reporter.language
    rows = [present.plan(one, language, _commands(desk, one)) for one in found]
    desk.reporter.answer({"plans": rows}, listed(found, language))
    return actions.DONE


def show_one(desk: Desk, plan: Plan) -> int:
    """Show all that is known of one plan."""
    language = desk.reporter.language
    body: present.Json = {"plan": present.plan_whole(plan, language, _commands(desk, plan))}
    desk.reporter.answer(body, whole(plan, language))
    return actions.DONE


def _commands(desk: Desk, plan: Plan) -> approving.Commands:
    return approving.commands(plan.plan_id, sandbox=plan.sandbox, env=desk.env)


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
    return "\n".join((pairs(rows), plan.digest))
