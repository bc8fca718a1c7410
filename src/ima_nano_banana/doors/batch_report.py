"""How a batch is told: its faults, its quote, its progress and its end. The last rooms before the printer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.batch import sheet
from ima_nano_banana.domain.events import Acknowledged, Created, Failed, Interrupted, Succeeded
from ima_nano_banana.doors import messages, present, streams
from ima_nano_banana.doors.books import local_time, moment
from ima_nano_banana.doors.printer import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ima_nano_banana.batch.model import BatchQuote, LineFault, Outcome, Row, Summary
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.doors.streams import Reporter
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.words import Language

STATES = ("done", "partial", "failed", "uncertain", "running", "waiting")
_PUSH_TERMINAL, _PUSH_PIPE = 1.0, 10.0


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
    if summary.speed:
        parts.append(words.text("batch.speed", language, speed=f"{summary.speed * 60:.1f}"))
    if summary.remaining is not None and summary.states.get("running", 0) + summary.states.get("waiting", 0):
        parts.append(words.text("batch.remaining", language, time=span(summary.remaining, language)))
    parts += [words.text(f"batch.held_{kind}", language, until=local_time(at)) for kind, at in summary.held.items()]
    return " · ".join(parts)


def row_object(row: Row, outcome: Outcome, *, sandbox: bool, resume_command: str | None) -> present.Json:
    """Return one line of ``results.jsonl``: the result, the error, or both for a partial one."""
    language = row.request.language
    body: present.Json = {"row": row.id, "line": row.line, "state": outcome.state}
    if outcome.fault is not None:
        fault = outcome.fault
        return body | present.failure(fault, language, sandbox=sandbox, resume_command=resume_command)
    return body | (present.result(outcome.result, language) if outcome.result is not None else {})


def why(outcome: Outcome, language: Language) -> Sequence[str]:
    """Return reason and advice where a row is not done."""
    if outcome.fault is None:
        return ()
    return (messages.reason(outcome.fault, language), messages.suggestion(outcome.fault, language))


class Teller:
    """Says what happens to the rows while the batch runs."""

    def __init__(self, reporter: Reporter, *, sandbox: bool) -> None:
        self._reporter = reporter
        self._sandbox = sandbox
        self._began: dict[str, float] = {}
        self._in_place = False
        self.every = _PUSH_TERMINAL if reporter.printer.err_is_terminal else _PUSH_PIPE

    def event(self, row: Row, event: Event) -> None:
        """Stream an event of a row; its last one comes with its outcome."""
        if self._reporter.mode is not streams.Mode.EVENTS or isinstance(
            event, (Succeeded, Failed, Interrupted, Created)
        ):
            return
        if isinstance(event, Acknowledged):
            if row.id in self._began:
                return
            self._began[row.id] = time.monotonic()
        name = streams.NAMES[type(event)]
        elapsed = self._elapsed(row)
        message = messages.of(event, row.request.language, elapsed)
        self._line(row, name, message, streams.present_event(event, row.request.language))

    def ended(self, row: Row, outcome: Outcome, body: present.Json) -> None:
        """Tell how a row ended: programs every one, people those that need them."""
        language = row.request.language
        if self._reporter.mode is streams.Mode.EVENTS:
            told = {name: value for name, value in body.items() if name not in ("row", "line", "state", "error")}
            carried = ({"result": told} if told else {}) | ({"error": body["error"]} if "error" in body else {})
            if outcome.fault is None and outcome.result is not None:
                self._line(row, "succeeded", messages.succeeded(outcome.result, language), carried)
            elif outcome.fault is not None:
                self._line(row, "failed", messages.failed(outcome.fault, language), carried)
        elif self._reporter.mode is streams.Mode.HUMAN and outcome.fault is not None:
            reason = messages.reason(outcome.fault, self._reporter.language)
            self.line(words.text("batch.row_event", self._reporter.language, row=row.id, message=reason))

    def progress(self, summary: Summary) -> None:
        """Tell how the batch stands."""
        language = self._reporter.language
        text = summary_text(summary, language)
        if self._reporter.mode is streams.Mode.EVENTS:
            self._reporter.printer.json(
                {
                    "event": "batch",
                    "message": text,
                    "language": language,
                    "elapsed_seconds": present.seconds(summary.elapsed),
                    "batch": summary_object(summary, language),
                }
                | ({"sandbox": True} if self._sandbox else {})
            )
        elif self._reporter.mode is streams.Mode.HUMAN:
            if self._reporter.printer.err_is_terminal:
                self._draw(text)
            else:
                self._reporter.printer.err(text)

    def frozen(self, fault: Fault | None) -> None:
        """Say that the batch waits for a freeze to end, or that it goes on; programs read it in the next event."""
        if self._reporter.mode is streams.Mode.HUMAN:
            key = "batch.freeze_ends" if fault is None else "batch.freeze_begins"
            reason = None if fault is None else fault.params.get("reason")
            self.line(words.text(key, self._reporter.language, reason=reason))

    def line(self, text: str) -> None:
        """Print a line beside the one that is drawn in place."""
        self.clear()
        self._reporter.printer.err(text)

    def clear(self) -> None:
        """Take the line that is drawn in place away."""
        if self._in_place:
            self._draw("")
            self._in_place = False

    def _draw(self, text: str) -> None:
        from ima_nano_banana.doors.human import shorten

        stream = self._reporter.printer.error_stream
        if stream is None:
            return
        import shutil

        try:
            stream.write("\r\x1b[2K" + visible(shorten(text, max(20, shutil.get_terminal_size().columns - 1))))
            stream.flush()
        except (OSError, ValueError):
            return
        self._in_place = True

    def _elapsed(self, row: Row) -> float:
        began = self._began.setdefault(row.id, time.monotonic())
        return present.seconds(time.monotonic() - began)

    def _line(self, row: Row, name: str, message: str, carried: present.Json) -> None:
        self._reporter.printer.json(
            {
                "event": name,
                "row": row.id,
                "message": message,
                "language": row.request.language,
                "elapsed_seconds": self._elapsed(row),
                **carried,
            }
            | ({"sandbox": True} if self._sandbox else {})
        )
