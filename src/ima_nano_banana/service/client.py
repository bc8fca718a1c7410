"""The service as the engine knows it: five questions and two ways for pictures."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

import httpx2

from ima_nano_banana.clock import SystemClock
from ima_nano_banana.domain.model import CLAIM_SECONDS, CONNECT_SECONDS, Reservation
from ima_nano_banana.errors import DownloadFault, NetworkFault, UsageFault
from ima_nano_banana.service import pictures
from ima_nano_banana.service.failures import TooLargeError, fault_of, lost
from ima_nano_banana.service.journal import logged
from ima_nano_banana.service.line import CREATE, FirstByte, Line
from ima_nano_banana.service.retries import patiently
from ima_nano_banana.wire import answers, requests

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.domain.model import Quote, TaskView
    from ima_nano_banana.errors import Phase
    from ima_nano_banana.service.line import Answer
    from ima_nano_banana.service.pictures import FetchInfo
    from ima_nano_banana.wire.answers import UploadTicket
    from ima_nano_banana.wire.requests import HttpRequest

# What an exchange can end with; anything else is a defect, or the sink's own trouble.
_BROKEN = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, TimeoutError, TooLargeError)
# A proxy setting may be odd in ways that show only when it is used (a name, a port, an account).
_ODD = (OverflowError, UnicodeError)

FRESH_CLAIM = CLAIM_SECONDS
"""Seconds from the claim to the first byte; later, its place in the rate is no longer sure and it is not sent."""


class Service:
    """A client of the IMA Open API.

    Args:
        key: The API key. It goes to the two pinned hosts only.
        language: What the service is asked to speak.
        transport: For tests and the simulated service; ``None`` means sockets.
        clock: Times, waits between retries.
        log: Receives one line for each request: method, host, path, status, milliseconds; no query, key or prompt.
    """

    def __init__(
        self,
        key: str,
        *,
        language: str = "en",
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        self._key = key
        self._language = language
        self._clock = clock or SystemClock()
        self._log = log or logging.getLogger(__name__)
        self._line = Line(transport, self._clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. The next question would open new ones."""
        await self._line.aclose()

    async def products(self, task_type: str) -> list[object]:
        """Return the live product tree of a task type. Free; passing troubles are retried.

        Raises:
            AuthFault: the key is refused.
            NetworkFault: no usable answer within half a minute.
            RejectedFault: the service refuses the question.
        """
        request = requests.product_list(task_type, self._key, self._language)

        async def ask() -> list[object]:
            answer = await self._ask(request, "catalog")
            return answers.products(answer.status, answer.headers, answer.body, key=self._key, now=self._clock.time())

        return await patiently(ask, self._clock)

    async def create(self, reservation: Reservation, quote: Quote, prompt: str, image_urls: Sequence[str]) -> str:
        """Create the task and return its id. **The only function that spends.** Sends at most one request.

        Args:
            reservation: From the ledger; its row is durable.
            quote: What is bought, at which price.
            prompt: What to draw.
            image_urls: Public addresses of the input pictures.

        Raises:
            UncertainFault: it was sent and its outcome is unknown.
            NetworkFault: nothing was sent (``network.claimed_too_late``: claim again), or it was turned away.
            Fault: any other is a refusal; nothing was charged.
        """
        if not isinstance(reservation, Reservation):
            raise TypeError("a create needs a reservation of the ledger")
        request = requests.create(quote, prompt, image_urls, self._key, self._language)
        self._still_fresh(reservation)
        watch = FirstByte(guard=lambda opened: self._still_fresh(reservation, opened=opened))
        try:
            with logged(self._log, request, self._key, f"item={reservation.item_id} n={reservation.attempt}") as seen:
                answer = seen(await self._line.ask(request, waits=CREATE, watch=watch))
        except NetworkFault:  # the guard's, or a client that couldn't be made: both before the first byte
            raise
        except Exception as exc:
            raise (lost(exc) if watch.may_have_left(exc) else fault_of(exc, "create")) from exc
        task_id = answers.created(answer.status, answer.headers, answer.body, key=self._key, now=self._clock.time())
        self._log.info("task %s created for item %s", task_id, reservation.item_id)
        return task_id

    async def detail(self, task_id: str) -> TaskView:
        """Return one look at a task. Free, and not retried: the engine looks again by its own schedule.

        Raises:
            AuthFault: the key is refused.
            RejectedFault: a definite answer, such as an unknown task.
            NetworkFault: this look failed.
        """
        answer = await self._ask(requests.detail(task_id, self._key, self._language), "poll")
        now = self._clock.time()
        return answers.detail(task_id, answer.status, answer.headers, answer.body, key=self._key, now=now)

    async def upload(self, data: bytes | Path, content_type: str, suffix: str) -> str:
        """Put one picture where the service can read it, and return that address.

        Args:
            data: The bytes, or the file that holds them (streamed).
            content_type: MIME type by content.
            suffix: File extension without dot.

        Raises:
            AuthFault: the key is refused.
            RejectedFault: the picture is refused.
            NetworkFault: no success within a minute.
        """
        ticket = await patiently(lambda: self._token(content_type, suffix), self._clock)
        await patiently(lambda: self._put(ticket, data, content_type), self._clock)
        return ticket.fdl

    async def fetch(self, url: str, sink: Callable[[bytes], object], *, offset: int = 0) -> FetchInfo:
        """Get a picture and hand its bytes to ``sink`` as they come. One attempt, without the key.

        Args:
            url: Where it is.
            sink: Receives the bytes from ``offset`` on, in order.
            offset: How many bytes are here already.

        Raises:
            NetworkFault: it broke off or never began; worth another try (``retry_after`` if told).
            DownloadFault: it is not there, too large, or at an address that must not be fetched.
        """
        try:
            with logged(self._log, requests.fetch(url), self._key) as seen:
                return seen(await pictures.fetch(self._line, url, sink, offset))
        except TooLargeError as exc:
            raise DownloadFault(
                "download.too_large", phase="download", charged="yes", retryable=False, url=url
            ) from exc
        except _BROKEN as exc:
            raise fault_of(exc, "download") from exc

    async def _token(self, content_type: str, suffix: str) -> UploadTicket:
        now = self._clock.time()
        request = requests.upload_token(self._key, suffix, content_type, int(now), pictures.nonce())
        answer = await self._ask(request, "upload")
        return answers.token(answer.status, answer.headers, answer.body, key=self._key, now=now)

    async def _put(self, ticket: UploadTicket, data: bytes | Path, content_type: str) -> None:
        try:
            with logged(self._log, requests.put(ticket.ful, content_type, 0), self._key) as seen:
                answer = seen(await pictures.put(self._line, ticket, data, content_type))
        except _BROKEN as exc:
            raise fault_of(exc, "upload") from exc
        except OSError as exc:  # the file's: those of sockets arrive as httpx2's
            raise UsageFault("upload.unreadable", phase="upload") from exc
        answers.uploaded(answer.status, answer.headers, now=self._clock.time())

    async def _ask(self, request: HttpRequest, phase: Phase) -> Answer:
        try:
            with logged(self._log, request, self._key) as seen:
                return seen(await self._line.ask(request))
        except (*_BROKEN, *_ODD, OSError) as exc:
            raise fault_of(exc, phase) from exc

    def _still_fresh(self, reservation: Reservation, *, opened: bool = False) -> None:
        """Refuse a claim that waited too long: whoever counts creates per second counted this one earlier."""
        longest = CONNECT_SECONDS if opened else FRESH_CLAIM
        if self._clock.monotonic() - reservation.claimed_at > longest:
            raise NetworkFault("network.claimed_too_late", phase="create")
