"""Reserve, create, and recover from a definite refusal: the only caller of ``service.create``.

The ledger's row is durable before the bytes leave. A create whose answer was lost is booked as uncertain
and never sent again. Only an explicit refusal, which proves that nothing was charged, is followed by a
further create, at most three in all and never dearer than the quote.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain import offers, reflection
from ima_nano_banana.domain.events import Adjusted, Created, Waiting
from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.engine.job import job_of, new_job
from ima_nano_banana.engine.notes import heard, noted
from ima_nano_banana.errors import BudgetFault, Fault, NetworkFault, TimeoutFault, UncertainFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import Emit, EnginePorts, How, Trace
    from ima_nano_banana.ledger.model import Ask

GRACE_SECONDS = 2.0
"""How long an interrupt waits for the answer of a create that is under way (interface, section 9)."""

SIBLING_LOOK_SECONDS = 0.2
WORTH_TELLING = 1.0
"""Seconds of waiting for somebody else before it is told."""
LATE_CLAIMS = 5


async def spend(
    ask: Ask,
    image_urls: tuple[str, ...],
    *,
    ports: EnginePorts,
    how: How,
    trace: Trace,
    emit: Emit,
    fresh: Callable[[], Awaitable[object]],
) -> Job:
    """Pay for the request, or join the run that already did.

    Args:
        ask: The request with its price and identity.
        image_urls: Public URLs of the input pictures.
        ports: Service, ledger, clock.
        how: ``keep_size`` and ``again`` matter here.
        trace: Told the moment from which points may be gone.
        emit: Receives ``Adjusted`` for every step down and ``Created`` once the id is durable.
        fresh: Fetches the product list anew.

    Raises:
        UncertainFault: the create's outcome is unknown.
        BudgetFault: a limit, or a refreshed price above the quote.
        Fault: any definite refusal; nothing was charged.
    """
    async with ports.creating:
        reservation = await _reserve(ask, ports, how, emit)
        if not isinstance(reservation, Reservation):
            return reservation
        payment = _Payment(ask, reservation, ports, trace)
        trace.item_id = reservation.item_id
        try:
            return await _until_created(payment, image_urls, how, emit, fresh)
        except BaseException as fault:
            if payment.queued:  # provably unsent: close the item, or the next run would wait for it
                await ports.ledger.refused(payment.reservation, fault if isinstance(fault, Fault) else None)
            raise


async def _until_created(
    payment: _Payment, image_urls: tuple[str, ...], how: How, emit: Emit, fresh: Callable[[], Awaitable[object]]
) -> Job:
    """Send, and after a definite refusal send what reflection allows; at most three creates."""
    ask = payment.ask
    job = new_job(payment.reservation.item_id, ask.request, ask.quote)
    quote, creates, refreshed = ask.quote, 0, False
    while True:
        creates += 1
        try:
            task_id = await payment.send(quote, image_urls)
        except Fault as fault:
            heard(fault, ask.request.prompt)
            if fault.charged != "no":
                raise
            step = reflection.after(fault, quote=quote, creates=creates, refreshed=refreshed, keep_size=how.keep_size)
            await payment.take_back(fault)
            if step is None:
                raise
        else:
            emit(Created(task_id=task_id))
            return replace(job, task_id=task_id, unbooked=payment.unbooked)
        if step.refresh:
            refreshed = True
            quote = _requote(await fresh(), ask, quote)
            job = job.repriced(quote)
        if step.quote is not None and step.adjustment is not None:
            quote = step.quote
            job = job.stepped(quote, step.adjustment)
            emit(Adjusted(adjustment=step.adjustment))
        await payment.claim(quote)


async def _reserve(ask: Ask, ports: EnginePorts, how: How, emit: Emit) -> Reservation | Job:
    """Reserve, or wait for a live process that is sending the same request at this moment.

    That process may be one that somebody has stopped, so the caller's patience holds here too.

    Raises:
        TimeoutFault: it is still sending. Nothing was sent by this run, but the other one may be paying.
    """
    since, told = ports.clock.monotonic(), False
    while True:
        standing = await ports.ledger.reserve(ask)
        if isinstance(standing, Reservation):
            return standing
        if standing.state == "open" and standing.item is not None:
            now = ports.clock.time()
            language, key = ask.request.language, ask.key_fingerprint
            return job_of(standing.item, language, now, ask.quote.offer.eet, key, replayed=standing.replayed)
        waited = ports.clock.monotonic() - since
        if standing.state == "sending" and waited >= how.timeout:
            raise TimeoutFault("timeout.sibling", phase="create", charged="unknown", seconds=round(waited))
        if not told and waited + standing.retry_after >= WORTH_TELLING:
            told = True
            emit(Waiting(why="sibling" if standing.state == "sending" else "pace"))
        await ports.clock.sleep(max(SIBLING_LOOK_SECONDS, standing.retry_after))


def _requote(data: object, ask: Ask, before: Quote) -> Quote:
    """Price what was quoted on the refreshed list; a higher price than was quoted is refused."""
    quote = offers.requote(data, ask.request, before)
    if quote.credit > ask.quote.credit:
        raise BudgetFault("budget.dearer", phase="create", quoted=ask.quote.credit, credit=quote.credit)
    return quote


class _Payment:
    """One item's creates. ``queued`` while the ledger holds it as provably unsent."""

    def __init__(self, ask: Ask, reservation: Reservation, ports: EnginePorts, trace: Trace) -> None:
        self.ask = ask
        self.reservation = reservation
        self.queued = False
        self.unbooked: Reservation | None = None
        self._ports = ports
        self._trace = trace

    async def take_back(self, fault: Fault) -> None:
        """Book that the create was provably not charged."""
        self.queued = True
        await self._ports.ledger.requeue(self.reservation, fault)

    async def claim(self, quote: Quote) -> None:
        """Make the next attempt of the same item durable, at the pace of its batch."""
        while True:
            try:
                self.reservation = await self._ports.ledger.further(self.reservation, quote)
            except NetworkFault as fault:
                if fault.retry_after is None:
                    raise
                await self._ports.clock.sleep(fault.retry_after)
            else:
                self.queued = False
                return

    async def send(self, quote: Quote, image_urls: tuple[str, ...]) -> str:
        """Send one create and book its outcome before anybody hears of it."""
        self._trace.phase = "create"
        sending = asyncio.ensure_future(self._send_and_book(quote, image_urls))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            await self._interrupted(sending)
            raise

    async def _send_and_book(self, quote: Quote, image_urls: tuple[str, ...]) -> str:
        task_id = await self._create(quote, image_urls)
        self._trace.task_id, self._trace.charged = task_id, "yes"
        if not await noted(self._ports.ledger.created(self.reservation, task_id)):
            self.unbooked = self.reservation
        return task_id

    async def _create(self, quote: Quote, image_urls: tuple[str, ...]) -> str:
        for late in range(LATE_CLAIMS + 1):
            self._trace.charged = "unknown"
            try:
                return await self._ports.service().create(self.reservation, quote, self.ask.request.prompt, image_urls)
            except Fault as fault:
                if fault.charged != "no":
                    await noted(self._ports.ledger.uncertain(self.reservation, fault))
                    raise
                self._trace.charged = "no"
                if fault.code != "network.claimed_too_late" or late == LATE_CLAIMS:
                    raise
                await self.take_back(fault)
                await self.claim(quote)
            except Exception:
                # A defect of ours after the row was written: whether bytes left is not known.
                await noted(self._ports.ledger.uncertain(self.reservation))
                raise
        raise AssertionError("the last late claim raises")

    async def _interrupted(self, sending: asyncio.Future[str]) -> None:
        """Wait a moment for the answer that is on its way; what is still open then is uncertain."""
        try:
            await asyncio.wait({sending}, timeout=GRACE_SECONDS)
        finally:
            if sending.cancel() or sending.cancelled():  # by us, or with all else when the loop is torn down
                fault = UncertainFault("uncertain.interrupted", phase="create", charged="unknown")
                await noted(self._ports.ledger.uncertain(self.reservation, fault))
            elif isinstance(error := sending.exception(), Fault) and error.charged == "no":
                self._trace.charged = "no"
                await self.take_back(error)
