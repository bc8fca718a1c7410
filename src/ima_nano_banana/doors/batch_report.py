"""How a batch is told: its faults, its quote, its progress and its end. The last rooms before the printer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.batch import sheet
from ima_nano_banana.doors import actions, approving, messages, order, present
from ima_nano_banana.doors.books import local_time, moment
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.doors.resume import command_line
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ima_nano_banana.batch.model import BatchQuote, LineFault, Outcome, Row, Summary
    from ima_nano_banana.batch.offer import BatchOffer
    from ima_nano_banana.batch.session import Ended
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.words import Language

STATES = ("done", "partial", "failed", "uncertain", "running", "waiting")


def refuse(session: Session, faults: Sequence[LineFault]) -> int:
    """Tell every fault of the file at once."""
    language = session.reporter.language
    fault = UsageFault("batch.faults", count=len(faults))
    body: present.Json = {"faults": fault_objects(faults, language)}
    if session.reporter.mode is Mode.HUMAN:
        session.reporter.printer.err(fault_lines(faults, language))
        raise fault
    session.reporter.close(fault, body, words.text(fault.code, language, **fault.told()))
    return fault.exit_code


def quoted(session: Session, offer: BatchOffer, notes: present.Json) -> int:
    """Give the quote as the answer."""
    body: present.Json = {"quote": {**quote_object(offer.quote), "sandbox": session.sandbox, **notes}}
    session.reporter.close(None, body, quote_text(offer.quote, session.reporter.language))
    return actions.DONE


def tell_quote(session: Session, offer: BatchOffer) -> None:
    """Show the quote to a person before it is agreed to."""
    if session.reporter.mode is not Mode.HUMAN:
        return
    if offer.quote.rows < len(offer.rows):
        session.reporter.notice("batch.quote_before", done=offer.done_before, running=offer.under_way)
    session.reporter.printer.err(quote_text(offer.quote, session.reporter.language))


def left_to_workers(session: Session, offer: BatchOffer, notes: present.Json) -> int:
    """Say under which name the batch can be asked after."""
    quote = offer.quote
    batch = {"id": offer.batch_id, "rows": quote.rows, "credit": quote.credit, "detached": True}
    told = words.text("cluster.detached", session.reporter.language, id=offer.batch_id)
    session.reporter.answer({"batch": batch | notes}, told)
    return actions.DONE


def close(session: Session, offer: BatchOffer, ended: Ended, notes: present.Json) -> int:
    """Say how the batch ended; 0 only if every row is done."""
    language, summary = session.reporter.language, ended.summary
    body: present.Json = {
        "batch": {
            **summary_object(summary, language),
            "id": offer.batch_id,
            "results": str(ended.results) if ended.results is not None else None,
            "sheet": str(ended.sheet) if ended.sheet is not None else None,
            "stopped": None if summary.stopped is None else summary.stopped.kind,
            **notes,
        }
    }
    fault = ended.fault(_again(session))
    session.reporter.close(fault, body, "\n".join(_ending(ended, language)))
    return 0 if fault is None else fault.exit_code


def _ending(ended: Ended, language: Language) -> list[str]:
    summary = ended.summary
    lines = [summary_text(summary, language)]
    if summary.complete:
        lines.insert(0, words.text("batch.all_done", language, rows=summary.rows))
    if summary.stopped is not None:
        reason = words.text(summary.stopped.code, language, **summary.stopped.told())
        lines.append(words.text("batch.stopped", language, reason=reason))
    if ended.results is not None:
        lines.append(words.text("batch.results", language, path=ended.results))
    if ended.sheet is not None:
        lines.append(words.text("batch.sheet", language, path=ended.sheet))
    return lines


def _again(session: Session) -> str:
    """Return the command that continues, without the key."""
    typed = ["nano-banana", "batch", order.text(session.values, "file") or order.STDIN]
    for flag in flags_of("batch"):
        value = order.text(session.values, flag.dest)
        if flag.name == "--api-key":
            continue
        if flag.kind == "switch":
            typed += [flag.name] if order.on(session.values, flag.dest) else []
        elif value is not None:
            typed += [flag.name, value]
        typed += [part for one in order.many(session.values, flag.dest) for part in (flag.name, one)]
    return command_line(typed)


def fault_objects(faults: Iterable[LineFault], language: Language) -> list[present.Json]:
    """Return every fault of a file with its line, for programs."""
    return [
        {
            "line": one.line,
            "row": one.row,
            "message": messages.reason(one.fault, language),
            "suggestion": messages.suggestion(one.fault, language),
        }
        for one in faults
    ]


def fault_lines(faults: Iterable[LineFault], language: Language) -> str:
    """Return every fault of a file with its line, for people."""
    lines = []
    for one in faults:
        reason = messages.reason(one.fault, language)
        key = "batch.fault_line" if one.row is None else "batch.fault_row"
        params = {"line": one.line, "reason": reason} | ({"row": one.row} if one.row is not None else {})
        lines.append(words.text(key, language, **params))
        lines.append(f"  {messages.suggestion(one.fault, language)}")
    return "\n".join(lines)


def quote_object(quote: BatchQuote) -> present.Json:
    """Return the quote of a batch, for programs."""
    return {
        "rows": quote.rows,
        "pictures": quote.pictures,
        "credit": quote.credit,
        "seconds": round(quote.seconds),
        "lines": [
            {
                "model_id": line.model_id,
                "model_name": line.model_name,
                "size": line.size,
                "rows": line.rows,
                "pictures": line.pictures,
                "credit_each": line.credit_each,
                "credit": line.credit,
            }
            for line in quote.lines
        ],
    }


def quote_text(quote: BatchQuote, language: Language) -> str:
    """Return the quote of a batch, for people."""
    lines = [
        words.text(
            "batch.quote_line",
            language,
            model=line.model_name,
            size=line.size,
            rows=line.rows,
            pictures=line.pictures,
            each=line.credit_each,
            credit=line.credit,
        )
        for line in quote.lines
    ]
    total = words.text(
        "batch.quote_total",
        language,
        rows=quote.rows,
        pictures=quote.pictures,
        credit=quote.credit,
        time=span(quote.seconds, language),
    )
    return "\n".join((*lines, total))


def span(seconds: float, language: Language) -> str:
    """Return a length of time as people say it."""
    for key, unit in (("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= unit * 2:
            return words.text(f"batch.{key}", language, count=round(seconds / unit))
    return words.text("batch.seconds", language, count=max(0, round(seconds)))


def summary_object(summary: Summary, language: Language) -> present.Json:
    """Return how a batch stands, for programs."""
    return {
        "rows": summary.rows,
        **{state: summary.states.get(state, 0) for state in STATES},  # type: ignore[call-overload]
        "credit": summary.committed,
        "credit_left": summary.left,
        "frozen": None if summary.frozen is None else messages.reason(summary.frozen, language),
        "rows_per_minute": round(summary.speed * 60, 1),
        "seconds_left": None if summary.remaining is None else round(summary.remaining),
        "held_until": {kind: moment(at) for kind, at in summary.held.items()},
    }


def summary_text(summary: Summary, language: Language) -> str:
    """Return how a batch stands, in one line."""
    parts = [sheet.counts(summary, language)]
    if summary.frozen is not None:
        parts.insert(0, words.text("batch.frozen", language, reason=summary.frozen.params.get("reason")))
    if summary.left is not None:
        parts.append(words.text("batch.left", language, credit=summary.left))
    ended = any(summary.states.get(state) for state in ("done", "partial", "failed", "uncertain"))
    if summary.speed and ended:  # of rows that were only put back, a pace says nothing
        parts.append(words.text("batch.speed", language, speed=f"{summary.speed * 60:.1f}"))
    if summary.remaining is not None and ended and summary.states.get("running", 0) + summary.states.get("waiting", 0):
        parts.append(words.text("batch.remaining", language, time=span(summary.remaining, language)))
    parts += [words.text(f"batch.held_{kind}", language, until=local_time(at)) for kind, at in summary.held.items()]
    return " · ".join(parts)


def row_object(row: Row, outcome: Outcome, *, sandbox: bool, resume_command: str | None) -> present.Json:
    """Return one line of ``results.jsonl``: the result, the error, or both for a partial one."""
    language = row.request.language
    body: present.Json = {"row": row.id, "line": row.line, "state": outcome.state}
    if outcome.fault is not None:
        fault = outcome.fault
        return body | present.failure(
            fault,
            language,
            sandbox=sandbox,
            resume_command=resume_command,
            approve_command=approving.of_fault(fault, sandbox=sandbox),
        )
    return body | (present.result(outcome.result, language) if outcome.result is not None else {})


def why(outcome: Outcome, language: Language) -> Sequence[str]:
    """Return reason and advice where a row is not done."""
    if outcome.fault is None:
        return ()
    return (messages.reason(outcome.fault, language), messages.suggestion(outcome.fault, language))
