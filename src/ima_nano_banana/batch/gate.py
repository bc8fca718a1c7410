"""Where all rows of a batch pass on their way to money: one pace, one product list, eight creates at a time.

The engine stays as it is. It is given a ledger that knows which row it works for, and a service that
listens: an answer that asks for patience slows all that it speaks of, and not only the row that got it.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ima_nano_banana.batch.brake import LIMITED, Brakes
from ima_nano_banana.domain.catalogue import read_catalogue
from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import BudgetFault, NetworkFault, RejectedFault
from ima_nano_banana.ledger import LedgerCalls, Standing
from ima_nano_banana.ledger.freezes import FROZEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from ima_nano_banana.batch.brake import Brake
    from ima_nano_banana.domain.model import Quote, TaskView
    from ima_nano_banana.engine.ports import ServicePort
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.ledger import Ask, AsyncLedger, Item
    from ima_nano_banana.service import FetchInfo

T = TypeVar("T")

CREATES_AT_ONCE = 8
"""Creates on the wire at the same time: the most that one crash can leave uncertain."""

FROZEN_LOOK_SECONDS = 1.0
"""How often a batch looks whether a freeze has ended."""

STALE_PRICE = frozenset({"rejected.credit_mismatch", "rejected.rule", "rejected.attribute"})


class AnyRow(Protocol):
    """A row as far as the books know it, at home or at a worker."""

    @property
    def id(self) -> str:
        """Its name in the batch."""

    @property
    def content(self) -> str:
        """Digest of what it asks for."""


class Gate:
    """Hands out the claims of a batch, in the order in which they are asked for."""

    def __init__(
        self,
        ledger: AsyncLedger,
        brakes: Brakes,
        *,
        creates: int = CREATES_AT_ONCE,
        says: Callable[[BudgetFault | None], object] = lambda _: None,
    ) -> None:
        self.ledger = ledger
        self.brake = brakes.create
        self._turn = asyncio.Lock()
        self._slots = asyncio.Semaphore(creates)
        self._held: set[tuple[str, int]] = set()
        self._ended = asyncio.Event()
        self._thaws: dict[str, asyncio.Lock] = {}
        self._says = says
        self.frozen: BudgetFault | None = None
        """Why nothing is begun at this moment, if somebody froze the ledger."""

    def ended(self) -> None:
        """Note that a task has ended, so that somebody who waits for its place may ask again."""
        self._ended.set()

    async def peek(self, ask: Ask) -> Standing:
        """Tell how a row stands; one that is not paid for waits while the ledger is frozen."""
        return await self.thawed(ask, lambda: self.ledger.peek(ask))

    async def thawed(self, ask: Ask, claim: Callable[[], Awaitable[T]]) -> T:
        """Claim, and again as soon as a freeze that forbade it has ended. Whoever waits here holds up nobody else."""
        while True:
            try:
                return await claim()
            except BudgetFault as fault:
                if fault.code != FROZEN:
                    raise
                self._freeze(fault)
            async with self._thaws.setdefault(ask.user_id, asyncio.Lock()):  # one looks for all rows of a user
                while await self.ledger.freezes(ask.realm, ask.user_id):
                    await self.brake.clock.sleep(FROZEN_LOOK_SECONDS)
            self._freeze(None)

    def _freeze(self, fault: BudgetFault | None) -> None:
        changed = (fault is None) is not (self.frozen is None)
        self.frozen = fault
        if changed:
            self._says(fault)

    async def reserve(self, ask: Ask) -> Reservation | Standing:
        """Claim once the pace allows it. A slot is held from before the claim until its outcome is booked."""
        return await self.thawed(ask, lambda: self._reserved(ask))

    async def _reserved(self, ask: Ask) -> Reservation | Standing:
        if not self._turn.locked():  # nobody waits for the pace: claims may share a commit
            found = await self._asked(ask)
            if isinstance(found, Reservation) or found.state != "wait":
                return found
        async with self._turn:
            while True:
                found = await self._asked(ask)
                if isinstance(found, Reservation) or found.state != "wait":
                    return found
                await self._pause(found.retry_after)

    async def _asked(self, ask: Ask) -> Reservation | Standing:
        await self.brake.passed()
        return await self._claimed(lambda: self.ledger.reserve(ask))

    async def further(self, ask: Ask, reservation: Reservation, quote: Quote) -> Reservation:
        """Claim the next attempt of the same item."""

        async def claim() -> Reservation:
            await self.brake.passed()
            return await self._claimed(lambda: self.ledger.further(reservation, quote))

        return await self.thawed(ask, claim)

    async def close(self, reservation: Reservation, booking: Awaitable[Item]) -> Item:
        """Book how a create ended, and let the next one go."""
        try:
            return await booking
        finally:
            self._release(reservation)

    async def _claimed(self, claim: Callable[[], Awaitable[T]]) -> T:
        await self._slots.acquire()
        try:
            found = await claim()
        except BaseException:
            self._slots.release()
            raise
        if isinstance(found, Reservation):
            self._held.add((found.item_id, found.attempt))
        else:
            self._slots.release()
        return found

    def _release(self, reservation: Reservation) -> None:
        place = (reservation.item_id, reservation.attempt)
        if place in self._held:
            self._held.discard(place)
            self._slots.release()
            self._ended.set()

    async def _pause(self, seconds: float) -> None:
        """Wait for a place: until the time is up, or one of ours becomes free."""
        self._ended.clear()
        timer = asyncio.ensure_future(self.brake.clock.sleep(seconds))
        freed = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({timer, freed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            freed.cancel()


def subject_of(batch_id: str, row: AnyRow) -> str:
    """Return what the books call a row's content, so that a row that was changed since can be told."""
    return digest(batch_id, row.id, row.content)


