"""Plans in the flow: proposed where a claim asks for one, waited for, and spent word for word.

Whether one is needed, and whether one that is there will do, is decided by the ledger in the claim's own transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.domain.events import Waiting
from ima_nano_banana.domain.model import Adjustment, Requested, Wish
from ima_nano_banana.engine import prepare
from ima_nano_banana.errors import BudgetFault, RejectedFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from ima_nano_banana.domain.model import Request
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import Emit, EnginePorts, How
    from ima_nano_banana.ledger import Ask, Plan, Standing
    from ima_nano_banana.pictures.inputs import Input
    from ima_nano_banana.words import Language

NEEDED = "approval.needed"
LOOK_SECONDS = 0.5
"""How often it is looked whether somebody has decided."""


def draft_of(ask: Ask, inputs: tuple[Input, ...], ports: EnginePorts, how: How) -> Plan:
    """Return the plan of a priced request; the ledger gives it its id, its expiry and its digest."""
    from ima_nano_banana.ledger import Plan

    quote = ask.quote
    named = prepare.named_of(replace(ask.request, idempotency_key="-"), inputs, ports)
    return Plan(
        plan_id="",
        realm=ask.realm,
        user_id=ask.user_id,
        terms=ask.terms,
        digest="",
        credit=quote.credit,
        credit_each=quote.credit_each,
        created_at=0.0,
        expires_at=0.0,
        facts={
            "task_type": ask.request.task_type,
            "model_id": ask.request.model_id,
            "model_name": quote.offer.name,
            "version_id": quote.offer.version_id,
            "attribute_id": quote.rule.attribute_id,
            "points": quote.rule.points,
            "size": quote.size,
            "aspect_ratio": quote.aspect_ratio,
            "count": quote.count,
            "language": ask.request.language,
            "adjustments": [asdict(one) for one in quote.adjustments],
        },
        wish=_words_of(ask, inputs, how),
        told={"digest": named.digest, "fields": dict(named.fields)} if named is not None else {},
        proposed_by=ports.sender if ports.sender != ask.user_id else None,
    )


def _words_of(ask: Ask, inputs: tuple[Input, ...], how: How) -> dict[str, object]:
    """Return the request word for word; files by their whole path, as it may be run from another folder."""
    request = ask.request
    return {
        "prompt": request.prompt,
        "images": [str(one.path.absolute()) if one.path is not None else one.url for one in inputs],
        "input_hashes": list(ask.input_hashes),
        "task_type": request.task_type,
        "model": request.model_id,
        "preferred": not request.model_told,
        "version_id": request.version_id,
        "size": request.size,
        "aspect_ratio": request.aspect_ratio,
        "count": request.count,
        "extra": dict(request.extra),
        "language": request.language,
        "requested": asdict(request.requested),
        "adjustments": [asdict(one) for one in request.adjustments],
        "keep_metadata": how.keep_metadata,
        "output_dir": str(how.output_dir) if how.output_dir is not None else None,
    }


def wish_of(plan: Plan) -> Wish:
    """Return what was asked for then; its key is the plan's own id, so that it is paid for once."""
    names = ("prompt", "task_type", "model", "preferred", "version_id", "size", "aspect_ratio", "count", "extra")
    told = {name: plan.wish[name] for name in (*names, "language")}
    return Wish(**told, images=tuple(plan.wish["images"]), user_id=plan.user_id, idempotency_key=plan.plan_id)


def how_of(plan: Plan, how: How) -> How:
    """Return how a plan is spent: as it was approved, so nothing steps down."""
    folder = plan.wish.get("output_dir")
    return replace(
        how,
        plan=plan,
        again=False,
        keep_size=True,
        keep_metadata=bool(plan.wish.get("keep_metadata")),
        output_dir=how.output_dir or (Path(folder) if folder else None),
    )


def language_of(plan: Plan) -> Language:
    """Return the language that it was asked in."""
    return "zh" if plan.facts.get("language") == "zh" else "en"


