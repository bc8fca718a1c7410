"""The run of a batch behind the door: the engine's room below, files and words on this side."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.batch import sheet
from ima_nano_banana.batch.outcome import by_books
from ima_nano_banana.batch.results import NAME as RESULTS
from ima_nano_banana.batch.results import Results
from ima_nano_banana.batch.runner import Listener, Options, Runner
from ima_nano_banana.doors import batch_report, books, order, present
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.doors.resume import OF_COMMAND, command_line, resume_command
from ima_nano_banana.errors import Fault, InterruptedFault, PartialFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ima_nano_banana.batch.model import Outcome, Row, Summary
    from ima_nano_banana.doors.batch_file import Checked, Order
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.errors import Charged

THUMBNAIL_PATIENCE = 120.0
_HURRIED = 1.0


def run_rows(desk: Desk, found: Checked, told: Order) -> int:
    """Make what is due, tell how it went, and return the exit code."""
    from ima_nano_banana.pictures import place

    place.ready_folder(told.folder)
    run = desk.with_ports(lambda ports: _Run(desk, found, told, ports).run())
    return _closed(desk, told, run)


def told_by_books(desk: Desk, found: Checked, told: Order) -> int:
    """Tell how a batch stands that was interrupted where its run could not tell it, and return the exit code."""
    with books.ledger(desk) as ledger:
        items = {str(item.row_id): item for item in ledger.batch_items(told.batch_id)}
        summary = by_books(found.plan.rows, items, ledger.batch(told.batch_id))
    results, page = told.folder / RESULTS, told.folder / sheet.NAME
    ran = _Ran(
        summary=summary,
        results=results if results.is_file() else None,
        sheet=page if page.is_file() else None,
        interrupted=True,
    )
    return _closed(desk, told, ran)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    summary: Summary
    results: Path | None
    sheet: Path | None
    interrupted: bool


@dataclass(slots=True)
class _Run:
    """One run: the runner, the two files that it leaves, and what is said meanwhile."""

    desk: Desk
    found: Checked
    told: Order
    ports: Ports
    teller: batch_report.Teller = field(init=False)
    command: Callable[[Fault], str | None] = field(init=False)
    _small: asyncio.Queue[tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.teller = batch_report.Teller(self.desk.reporter, sandbox=self.desk.sandbox)
        values = {**self.desk.values, "output_dir": str(self.told.folder)}
        self.command = resume_command(OF_COMMAND, lambda: values)
        self._small = asyncio.Queue()

    async def run(self) -> _Ran:
        """Run until all rows have an outcome, or until somebody stops it."""
        interrupted = False
        with Results(self.told.folder) as results:
            runner = self._runner(results)
            shrinking = asyncio.create_task(self._shrink())
            telling = asyncio.create_task(self._tell(runner, results))
            try:
                summary = await runner.run()
            except asyncio.CancelledError:
                interrupted = True
                summary = await runner.settled()
            finally:
                telling.cancel()
                self.teller.clear()
            await self._shrunk(shrinking, _HURRIED if interrupted else THUMBNAIL_PATIENCE)
        return _Ran(
            summary=summary,
            results=results.path,
            sheet=self._sheet(runner, summary),
            interrupted=interrupted,
        )

    def _runner(self, results: Results) -> Runner:
        values = self.desk.values

        def ended(row: Row, outcome: Outcome) -> None:
            command = self.command(outcome.fault) if outcome.fault is not None else None
            body = batch_report.row_object(row, outcome, sandbox=self.desk.sandbox, resume_command=command)
            results.add(body)
            self.teller.ended(row, outcome, body)
            if outcome.result is not None and outcome.result.files:
                self._small.put_nowait(outcome.result.files)

        return Runner(
            self.found.plan.rows,
            self.found.prices,
            self.found.items,
            ports=self.ports,
            options=Options(
                batch_id=self.told.batch_id,
                folder=self.told.folder,
                concurrency=self.told.concurrency,
                how=order.how_of({**values, "max_credits": None}),
                retry_failed=order.on(values, "retry_failed"),
            ),
            listener=Listener(event=self.teller.event, ended=ended, defect=_defect, frozen=self.teller.frozen),
            lists=self.found.lists,
        )

    async def _tell(self, runner: Runner, results: Results) -> None:
        """Put the file of results in place once it holds the past, and tell how things stand."""
        await asyncio.sleep(0)
        results.place()
        while True:
            self.teller.progress(await runner.summary())
            await asyncio.sleep(self.teller.every)

    async def _shrink(self) -> None:
        """Make small copies one after another, beside the work that waits for the network."""
        while True:
            files = await self._small.get()
            await asyncio.to_thread(sheet.make_thumbnails, self.told.folder, files)
            self._small.task_done()

    async def _shrunk(self, shrinking: asyncio.Task[None], patience: float) -> None:
        # Whoever stops the run now cuts no row: the batch has ended as it has, and its small copies can wait.
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._small.join(), patience)
        shrinking.cancel()

    def _sheet(self, runner: Runner, summary: Summary) -> Path | None:
        language = self.desk.reporter.language
        cards = [
            sheet.Card(row, outcome, batch_report.why(outcome, language))
            for row in self.found.plan.rows
            if (outcome := runner.outcomes.get(row.id)) is not None
        ]
        try:
            return sheet.write(
                self.told.folder,
                cards,
                summary,
                title=self.told.source,
                language=language,
                sandbox=self.desk.sandbox,
            )
        except OSError:
            return None


def _defect(error: BaseException) -> Fault:
    from ima_nano_banana.doors.run import defect

    return defect(error, None)


def _closed(desk: Desk, told: Order, ran: _Ran) -> int:
    """Say how the batch ended; 0 only if every row is done."""
    language, summary = desk.reporter.language, ran.summary
    body: present.Json = {
        "batch": {
            **batch_report.summary_object(summary, desk.reporter.language),
            "id": told.batch_id,
            "results": str(ran.results) if ran.results is not None else None,
            "sheet": str(ran.sheet) if ran.sheet is not None else None,
            "stopped": None if summary.stopped is None else summary.stopped.kind,
            **told.notes,
        }
    }
    lines = [batch_report.summary_text(summary, language)]
    if summary.complete:
        lines.insert(0, words.text("batch.all_done", language, rows=summary.rows))
    if summary.stopped is not None:
        reason = words.text(summary.stopped.code, language, **summary.stopped.params)
        lines.append(words.text("batch.stopped", language, reason=reason))
    if ran.results is not None:
        lines.append(words.text("batch.results", language, path=ran.results))
    if ran.sheet is not None:
        lines.append(words.text("batch.sheet", language, path=ran.sheet))
    fault = _fault(desk, ran)
    desk.reporter.close(fault, body, "\n".join(lines))
    return 0 if fault is None else fault.exit_code


def _fault(desk: Desk, ran: _Ran) -> Fault | None:
    states = ran.summary.states
    if ran.interrupted:
        return InterruptedFault("batch.interrupted", charged=_charged(ran.summary), command=_again(desk))
    if ran.summary.complete:
        return None
    return PartialFault(
        "batch.not_all",
        phase="poll",
        charged=_charged(ran.summary),
        retryable=True,
        rows=ran.summary.rows,
        failed=states.get("failed", 0) + states.get("partial", 0),
        done=states.get("done", 0),
        uncertain=states.get("uncertain", 0),
        running=states.get("running", 0),
        waiting=states.get("waiting", 0),
    )


def _charged(summary: Summary) -> Charged:
    if summary.states.get("uncertain"):
        return "unknown"
    return "yes" if summary.committed else "no"


def _again(desk: Desk) -> str:
    """Return the command that continues, without the key."""
    typed = ["nano-banana", "batch", order.text(desk.values, "file") or order.STDIN]
    for flag in flags_of("batch"):
        value = order.text(desk.values, flag.dest)
        if flag.name == "--api-key":
            continue
        if flag.kind == "switch":
            typed += [flag.name] if order.on(desk.values, flag.dest) else []
        elif value is not None:
            typed += [flag.name, value]
        typed += [part for one in order.many(desk.values, flag.dest) for part in (flag.name, one)]
    return command_line(typed)
