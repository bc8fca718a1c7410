"""What both doors do: make, price, list and fetch. Each takes a session and returns an exit code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import TASK_TYPES
from ima_nano_banana.doors import order, present
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ima_nano_banana.domain.model import Result, Wish
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.engine.ports import How, Ports, Trace

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


def generate(session: Session) -> int:
    """Make what the options say."""
    return make(session, wish(session), order.how_of(session.values))


def make(session: Session, wished: Wish, how: How) -> int:
    """Make the pictures, or only price them with ``--dry-run``."""
    if order.on(session.values, "dry_run"):
        return price(session, wished, how)
    session.reporter.making = True
    session.decorate()
    open_chat(session)

    from ima_nano_banana.engine import Engine

    emit, tell = session.reporter.event, session.reporter.tell
    made = session.run(lambda ports, trace: Engine(ports).generate(wished, how, emit, trace, tell=tell))
    session.reporter.succeeded(made)
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

    from ima_nano_banana.engine import Engine

    quote = session.run(lambda ports, _: Engine(ports).quote(wished, how))
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
    from ima_nano_banana.engine import Engine

    found = session.run(lambda ports, _: Engine(ports).models((asked,) if asked else TASK_TYPES))
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
    from ima_nano_banana.engine import Engine

    def resumed(ports: Ports, trace: Trace) -> Coroutine[object, object, Result]:
        emit, tell, language = session.reporter.event, session.reporter.tell, session.reporter.language
        return Engine(ports).resume(task_id, how, emit, trace, language=language, user_id=session.user, tell=tell)

    session.reporter.succeeded(session.run(resumed))
    return DONE
