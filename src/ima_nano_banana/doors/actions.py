"""What both doors do: make, price, list and fetch. Each takes a session and returns an exit code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import TASK_TYPES
from ima_nano_banana.doors import order, present
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Quote, Result, Wish
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.engine import Engine
    from ima_nano_banana.engine.ports import How, Trace

DONE = 0


def wish(session: Session) -> Wish:
    """Read the wish from the options, speak its language, and look up pictures named by ``@``."""
    told = order.wish_of(session.values, session.env)
    session.speak_as(told.prompt)
    told = replace(told, language=session.reporter.language)
    if not told.images:
        return told
    from ima_nano_banana.doors import references

    return replace(told, images=references.resolved(session, told.images, key=told.idempotency_key))


def make(session: Session, wished: Wish, how: How) -> int:
    """Make the pictures, or only price them with ``--dry-run``."""
    if order.on(session.values, "dry_run"):
        return price(session, wished, how)
    session.reporter.making = True
    session.decorate()
    open_chat(session)

    async def work(engine: Engine, trace: Trace) -> Result:
        return await engine.generate(wished, how, session.reporter.event, trace, tell=session.reporter.tell)

    session.reporter.succeeded(session.with_engine(work))
    return DONE


def open_chat(session: Session) -> None:
    """Let the chat of ``--deliver`` hear the steps too."""
    if (told := order.text(session.values, "deliver")) is not None:
        from ima_nano_banana.doors import delivery

        session.reporter.chat = delivery.opened(told, session.env)
    if (told := order.text(session.values, "approval_to")) is not None:
        from ima_nano_banana.doors import owner

        session.reporter.owner = owner.opened(told, session)


def price(session: Session, wished: Wish, how: How) -> int:
    """Say what it would cost. Nothing is created, uploaded or charged."""
    from ima_nano_banana.domain.schedule import expected_seconds

    if how.asks:  # the quote is the question
        how = replace(how, max_credits=None)

    async def work(engine: Engine, _: Trace) -> Quote:
        return await engine.quote(wished, how)

    quote = session.with_engine(work)
    expected = expected_seconds(quote.offer.model_id)
    from ima_nano_banana.doors import tables

    language = session.reporter.language
    session.reporter.answer(
        present.quote(quote, language, sandbox=session.sandbox, expected=expected),
        tables.quote(quote, expected, language),
    )
    return DONE


def models(session: Session) -> int:
    """List the live models with every size's price."""
    from ima_nano_banana.domain import offers
    from ima_nano_banana.doors import tables

    asked = order.text(session.values, "task_type")
    if asked is not None and asked not in TASK_TYPES:
        raise UsageFault("flags.not_one_of", flag="--task-type", value=asked, options=TASK_TYPES)
    found = session.with_engine(lambda engine, _: engine.models((asked,) if asked else TASK_TYPES))
    rows = offers.rows(found)
    session.reporter.answer({"models": rows}, tables.models(rows, session.reporter.language))
    return DONE


def resume(session: Session, task_id: str) -> int:
    """Finish a task that is already paid."""
    from ima_nano_banana.doors import books

    item = books.followed(session, task_id)
    if item is not None:
        session.speak_as(item.prompt, item.language)
    session.reporter.making = True
    session.decorate()
    open_chat(session)
    how = order.how_of(session.values)

    async def work(engine: Engine, trace: Trace) -> Result:
        return await engine.resume(
            task_id,
            how,
            session.reporter.event,
            trace,
            language=session.reporter.language,
            user_id=session.user,
            tell=session.reporter.tell,
        )

    session.reporter.succeeded(session.with_engine(work))
    return DONE
