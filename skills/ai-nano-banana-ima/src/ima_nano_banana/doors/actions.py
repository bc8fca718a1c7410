"""What both doors do: make, price, list and fetch. Each takes a desk and returns an exit code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import TASK_TYPES
from ima_nano_banana.doors import order, present
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Quote, Result, Wish
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.engine import Engine
    from ima_nano_banana.engine.ports import How, Trace

DONE = 0


def wish(desk: Desk) -> Wish:
    """Read the wish from the options, speak its language, and look up pictures named by ``@``."""
    told = order.wish_of(desk.values, desk.env)
    desk.speak_as(told.prompt)
    told = replace(told, language=desk.reporter.language)
    if not told.images:
        return told
    from ima_nano_banana.doors import references

    return replace(told, images=references.resolved(desk, told.images, key=told.idempotency_key))


def make(desk: Desk, wished: Wish, how: How) -> int:
    """Make the pictures, or only price them with ``--dry-run``."""
    if order.on(desk.values, "dry_run"):
        return price(desk, wished, how)
    desk.reporter.making = True
    desk.decorate()
    open_chat(desk)

    async def work(engine: Engine, trace: Trace) -> Result:
        return await engine.generate(wished, how, desk.reporter.event, trace, tell=desk.reporter.tell)

    desk.reporter.succeeded(desk.with_engine(work))
    return DONE


def open_chat(desk: Desk) -> None:
    """Let the chat of ``--deliver`` hear the steps too."""
    if (told := order.text(desk.values, "deliver")) is not None:
        from ima_nano_banana.doors import delivery

        desk.reporter.chat = delivery.opened(told, desk.env)
    if (told := order.text(desk.values, "approval_to")) is not None:
        from ima_nano_banana.doors import owner

        desk.reporter.owner = owner.opened(told, desk)


def price(desk: Desk, wished: Wish, how: How) -> int:
    """Say what it would cost. Nothing is created, uploaded or charged."""
    from ima_nano_banana.domain.schedule import expected_seconds

    if how.asks:  # the quote is the question
        how = replace(how, max_credits=None)

    async def work(engine: Engine, _: Trace) -> Quote:
        return await engine.quote(wished, how)

    quote = desk.with_engine(work)
    expected = expected_seconds(quote.offer.model_id)
    from ima_nano_banana.doors import tables

    language = desk.reporter.language
    desk.reporter.answer(
        present.quote(quote, language, sandbox=desk.sandbox, expected=expected),
        tables.quote(quote, expected, language),
    )
    return DONE


def models(desk: Desk) -> int:
    """List the live models with every size's price."""
    from ima_nano_banana.domain import offers
    from ima_nano_banana.doors import tables

    asked = order.text(desk.values, "task_type")
    if asked is not None and asked not in TASK_TYPES:
        raise UsageFault("flags.not_one_of", flag="--task-type", value=asked, options=TASK_TYPES)
    found = desk.with_engine(lambda engine, _: engine.models((asked,) if asked else TASK_TYPES))
    rows = offers.rows(found)
    desk.reporter.answer({"models": rows}, tables.models(rows, desk.reporter.language))
    return DONE


def resume(desk: Desk, task_id: str) -> int:
    """Finish a task that is already paid."""
    from ima_nano_banana.doors import books

    item = books.followed(desk, task_id)
    if item is not None:
        desk.speak_as(item.prompt, item.language)
    desk.reporter.making = True
    desk.decorate()
    open_chat(desk)
    how = order.how_of(desk.values)

    async def work(engine: Engine, trace: Trace) -> Result:
        return await engine.resume(
            task_id,
            how,
            desk.reporter.event,
            trace,
            language=desk.reporter.language,
            user_id=desk.user,
            tell=desk.reporter.tell,
        )

    desk.reporter.succeeded(desk.with_engine(work))
    return DONE
