"""A batch from the offer to its end, the same way through every door: agree, share, run, say what the end means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ima_nano_banana.batch import agree, outcome, paper
from ima_nano_banana.batch.agree import Terms
from ima_nano_banana.batch.runner import Listener, Options, Runner
from ima_nano_banana.engine.ports import Ports
from ima_nano_banana.errors import Fault, InternalFault, InterruptedFault, PartialFault
from ima_nano_banana.ledger import Batch
from ima_nano_banana.local import logs
from ima_nano_banana.pictures import place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ima_nano_banana.batch.model import Outcome, Row, Summary
    from ima_nano_banana.batch.offer import BatchOffer
    from ima_nano_banana.batch.paper import Paper
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.errors import Charged
    from ima_nano_banana.ledger import Ledger

    class Voice(Protocol):
        """Who is told how a batch goes."""

        every: float
        """Seconds between two words on how it all stands."""

        def short(self, left: int) -> None:
            """Hear that no more than ``left`` points may be spent, which is less than the quote."""

        def begins(self) -> Paper | None:
            """Return the files that the run is to leave beside its pictures, if any."""

        def event(self, row: Row, event: Event) -> None:
            """Hear an event of a row."""

        def ended(self, row: Row, outcome: Outcome) -> None:
            """Hear how a row ended."""

        def frozen(self, fault: Fault | None) -> None:
            """Hear that a freeze keeps rows from beginning, or (``None``) that it has ended."""

        def progress(self, summary: Summary) -> None:
            """Hear how it all stands."""

        def silent(self) -> None:
            """Hear that the rows say no more."""


Share = Callable[[Ports, "BatchOffer", Batch], Awaitable[None]]
"""Puts a batch where other machines find it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run of a batch ended.

    Attributes:
        summary: How the rows stand.
        outcomes: How each row stands that has ended, by its id.
        results: The file with a line for each row.
        sheet: The page that shows them.
        interrupted: Somebody stopped it.
        lost: Why lines are missing in the file.
    """

    summary: Summary
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    results: Path | None = None
    sheet: Path | None = None
    interrupted: bool = False
    lost: Fault | None = None

    @property
    def charged(self) -> Charged:
        """Return whether points were taken, over all runs of the batch."""
        if self.summary.states.get("uncertain"):
            return "unknown"
        return "yes" if self.summary.committed else "no"

    def fault(self, again: str = "") -> Fault | None:
        """Return what the end means: nothing is wrong only if every row is done.

        Args:
            again: What a person does to continue.
        """
        states = self.summary.states
        if self.interrupted:
            return InterruptedFault("batch.interrupted", charged=self.charged, command=again)
        if self.lost is not None:
            return self.lost.moved(charged=self.charged)
        if self.summary.complete:
            return None
        return PartialFault(
            "batch.not_all",
            phase="poll",
            charged=self.charged,
            retryable=True,
            rows=self.summary.rows,
            failed=states.get("failed", 0) + states.get("partial", 0),
            done=states.get("done", 0),
            uncertain=states.get("uncertain", 0),
            running=states.get("running", 0),
            waiting=states.get("waiting", 0),
        )


async def run(
    ports: Ports,
    offer: BatchOffer,
    voice: Voice,
    *,
    yes: bool = False,
    share: Share | None = None,
    detach: bool = False,
) -> Ended | None:
    """Make what is due, and say how it went; ``None`` if it was left to other machines.

    Args:
        ports: The engine's outside world.
        offer: What was quoted.
        voice: Who is told.
        yes: Somebody agreed to the quote.
        share: Puts it where other machines find it.
        detach: Leave it to them.

    Raises:
        UsageFault: the offer has faults, or nobody agreed to it.
        StorageFault: the books can't be written.
    """
    offer.check(yes=yes)
    batch = await _entered(ports, offer, voice)
    if share is not None:
        await share(ports, offer, batch)
        if detach:
            return None
    place.ready_folder(offer.folder)
    return await _made(ports, offer, voice)


async def _entered(ports: Ports, offer: BatchOffer, voice: Voice) -> Batch:
    """Write the batch with its budget into the books."""
    agreement = await agree.enter(ports.ledger, _terms(ports, offer))
    if offer.names.told is None:
        await ports.ledger.batch_file_set(offer.names.own, offer.batch_id, offer.names.path)
    if agreement.left is not None:
        voice.short(agreement.left)
    return agreement.batch


def _terms(ports: Ports, offer: BatchOffer) -> Terms:
    order = offer.order
    return Terms(
        batch_id=offer.batch_id,
        realm=ports.realm,
        user_id=order.defaults.user_id,
        name=order.title,
        rows=len(offer.rows),
        spent=offer.spent,
        dues=offer.quote.by_user,
        max_credits=order.max_credits,
        concurrency=order.concurrency,
        rate=order.rate,
        created_at=ports.clock.time(),
    )


async def _made(ports: Ports, offer: BatchOffer, voice: Voice) -> Ended:
    """Run until all rows have an outcome, or until somebody stops it."""
    files = voice.begins()
    runner = _runner(ports, offer, voice)
    if files is None:
        summary, interrupted = await _ran(runner, voice, None)
        return Ended(summary=summary, outcomes=runner.outcomes, interrupted=interrupted)
    with files:
        summary, interrupted = await _ran(runner, voice, files)
        await files.finished(hurried=interrupted)
    return Ended(
        summary=summary,
        outcomes=runner.outcomes,
        results=paper.left_in(offer.folder)[0],
        sheet=files.sheet(offer.rows, runner.outcomes, summary),
        interrupted=interrupted,
        lost=files.lost,
    )


def _runner(ports: Ports, offer: BatchOffer, voice: Voice) -> Runner:
    order = offer.order
    return Runner(
        offer.rows,
        offer.prices,
        offer.items,
        ports=ports,
        options=Options(
            batch_id=offer.batch_id,
            folder=offer.folder,
            concurrency=order.concurrency,
            how=replace(order.how, max_credits=None),
            retry_failed=order.retry_failed,
        ),
        listener=Listener(event=voice.event, ended=voice.ended, defect=_defect, frozen=voice.frozen),
        lists=offer.lists,
    )


async def _ran(runner: Runner, voice: Voice, files: Paper | None) -> tuple[Summary, bool]:
    telling = asyncio.create_task(_tell(runner, voice, files))
    try:
        return await runner.run(), False
    except asyncio.CancelledError:
        return await runner.settled(), True
    finally:
        telling.cancel()
        voice.silent()


async def _tell(runner: Runner, voice: Voice, files: Paper | None) -> None:
    """Put the file of results in place once it holds the past, and tell how things stand."""
    await asyncio.sleep(0)
    try:
        if files is not None:
            files.place()
    except Fault as fault:
        runner.stop(fault)
    while True:
        voice.progress(await runner.summary())
        await asyncio.sleep(voice.every)


def _defect(error: BaseException) -> Fault:
    return InternalFault("internal.defect", report=logs.report(error))


def by_books(ledger: Ledger, offer: BatchOffer) -> Ended:
    """Return how a batch stands that was interrupted where its run could not tell it: points may be booked by this
    run, by an earlier one or by other machines.
    """
    items = {str(item.row_id): item for item in ledger.batch_items(offer.batch_id)}
    summary = outcome.by_books(offer.rows, items, ledger.batch(offer.batch_id))
    results, page = paper.left_in(offer.folder)
    return Ended(summary=summary, results=results, sheet=page, interrupted=True)
