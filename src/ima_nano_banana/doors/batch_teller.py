"""A batch while it runs, as a person or a program is told of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.batch.paper import Paper
from ima_nano_banana.domain.events import Acknowledged, Created, Failed, Interrupted, Succeeded
from ima_nano_banana.doors import batch_report, messages, present, streams
from ima_nano_banana.doors.printer import visible
from ima_nano_banana.doors.resume import OF_COMMAND, resume_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.batch.model import Outcome, Row, Summary
    from ima_nano_banana.batch.offer import BatchOffer
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.errors import Fault

_PUSH_TERMINAL, _PUSH_PIPE = 1.0, 10.0


class Teller:
    """Says what happens to the rows while the batch runs, and leaves the files that tell of it."""

    def __init__(self, session: Session, offer: BatchOffer) -> None:
        self._reporter = session.reporter
        self._sandbox = session.sandbox
        self._offer = offer
        self._began: dict[str, float] = {}
        self._in_place = False
        self._paper: Paper | None = None
        values = {**session.values, "output_dir": str(offer.folder)}
        self._command = resume_command(OF_COMMAND, lambda: values)
        self.every = _PUSH_TERMINAL if session.reporter.printer.err_is_terminal else _PUSH_PIPE

    def begins(self) -> Paper:
        """Open the files that the run leaves beside its pictures."""
        language = self._reporter.language
        self._paper = Paper(
            self._offer.folder,
            title=self._offer.order.title,
            language=language,
            sandbox=self._sandbox,
            why=lambda outcome: batch_report.why(outcome, language),
        )
        return self._paper

    def _body(self, row: Row, outcome: Outcome) -> present.Json:
        command = self._command(outcome.fault) if outcome.fault is not None else None
        return batch_report.row_object(row, outcome, sandbox=self._sandbox, resume_command=command)

    def short(self, left: int) -> None:
        """Say that less may be spent than was quoted."""
        self._reporter.notice("batch.quote_short", left=left)

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

    def ended(self, row: Row, outcome: Outcome) -> None:
        """Write down how a row ended, and tell it: programs every one, people those that need them."""
        body = self._body(row, outcome)
        try:
            if self._paper is not None:
                self._paper.ended(outcome, body)
        finally:
            self._tell(row, outcome, body)

    def _tell(self, row: Row, outcome: Outcome, body: Mapping[str, object]) -> None:
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
        text = batch_report.summary_text(summary, language)
        if self._reporter.mode is streams.Mode.EVENTS:
            self._reporter.printer.json(
                {
                    "event": "batch",
                    "message": text,
                    "language": language,
                    "elapsed_seconds": present.seconds(summary.elapsed),
                    "batch": batch_report.summary_object(summary, language),
                }
                | ({"sandbox": True} if self._sandbox else {})
            )
        elif self._reporter.mode is streams.Mode.HUMAN and not self._reporter.quiet:
            if self._reporter.printer.err_is_terminal:
                self._draw(text)
            else:
                self._reporter.printer.err(text)

    def frozen(self, fault: Fault | None) -> None:
        """Say that the batch waits for a freeze to end, or that it goes on; a stream has it in the next event.

        With one object as its only output a batch would else wait for hours without a word.
        """
        if self._reporter.mode is not streams.Mode.EVENTS:
            key = "batch.freeze_ends" if fault is None else "batch.freeze_begins"
            reason = None if fault is None else fault.params.get("reason")
            self.line(words.text(key, self._reporter.language, reason=reason))

    def line(self, text: str) -> None:
        """Print a line beside the one that is drawn in place."""
        self.clear()
        self._reporter.printer.err(text)

    def silent(self) -> None:
        """Leave the terminal as the last word wants it."""
        self.clear()

    def clear(self) -> None:
        """Take the line that is drawn in place away."""
        if self._in_place:
            self._draw("")
            self._in_place = False

    def _draw(self, text: str) -> None:
        from ima_nano_banana.doors.layout import shorten

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
