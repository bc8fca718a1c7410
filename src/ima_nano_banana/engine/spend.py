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
from ima_nano_banana.domain.events import Adjusted, Created
from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.engine.job import job_of, new_job
from ima_nano_banana.errors import BudgetFault, Fault, NetworkFault, UncertainFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ima_nano_banana.domain.model import Quote, Request
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import Emit, How, Ports, Trace
    from ima_nano_banana.ledger.model import Ask

GRACE_SECONDS = 2.0
"""How long an interrupt waits for the answer of a create that is under way (interface, section 9)."""

SIBLING_LOOK_SECONDS = 0.2
LATE_CLAIMS = 5


async def spend(
    ask: Ask,
    image_urls: tuple[str, ...],
    ports: Ports,
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
    reservation = await _reserve(ask, ports)
    if not isinstance(reservation, Reservation):
        return reservation
    payment = _Payment(ask, reservation, ports, trace, emit)
    job = new_job(reservation.item_id, ask.request, ask.quote)
    quote, creates, refreshed = ask.quote, 0, False
    while True:
        creates += 1
        try:
            task_id = await payment.send(quote, image_urls)
        except Fault as fault:
            if fault.charged != "no":
                raise
            step = reflection.after(fault, quote=quote, creates=creates, refreshed=refreshed, keep_size=how.keep_size)
            if step is None:
                await ports.ledger.refused(payment.reservation, fault)
                raise
            await ports.ledger.requeue(payment.reservation, fault)
        else:
            emit(Created(task_id=task_id))
            return replace(job, task_id=task_id)
        try:
            if step.refresh:
                refreshed = True
                quote = _requote(await fresh(), ask, quote)
            if step.quote is not None and step.adjustment is not None:
                quote = step.quote
                job = job.stepped(quote, step.adjustment)
                emit(Adjusted(adjustment=step.adjustment))
            await payment.claim(quote)
        except BaseException as fault:
            # Queued means provably unsent: close the item, or the next run would find it open.
            await asyncio.shield(ports.ledger.refused(payment.reservation, fault if isinstance(fault, Fault) else None))
            raise


async def _reserve(ask: Ask, ports: Ports) -> Reservation | Job:
    """Reserve, or wait for a live process that is sending the same request at this moment."""
    while True:
        standing = await ports.ledger.reserve(ask)
        if isinstance(standing, Reservation):
            return standing
        if standing.state == "open" and standing.item is not None:
            return job_of(standing.item, ask.request.language, ports.clock.time())
        await ports.clock.sleep(SIBLING_LOOK_SECONDS)


def _requote(data: object, ask: Ask, before: Quote) -> Quote:
    """Price the same wishes on the refreshed list; a higher price than was quoted is refused."""
    quote = offers.quote(data, ask.request)
    if quote.credit > ask.quote.credit:
        raise BudgetFault("budget.dearer", phase="create", quoted=ask.quote.credit, credit=quote.credit)
    return replace(quote, adjustments=before.adjustments)


class _Payment:
    """One item's creates."""

    def __init__(self, ask: Ask, reservation: Reservation, ports: Ports, trace: Trace, emit: Emit) -> None:
        self.reservation = reservation
        self._ask = ask
        self._ports = ports
        self._trace = trace
        self._emit = emit

    async def claim(self, quote: Quote) -> None:
        """Make the next attempt of the same item durable."""
        self.reservation = await self._ports.ledger.further(self.reservation, quote)

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
        for late in range(LATE_CLAIMS + 1):
            try:
                self._trace.charged = "unknown"
                task_id = await self._ports.service().create(
                    self.reservation, quote, self._ask.request.prompt, image_urls
                )
            except UncertainFault as fault:
                await self._ports.ledger.uncertain(self.reservation, fault)
                raise
            except Fault as fault:
                self._trace.charged = "no"
                if fault.code != "network.claimed_too_late" or late == LATE_CLAIMS:
                    raise
                await self._ports.ledger.requeue(self.reservation, fault)
                await self.claim(quote)
            else:
                break
        self._trace.task_id, self._trace.charged = task_id, "yes"
        await self._ports.ledger.created(self.reservation, task_id)
        return task_id

    async def _interrupted(self, sending: asyncio.Future[str]) -> None:
        """Wait a moment for the answer that is on its way; what is still open then is uncertain."""
        try:
            await asyncio.wait({sending}, timeout=GRACE_SECONDS)
        finally:
            if not sending.done():
                sending.cancel()
                self._trace.charged = "unknown"
                fault = UncertainFault("uncertain.interrupted", phase="create", charged="unknown")
                await self._ports.ledger.uncertain(self.reservation, fault)
            elif not sending.cancelled() and isinstance(error := sending.exception(), Fault) and error.charged == "no":
                await self._ports.ledger.refused(self.reservation, error)
