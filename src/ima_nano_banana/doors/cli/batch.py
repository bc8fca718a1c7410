"""``nano-banana batch FILE``: many pictures from one file; the same command continues."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.cluster.share import sharing
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.doors import batch_report, batch_shared, books, order, present
from ima_nano_banana.doors.cli.batch_manage import COMMANDS
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.errors import InterruptedFault

if TYPE_CHECKING:
    from ima_nano_banana.batch.offer import BatchOffer
    from ima_nano_banana.batch.order import Order, Source
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Check the whole file, quote it, ask, and make what is not made yet."""
    batch_shared.use_store(session, needed=order.on(session.values, "detach"))
    told = order_of(session)
    idle = session.tell_of_idle_limits()
    notes: present.Json = {"idle_limits": idle} if idle else {}
    offer = _of_twin(session, _offered(session, told))
    if offer.faults:
        return batch_report.refuse(session, offer.faults)
    if order.on(session.values, "dry_run"):
        return batch_report.quoted(session, offer, notes)
    batch_report.tell_quote(session, offer)
    return _run(session, offer, notes, yes=_consent(session, offer))


def order_of(session: Session) -> Order:
    """Read the options and the file.

    Raises:
        UsageFault: one of them can't be read.
    """
    from ima_nano_banana.batch.order import CONCURRENCY, Order, rate_of

    values = session.values
    folder = order.text(values, "output_dir")
    return Order(
        source=_source(session),
        defaults=Wish(
            model=order.text(values, "model_id"),
            size=order.text(values, "size"),
            aspect_ratio=order.text(values, "aspect_ratio"),
            count=order.count_of(values),
            language=order.text(values, "language"),
            user_id=session.user,
        ),
        how=order.how_of(values),
        name=order.text(values, "name"),
        folder=_whole(folder) if folder else None,
        concurrency=order.whole(values, "concurrency", least=1) or CONCURRENCY,
        rate=rate_of(order.text(values, "rate")),
        max_credits=order.whole(values, "max_credits"),
        retry_failed=order.on(values, "retry_failed"),
        shared=sharing(session.env) is not None,
    )


def _whole(folder: str) -> Path:
    from ima_nano_banana.local import paths

    return paths.from_here(Path(folder))


def _source(session: Session) -> Source:
    from ima_nano_banana.batch.order import data_source, file_source, unreadable

    told = order.text(session.values, "file") or order.STDIN
    encoding = order.text(session.values, "encoding")
    if told != order.STDIN:
        return file_source(told, encoding)
    try:
        data = sys.stdin.buffer.read()
    except (OSError, ValueError) as fault:
        raise unreadable(told, fault) from fault
    return data_source(data, encoding, name=order.text(session.values, "name"))


def _offered(session: Session, told: Order, as_batch: str | None = None) -> BatchOffer:
    from ima_nano_banana.batch.offer import offer

    return session.run(lambda ports, _: offer(ports, told, as_batch=as_batch), door="batch")


def _run(session: Session, offer: BatchOffer, notes: present.Json, *, yes: bool) -> int:
    from ima_nano_banana.batch.session import by_books
    from ima_nano_banana.batch.session import run as run_batch
    from ima_nano_banana.doors.batch_teller import Teller

    made = partial(
        run_batch, offer=offer, yes=yes, share=sharing(session.env), detach=order.on(session.values, "detach")
    )
    try:
        ended = session.run(lambda ports, _: made(ports, voice=Teller(session, offer)), door="batch")
    except (InterruptedFault, KeyboardInterrupt):
        with books.ledger(session) as ledger:
            ended = by_books(ledger, offer)
    if ended is None:
        return batch_report.left_to_workers(session, offer, notes)
    return batch_report.close(session, offer, ended, notes)


def _of_twin(session: Session, offer: BatchOffer) -> BatchOffer:
    """Let somebody say whether rows that were paid for from another file are to be paid for once more.

    Raises:
        UsageFault: nobody is there to ask.
        InterruptedFault: the answer was neither.
    """
    twin = offer.twin
    if twin is None or offer.faults:
        return offer
    if order.on(session.values, "dry_run"):
        session.reporter.notice("batch.twin", where=offer.twin_place, id=twin.batch_id)
        return offer
    if not _somebody_is_there(session):
        offer.check(yes=False)
    language = session.reporter.language
    session.reporter.printer.err(words.text("batch.twin", language, where=offer.twin_place, id=twin.batch_id))
    answer = _answer(session, words.text("batch.ask_twin", language))
    if answer in words.text("batch.anew", language).split():
        return offer.anew()
    if answer not in words.text("batch.continued", language).split():
        raise InterruptedFault("batch.declined")
    return _offered(session, offer.order, twin.batch_id)


def _consent(session: Session, offer: BatchOffer) -> bool:
    """Go on only if somebody agreed to the price: at the prompt, with ``--yes``, or by naming a budget.

    Raises:
        UsageFault: nobody is there to ask.
        InterruptedFault: the answer was no.
    """
    yes = order.on(session.values, "yes")
    if not offer.is_agreed(yes=yes) and _somebody_is_there(session):
        language = session.reporter.language
        answer = _answer(session, words.text("batch.ask", language, credit=offer.quote.credit))
        if answer not in words.text("batch.agreed", language).split():
            raise InterruptedFault("batch.declined")
        yes = True
    offer.check(yes=yes)
    return yes


def _somebody_is_there(session: Session) -> bool:
    stdin = sys.stdin
    human = session.reporter.mode is Mode.HUMAN and session.reporter.printer.err_is_terminal
    return human and stdin is not None and stdin.isatty()


def _answer(session: Session, question: str) -> str:
    session.reporter.printer.ask(question)
    return sys.stdin.readline().strip().lower()


COMMAND = Command(
    name="batch",
    about="help.batch_",
    example="nano-banana batch prompts.csv --max-credits 200 --output-dir pictures",
    run=run,
    flags=flags_of("batch"),
    arguments=(Argument("file", required=True),),
    exit_codes=True,
    commands=COMMANDS,
)