def frozen(request: Request, inputs: tuple[Input, ...], plan: Plan) -> Request:
    """Return the request of a plan as it was told then.

    Raises:
        UsageFault: an input picture has another content now.
    """
    before, now = list(plan.wish["input_hashes"]), [one.digest for one in inputs]
    if before != now:
        names = [one.reference for one, was in zip(inputs, before, strict=False) if one.digest != was]
        raise UsageFault("approval.inputs_changed", plan_id=plan.plan_id, names=names)
    return replace(
        request,
        requested=Requested(**plan.wish["requested"]),
        adjustments=tuple(Adjustment(**one) for one in plan.wish["adjustments"]),
    )


@contextmanager
def as_listed(plan: Plan | None) -> Iterator[None]:
    """Let a plan for something that the list does not offer any more be refused as one that has changed."""
    try:
        yield
    except (UsageFault, RejectedFault) as gone:
        if plan is None:
            raise
        raise BudgetFault("approval.gone", phase="catalog", plan_id=plan.plan_id) from gone


async def proposed(
    fault: BudgetFault, ask: Ask, inputs: tuple[Input, ...], ports: EnginePorts, how: How
) -> BudgetFault:
    """Return the refusal of a claim; if it asks for an approved plan there is one to approve now, and it is named."""
    if fault.code != NEEDED or "plan_id" in fault.params:
        return fault
    prepare.check_budget(ask.quote, how)
    plan = await ports.ledger.propose(draft_of(ask, inputs, ports, how))
    return BudgetFault(NEEDED, phase=fault.phase, plan_id=plan.plan_id, **fault.params)  # type: ignore[arg-type]


async def approved(pay: Callable[[], Awaitable[Job]], how: How, ports: EnginePorts, emit: Emit) -> Job:
    """Pay; where a plan has to be approved first wait for that as long as the caller has patience.

    Raises:
        BudgetFault: nobody has approved it in time, or somebody has refused it.
    """
    until = None
    while True:
        try:
            return await pay()
        except BudgetFault as fault:
            if fault.code != NEEDED or "plan_id" not in fault.params:
                raise
            until = until if until is not None else ports.clock.monotonic() + how.wait_approval
            await _decided(fault, until, ports, emit)


async def _decided(fault: BudgetFault, until: float, ports: EnginePorts, emit: Emit) -> None:
    """Return once a plan is approved, or is no more what it was; the claim then says what that means."""
    name, told = str(fault.params["plan_id"]), False
    while (left := until - ports.clock.monotonic()) > 0:
        plan = await ports.ledger.plan(name, realm=ports.realm)
        if plan is None or plan.state != "proposed":
            return
        if not told:
            told = True
            emit(Waiting(why="approval", plan_id=name, credit=plan.credit, seconds=round(left)))
        await ports.clock.sleep(min(LOOK_SECONDS, left))
    raise fault


async def replayed(plan: Plan, ports: EnginePorts) -> Standing | None:
    """Return what a plan that was spent came to, if that has ended: nothing of it is needed any more.

    Raises:
        UncertainFault: nobody knows what it came to.
    """
    if plan.state != "spent":
        return None
    standing = await ports.ledger.named(plan.named)
    ended = standing is not None and standing.state == "open" and (standing.replayed or not plan.wish)
    return standing if ended else None


async def check(plan: Plan, how: How, ports: EnginePorts) -> None:
    """Refuse a plan that can't be spent before anything is asked of anybody; the claim judges once more.

    Raises:
        BudgetFault: it is refused or expired; or nobody has approved it and nobody waits for that.
        UsageFault: its words were forgotten.
    """
    from ima_nano_banana.ledger import plans

    closed = plans.standing(plan) if plan.state != "spent" else None
    if closed is not None and not (closed.code == NEEDED and how.wait_approval > 0):
        raise closed
    if not plan.wish:
        raise UsageFault("approval.forgotten", plan_id=plan.plan_id)