def digest(*parts: str) -> str:
    """Return one name for several, from which none can be read back."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


class RowLedger(LedgerCalls):
    """The ledger as one row of the batch sees it.

    Args:
        gate: Shared by all rows.
        batch_id: The batch.
        row: The row.
        fresh: The books know nothing of the row yet, so there is nothing to look up before the claim.
        retry: A failed row may be paid for once more.
    """

    def __init__(self, gate: Gate, batch_id: str, row: AnyRow, *, fresh: bool, retry: bool) -> None:
        self._gate = gate
        self._ledger = gate.ledger
        self.ledger = self._ledger.ledger
        self._batch_id = batch_id
        self._row = row
        self._fresh = fresh
        self._retry = retry
        self._asked: Ask

    async def run(self, work: Callable[[], T], *, shared: bool = False) -> T:
        """Ask the one ledger of the batch: whatever is not said otherwise here, it answers."""
        return await self._ledger.run(work, shared=shared)

    async def peek(self, ask: Ask) -> Standing:
        """Tell whether the row is paid for. A new row without pictures has nothing to upload, and is judged later."""
        own = self._own(ask)
        return Standing(state="free") if self._fresh and not own.request.images else await self._gate.peek(own)

    async def reserve(self, ask: Ask) -> Reservation | Standing:
        """Claim the row."""
        self._asked = self._own(ask)
        return await self._gate.reserve(self._asked)

    async def further(self, reservation: Reservation, quote: Quote) -> Reservation:
        """Claim its next attempt."""
        return await self._gate.further(self._asked, reservation, quote)

    async def created(self, reservation: Reservation, task_id: str) -> Item:
        """Note the task id."""
        return await self._gate.close(reservation, self._ledger.created(reservation, task_id))

    async def uncertain(self, reservation: Reservation, fault: Fault | None = None) -> Item:
        """Note that nobody knows."""
        return await self._gate.close(reservation, self._ledger.uncertain(reservation, fault))

    async def requeue(self, reservation: Reservation, fault: Fault | None = None) -> Item:
        """Take the create back."""
        return await self._gate.close(reservation, self._ledger.requeue(reservation, fault))

    async def refused(self, reservation: Reservation, fault: Fault | None = None) -> Item:
        """Close the item."""
        return await self._gate.close(reservation, self._ledger.refused(reservation, fault))

    async def ready(self, item_id: str, *args: Any, **facts: Any) -> Item:  # noqa: ANN401 -- as the ledger's own
        """Note the result; its place in flight is free."""
        try:
            return await self._ledger.ready(item_id, *args, **facts)
        finally:
            self._gate.ended()

    async def failed(self, item_id: str, fault: Fault | None = None) -> Item:
        """Note that the task ended badly; its place in flight is free."""
        try:
            return await self._ledger.failed(item_id, fault)
        finally:
            self._gate.ended()

    def _own(self, ask: Ask) -> Ask:
        return replace(
            ask,
            identity=digest(self._batch_id, self._row.id, ask.identity),
            subject=subject_of(self._batch_id, self._row),
            batch_id=self._batch_id,
            row_id=self._row.id,
            retry=self._retry,
        )


class Watched:
    """The service as a batch uses it: one product list for all, and all hear when it asks for patience."""

    def __init__(
        self, service: Callable[[], ServicePort], brakes: Brakes, lists: Mapping[str, list[object]] | None = None
    ) -> None:
        self._service = service
        self._brakes = brakes
        self._lists = dict(lists or {})
        self._turn = asyncio.Lock()

    async def products(self, task_type: str) -> list[object]:
        """Return the list that was read once, until a create shows that its prices are old."""
        async with self._turn:
            if task_type not in self._lists:
                await self._brakes.prepare.passed()
                self._lists[task_type] = await self._heard(self._service().products(task_type), self._brakes.prepare)
            return self._lists[task_type]

    async def create(self, reservation: Reservation, quote: Quote, prompt: str, image_urls: Sequence[str]) -> str:
        """Send one create."""
        try:
            task_id = await self._heard(
                self._service().create(reservation, quote, prompt, image_urls), self._brakes.create
            )
        except RejectedFault as fault:
            if fault.code in STALE_PRICE and self._is_listed(quote):
                self._lists.pop(quote.offer.task_type, None)
            raise
        return task_id

    def _is_listed(self, quote: Quote) -> bool:
        """Tell whether a price is from the list in use. Rows that were priced before it do not make it old."""
        listed = read_catalogue(self._lists.get(quote.offer.task_type) or [], quote.offer.task_type)
        same = [one for one in listed if one.version_id == quote.offer.version_id]
        return any(quote.rule in one.rules for one in same)

    async def detail(self, task_id: str) -> TaskView:
        """Look at a task, unless looks have just been asked for patience."""
        left = self._brakes.looks_wait
        if left > 0:
            raise NetworkFault(LIMITED, phase="poll", retry_after=left, http_status=429)
        return await self._heard(self._service().detail(task_id), self._brakes.look)

    async def upload(self, data: bytes | Path, content_type: str, suffix: str) -> str:
        """Put one picture where the service can read it."""
        await self._brakes.prepare.passed()
        return await self._heard(self._service().upload(data, content_type, suffix), self._brakes.prepare)

    async def fetch(self, url: str, sink: Callable[[bytes], object], *, offset: int = 0) -> FetchInfo:
        """Get a picture; storage has a patience of its own."""
        return await self._service().fetch(url, sink, offset=offset)

    async def _heard(self, asking: Awaitable[T], brake: Brake) -> T:
        try:
            answer = await asking
        except NetworkFault as fault:
            if fault.code == LIMITED or fault.retry_after is not None:
                brake.press(fault)
            raise
        brake.eased()
        return answer
