"""The way of a request that costs: joined if it is paid already, else priced, agreed to, and made."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mcp.types import CallToolResult, InputRequiredResult

from ima_nano_banana import words
from ima_nano_banana.domain.events import Started
from ima_nano_banana.domain.language import language_of
from ima_nano_banana.doors import run as running
from ima_nano_banana.doors.approving import NEEDED
from ima_nano_banana.doors.mcp import answers
from ima_nano_banana.doors.mcp.idle import noted
from ima_nano_banana.doors.mcp.inputs import located
from ima_nano_banana.doors.mcp.progress import Teller
from ima_nano_banana.doors.mcp.questions import AskedError, Questions
from ima_nano_banana.doors.mcp.replies import when_sent
from ima_nano_banana.engine.ports import How
from ima_nano_banana.errors import BudgetFault, Fault, UsageFault
from ima_nano_banana.local import host

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ima_nano_banana.domain.model import Quote, Wish
    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.doors.mcp.questions import Call
    from ima_nano_banana.doors.mcp.runs import Run
    from ima_nano_banana.ledger import Plan
    from ima_nano_banana.words import Language

Answer = CallToolResult | InputRequiredResult


class _WithQuoteError(Exception):
    """A refusal to spend, with the price that it is about."""

    def __init__(self, fault: Fault, quote: Quote) -> None:
        super().__init__(fault.code)
        self.fault = fault
        self.quote = quote


class _WithPlanError(Exception):
    """A refusal to spend before somebody has approved the plan that it is about."""

    def __init__(self, fault: Fault, plan: Plan) -> None:
        super().__init__(fault.code)
        self.fault = fault
        self.plan = plan


async def answered(house: House, language: Language, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do the work of a tool; whatever goes wrong becomes a result that says so."""
    try:
        return await work()
    except AskedError as asked:
        return asked.question
    except _WithQuoteError as refused:
        return await answers.failed(refused.fault, language, house, **answers.priced(refused.quote, language, house))
    except _WithPlanError as waits:
        return await answers.failed(waits.fault, language, house, plan=answers.planned(waits.plan, language, house))
    except Fault as fault:
        return await answers.failed(fault, language, house)
    except Exception as error:  # the edge of the program: a defect becomes a report id
        return await answers.failed(running.defect(error, None), language, house)


async def quote(house: House, call: Call, wish: Wish, max_credits: int | None) -> Answer:
    """Price a wish."""
    language = language_of(wish.prompt, wish.language or house.settings.language_asked)

    async def work() -> Answer:
        with tempfile.TemporaryDirectory(prefix="nano-banana-") as folder:
            found = await located(wish.images, house, Questions(call), Path(folder))
            told = replace(wish, images=tuple(found.images), language=language)
            priced = await house.engine.quote(told, How(max_credits=max_credits))
        return answers.plain(answers.priced(priced, language, house))

    return await noted(house, language, await answered(house, language, work))


async def propose(house: House, call: Call, wish: Wish, max_credits: int | None) -> Answer:
    """Write a wish down as a plan, with its price."""
    language = language_of(wish.prompt, wish.language or house.settings.language_asked)

    async def work() -> Answer:
        with tempfile.TemporaryDirectory(prefix="nano-banana-") as folder:
            found = await located(wish.images, house, Questions(call), Path(folder))
            told = replace(wish, images=tuple(found.images), language=language)
            plan = await house.engine.plan(told, _ruled(How(max_credits=max_credits), house))
        return answers.plain({"plan": answers.planned(plan, language, house)})

    return await answered(house, language, work)


async def make(house: House, call: Call, wish: Wish, how: How, wait_seconds: float) -> Answer:
    """Make what is wished, or join the identical request that is open."""
    language = language_of(wish.prompt, wish.language or house.settings.language_asked)

    async def work() -> Answer:
        questions = Questions(call)
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="nano-banana-"))
            found = await located(wish.images, house, questions, Path(folder), wish.idempotency_key)
            told = replace(wish, images=tuple(found.images), notes=tuple(found.notes), language=language)
            run = await _begun(house, questions, told, _ruled(how, house), language)
            # The run reads the folder as long as it lives, which may be longer than this call.
            clean = stack.pop_all().close
            run.afterwards(clean)
        return await waited(house, call, run, 0.0 if questions.wants_tasks else wait_seconds)

    return await noted(house, language, await answered(house, language, work))


def _ruled(how: How, house: House) -> How:
    """Add the server's own rules."""
    ceilings = [one for one in (how.max_credits, house.settings.max_credits) if one is not None]
    return replace(how, max_credits=min(ceilings, default=None), output_dir=house.output_dir)


