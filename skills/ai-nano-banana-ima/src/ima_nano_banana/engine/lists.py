"""The product lists of an engine: asked for once a minute at most, read once, and what a request costs by them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import TEXT_TO_IMAGE
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Offer, Quote, Request
    from ima_nano_banana.engine.ports import EnginePorts
    from ima_nano_banana.pictures.inputs import Input

CATALOGUE_SECONDS = 60.0


class Lists:
    """What the service offers. Every process asks for itself, and runs that need a list share it."""

    def __init__(self, ports: EnginePorts) -> None:
        self._ports = ports
        self._lists: dict[str, tuple[float, list[object]]] = {}
        self._asking: dict[str, asyncio.Task[list[object]]] = {}
        self._read: dict[str, tuple[object, tuple[Offer, ...]]] = {}

    async def products(self, task_type: str, *, fresh: bool = False) -> list[object]:
        """Return the product list, at most a minute old."""
        known = self._lists.get(task_type)
        if fresh:
            return await self._ask(task_type)
        if known is not None and self._ports.clock.monotonic() - known[0] <= CATALOGUE_SECONDS:
            return known[1]
        asking = self._asking.get(task_type)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(task_type))
            self._asking[task_type] = self._ports.going.helped(asking)
            asking.add_done_callback(lambda done: self._asked(task_type, done))
        return await asyncio.shield(asking)

    async def _ask(self, task_type: str) -> list[object]:
        now = self._ports.clock.monotonic()
        products = await self._ports.service().products(task_type)
        self._lists[task_type] = (now, products)
        return products

    def _asked(self, task_type: str, done: asyncio.Task[list[object]]) -> None:
        del self._asking[task_type]
        if not done.cancelled():
            done.exception()  # known now, also if whoever asked is gone

    def priced(self, data: object, request: Request, inputs: tuple[Input, ...], agreed: Quote | None = None) -> Quote:
        """Return the one price of a request on a list.

        Raises:
            UsageFault, RejectedFault: the list does not offer it, or not at one price.
        """
        from ima_nano_banana.domain import offers

        try:
            listed = self._offers(data, request.task_type)
            quote = offers.requote_from(listed, request, agreed) if agreed else offers.quote_from(listed, request)
            if request.task_type != TEXT_TO_IMAGE:
                offers.check_images(quote.offer, len(inputs))
        except UsageFault as fault:
            raise fault.moved(phase="catalog") from None
        return quote

    def _offers(self, data: object, task_type: str) -> tuple[Offer, ...]:
        """Read a list once, however many requests are priced by it."""
        from ima_nano_banana.domain import offers

        known = self._read.get(task_type)
        if known is None or known[0] is not data:
            known = self._read[task_type] = (data, offers.read_catalogue(data, task_type))
        return known[1]
