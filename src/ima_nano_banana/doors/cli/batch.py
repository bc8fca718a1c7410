"""``nano-banana batch FILE``: many pictures from one file; the same command continues."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.batch import agree
from ima_nano_banana.batch.agree import Terms
from ima_nano_banana.batch.identity import Names
from ima_nano_banana.doors import actions, batch_file, batch_report, batch_shared, books, order, present
from ima_nano_banana.doors.batch_run import run_rows, told_by_books
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.errors import InterruptedFault, UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.batch.agree import Agreement
    from ima_nano_banana.batch.model import BatchQuote, Plan
    from ima_nano_banana.doors.batch_file import Checked, Order
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.engine.ports import Ports


def run(desk: Desk) -> int:
    """Check the whole file, quote it, ask, and make what is not made yet."""
    from ima_nano_banana.local import paths

    verb = order.text(desk.values, "file")
    if verb in batch_shared.VERBS:
        return batch_shared.manage(desk, verb)
    if order.text(desk.values, "id") is not None:
        raise UsageFault("flags.unexpected", word=order.text(desk.values, "id"))
    shared = batch_shared.use_store(desk)
    told = batch_file.order_of(desk)
    if shared and (idle := books.tell_of_idle_limits(desk)):
        told.notes["idle_limits"] = idle
    plan = batch_file.planned(desk, told, paths.state_root(desk.env))
    found = desk.with_ports(lambda ports: batch_file.checked(ports, told, plan, user=desk.user, shared=shared))
    if found.faults:
        return _refused(desk, found)
    if found.twin is not None:
        found = _of_twin(desk, found, told, plan, shared=shared)
    told = replace(told, batch_id=found.batch_id)
    quote = _quote(desk, found, told)
    if order.on(desk.values, "dry_run"):
        body: present.Json = {"quote": {**batch_report.quote_object(quote), "sandbox": desk.sandbox, **told.notes}}
        desk.reporter.close(None, body, batch_report.quote_text(quote, desk.reporter.language))
        return actions.DONE
    _consent(desk, quote, told)
    try:
        return _run(desk, found, told, quote, shared=shared)
    except (InterruptedFault, KeyboardInterrupt):
        # Points may be booked, by this run, by an earlier one or by other machines: the books know.
        return told_by_books(desk, found, told)


def _run(desk: Desk, found: Checked, told: Order, quote: BatchQuote, *, shared: bool) -> int:
    """Enter the batch into the books, and have its rows made."""
    agreement = desk.with_ports(lambda ports: _enter(ports, told, _terms(desk, found, told, quote)))
    if agreement.left is not None:
        desk.reporter.notice("batch.quote_short", left=agreement.left)
    if shared:
        batch_shared.submit(desk, found, told, agreement.batch)
        if order.on(desk.values, "detach"):
            return batch_shared.left_to_workers(desk, told, quote)
    return run_rows(desk, found, told)


async def _enter(ports: Ports, told: Order, terms: Terms) -> Agreement:
    agreement = await agree.enter(ports.ledger, terms)
    if told.names.told is None:
        await ports.ledger.batch_file_set(told.names.own, told.batch_id, told.names.path)
    return agreement


def _of_twin(desk: Desk, found: Checked, told: Order, plan: Plan, *, shared: bool) -> Checked:
    """Let somebody say whether rows that were paid for from another file are to be paid for once more.

    Raises:
        UsageFault: nobody is there to ask.
        InterruptedFault: the answer was neither.
    """
    twin = found.twin
    if twin is None:
        return found
    where = twin.paths[0] if twin.paths else twin.name
    if order.on(desk.values, "dry_run"):
        desk.reporter.notice("batch.twin", where=where, id=twin.batch_id)
        return found
    if not _somebody_is_there(desk):
        raise UsageFault("batch.twin", where=where, id=twin.batch_id)
    language = desk.reporter.language
    desk.reporter.printer.err(words.text("batch.twin", language, where=where, id=twin.batch_id))
    answer = _answer(desk, words.text("batch.ask_twin", language))
    if answer in words.text("batch.anew", language).split():
        return found
    if answer not in words.text("batch.continued", language).split():
        raise InterruptedFault("batch.declined")
    other = replace(told, names=Names(own=twin.batch_id, told=twin.batch_id))
    return desk.with_ports(lambda ports: batch_file.checked(ports, other, plan, user=desk.user, shared=shared))


def _somebody_is_there(desk: Desk) -> bool:
    stdin = sys.stdin
    human = desk.reporter.mode is Mode.HUMAN and desk.reporter.printer.err_is_terminal
    return human and stdin is not None and stdin.isatty()


def _answer(desk: Desk, question: str) -> str:
    desk.reporter.printer.ask(question)
    return sys.stdin.readline().strip().lower()


def _terms(desk: Desk, found: Checked, told: Order, quote: BatchQuote) -> Terms:
    return Terms(
        batch_id=told.batch_id,
        realm=desk.realm,
        user_id=desk.user,
        name=told.source,
        rows=len(found.plan.rows),
        spent=found.spent,
        dues=quote.by_user,
        max_credits=told.max_credits,
        concurrency=told.concurrency,
        rate=told.rate,
        created_at=time.time(),
    )


def _refused(desk: Desk, found: Checked) -> int:
    """Tell every fault of the file at once."""
    language = desk.reporter.language
    fault = UsageFault("batch.faults", count=len(found.faults))
    body: present.Json = {"faults": batch_report.fault_objects(found.faults, language)}
    if desk.reporter.mode is Mode.HUMAN:
        desk.reporter.printer.err(batch_report.fault_lines(found.faults, language))
        raise fault
    desk.reporter.close(fault, body, words.text(fault.code, language, **fault.told()))
    return fault.exit_code


def _quote(desk: Desk, found: Checked, told: Order) -> BatchQuote:
    """Price what is still to be paid for, and show it to a person."""
    from ima_nano_banana.batch import price

    due = batch_file.due(found, retry=order.on(desk.values, "retry_failed"), again=order.on(desk.values, "again"))
    quote = price.quote(due, found.prices, concurrency=told.concurrency, rate=told.rate)
    if desk.reporter.mode is Mode.HUMAN and not order.on(desk.values, "dry_run"):
        language = desk.reporter.language
        if len(due) < len(found.plan.rows):
            done, running = batch_file.before(found)
            desk.reporter.notice("batch.quote_before", done=done, running=running)
        desk.reporter.printer.err(batch_report.quote_text(quote, language))
    return quote


def _consent(desk: Desk, quote: BatchQuote, told: Order) -> None:
    """Go on only if somebody agreed to the price: at the prompt, with ``--yes``, or by naming a budget.

    Raises:
        UsageFault: nobody is there to ask.
        InterruptedFault: the answer was no.
    """
    if quote.credit == 0 or order.on(desk.values, "yes") or told.max_credits is not None:
        return
    if not _somebody_is_there(desk):
        raise UsageFault("batch.consent", credit=quote.credit)
    language = desk.reporter.language
    answer = _answer(desk, words.text("batch.ask", language, credit=quote.credit))
    if answer not in words.text("batch.agreed", language).split():
        raise InterruptedFault("batch.declined")


COMMAND = Command(
    name="batch",
    about="help.batch_",
    example="nano-banana batch prompts.csv --max-credits 200 --output-dir pictures",
    run=run,
    flags=flags_of("batch"),
    arguments=(Argument("file", required=True), Argument("id")),
    exit_codes=True,
)