async def _begun(house: House, questions: Questions, wish: Wish, how: How, language: Language) -> Run:
    """Return a run of the wish: one that joined what is paid, or one that its user has agreed to.

    Raises:
        _WithQuoteError: it may not be spent.
        AskedError: the user has yet to be asked.
        Fault: the request does not even come to its price.
    """
    waits: BudgetFault | None = None
    try:
        if (joined := await _joined(house, wish, how, language)) is not None:
            return joined
    except BudgetFault as fault:
        if fault.code != NEEDED:
            raise
        waits = fault
    quote = await house.engine.quote(wish, how)
    if house.settings.no_spend:
        raise _WithQuoteError(BudgetFault("budget.no_spend", phase="catalog", credit=quote.credit), quote)
    if waits is None:
        await _agreed(house, questions, quote, wish, language)
    else:
        await _approved(house, questions, quote, waits, language)
    agreed = replace(how, max_credits=quote.credit, agreed=quote)
    return house.runs.start(
        language, lambda emit, trace, tell: house.engine.generate(wish, agreed, emit, trace, tell=tell)
    )


async def _joined(house: House, wish: Wish, how: How, language: Language) -> Run | None:
    """Try without spending: what is paid already needs nobody's consent, and an unknown outcome is told at once."""
    careful = replace(how, no_spend=True)
    run = house.runs.start(
        language, lambda emit, trace, tell: house.engine.generate(wish, careful, emit, trace, tell=tell)
    )
    try:
        while not run.done and not any(isinstance(event, Started) for event in run.events):
            await run.news()
    except BaseException:
        run.leave()
        raise
    try:
        if run.done:
            run.result()
    except Fault as fault:
        if fault.code == "budget.no_spend":
            return None
        if run.trace.item_id is None:
            raise  # it is the end of no request, so nothing waits for it to be told
    return run


async def _agreed(house: House, questions: Questions, quote: Quote, wish: Wish, language: Language) -> None:
    """Return if the spend is agreed to: by the user just now, or by the rules."""
    if not questions.can_ask_consent:
        limited = await house.ledger.has_limits(wish.user_id, realm=house.realm)
        if house.settings.max_credits is None and not limited:
            raise _WithQuoteError(BudgetFault("mcp.needs_consent", phase="catalog", credit=quote.credit), quote)
        return
    if quote.credit <= house.settings.confirm_above:
        return
    if not await _consents(house, questions, quote, language):
        raise _WithQuoteError(BudgetFault("mcp.declined", phase="catalog", credit=quote.credit), quote)


async def _approved(house: House, questions: Questions, quote: Quote, waits: BudgetFault, language: Language) -> None:
    """Return once the plan that a spend needs is approved: by the person in front of the client, if that may ask.

    Raises:
        _WithPlanError: somebody else has to approve it.
    """
    plan = await house.ledger.plan(str(waits.params["plan_id"]), realm=house.realm)
    if plan is None:
        raise waits
    by = host.decider(house.env)
    if by.in_host or not questions.can_ask_consent:
        raise _WithPlanError(waits, plan)
    if not await _consents(house, questions, quote, language):
        raise _WithPlanError(BudgetFault("mcp.declined", phase="catalog", credit=quote.credit), plan)
    await house.ledger.decide(plan.plan_id, "approved", by, realm=house.realm)


async def _consents(house: House, questions: Questions, quote: Quote, language: Language) -> bool:
    """Ask the person in front of the client, with the amount."""
    key = "mcp.consent_sandbox" if house.settings.sandbox else "mcp.consent"
    message = words.text(
        key,
        language,
        credit=quote.credit,
        model=quote.offer.name,
        size=quote.size,
        aspect_ratio=quote.aspect_ratio,
        count=quote.count,
    )
    label = words.text("mcp.consent_field", language, credit=quote.credit)
    return await questions.consent(quote.credit, message, label)


async def resume(house: House, call: Call, task_id: str, language_asked: str | None, wait_seconds: float) -> Answer:
    """Fetch what is paid."""
    language = language_of(None, language_asked or house.settings.language_asked)

    async def work() -> Answer:
        name = task_id.strip()
        if not name:
            raise UsageFault("flags.missing", name="task_id")
        item = await house.ledger.of_realm(name, house.realm)
        speaks = language
        if item is not None and language_asked is None:
            speaks = language_of(item.prompt, house.settings.language_asked)
        known = item.task_id if item is not None and item.task_id else name
        run = house.resume(known, How(output_dir=house.output_dir), speaks)
        return await waited(house, call, run, 0.0 if Questions(call).wants_tasks else wait_seconds)

    return await answered(house, language, work)


async def waited(house: House, call: Call, run: Run, seconds: float) -> CallToolResult:
    """Wait with the caller; a caller who leaves takes nothing along that is paid for."""
    try:
        await Teller(call).follow(run, seconds)
    except BaseException:
        run.leave()
        raise
    return await outcome(house, run, call.session) if run.done else answers.running(run, house)


async def outcome(house: House, run: Run, session: object) -> CallToolResult:
    """Return the reply of a run that has ended, as the last act of a handler: once it is sent, the run is told."""
    reply = await _reply(house, run)
    when_sent(session, run.handed)
    return reply


async def _reply(house: House, run: Run) -> CallToolResult:
    """Build the reply of a run that has ended, once."""
    if isinstance(run.answered, CallToolResult):
        return run.answered
    if run.last is None and run.task.cancelled():
        return await answers.failed(running.interrupted(run.trace), run.language, house)
    try:
        reply = await answers.made(run.result(), run.language)
        run.answered = reply
    except Fault as fault:
        reply = await answers.failed(fault, run.language, house)
    return reply
