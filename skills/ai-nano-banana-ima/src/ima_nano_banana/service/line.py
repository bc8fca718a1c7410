"""One way out for a process: one request out, one bounded answer in."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import httpx2

from ima_nano_banana.clock import SystemClock
from ima_nano_banana.errors import NetworkFault
from ima_nano_banana.service import proxies
from ima_nano_banana.service.failures import TooLargeError, leaves_unsent
from ima_nano_banana.service.pace import LONGEST_BODY, Pace
from ima_nano_banana.service.pools import EACH, Pools
from ima_nano_banana.service.trust import LateTrust
from ima_nano_banana.wire import requests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.wire.requests import HttpRequest

JSON_CAP = 8_000_000
"""Bytes; the live product list has less than a hundredth of it."""

# A connection that idled longer may be closed by the other side at the very moment a create leaves on it,
# and then nobody knows whether the create arrived.
IDLE_SECONDS = 15.0
ELSEWHERE = ""
"""Storage hosts share their pools: which they are is up to the service."""
# A network that is closed is told within ten seconds: two attempts to connect, and the pause between them.
TALK = httpx2.Timeout(connect=4.0, read=30.0, write=30.0, pool=60.0)
"""For the JSON questions and for pictures on their way here."""
CREATE = httpx2.Timeout(connect=10.0, read=30.0, write=30.0, pool=5.0)
STORE = httpx2.Timeout(connect=10.0, read=60.0, write=60.0, pool=60.0)
"""For pictures on their way up."""
LONGEST_TALK, LONGEST_STORE = 120.0, 900.0
"""Seconds for one exchange in all; a read timeout alone lets an answer drip in for hours."""
LONGEST_HEAD = 75.0
"""Seconds from a connection to the whole head of an answer, which may drip as well."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class FirstByte:
    """Knows whether a request has begun to leave, from the transport's own trace events.

    Args:
        guard: Called right before the first byte leaves, and told whether a connection had to be opened for it;
            what it raises stops the request, provably unsent.
    """

    def __init__(self, guard: Callable[[bool], None] | None = None) -> None:
        self._guard = guard
        self._traced = False
        self._connected = False
        self._left = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one trace event of httpcore2."""
        self._traced = True
        self._connected |= event == "connection.connect_tcp.started"
        # Through a proxy the CONNECT is traced as well; it carries nothing of ours but a host name.
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            if self._guard:
                self._guard(self._connected)
            self._left = True

    def may_have_left(self, exc: BaseException) -> bool:
        """Tell whether a request that ended with ``exc`` may have reached anybody."""
        return self._left if self._traced else not leaves_unsent(exc)


class Line:
    """The keep-alive connections; opened when they are first needed, as that costs a tenth of a second."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None, clock: Clock | None = None) -> None:
        self._transport = transport
        self.clock: Clock = clock or SystemClock()
        self._pools: Pools | None = None

    async def aclose(self) -> None:
        """Close all connections."""
        if self._pools is not None:
            pools, self._pools = self._pools, None
            await pools.aclose()

    async def ask(
        self,
        request: HttpRequest,
        *,
        waits: httpx2.Timeout = TALK,
        content: AsyncIterator[bytes] | None = None,
        watch: FirstByte | None = None,
        longest: float = LONGEST_TALK,
    ) -> Answer:
        """Send one request and read its whole answer, within ``longest`` seconds.

        Raises:
            TooLargeError: the answer is larger than :data:`JSON_CAP`.
            TimeoutError: it took too long in all.
            httpx2.HTTPError: there was no whole answer.
        """
        async with (
            asyncio.timeout(longest),
            self.open(request, waits=waits, content=content, watch=watch) as got,
        ):
            pace = Pace(self.clock, LONGEST_BODY)
            return Answer(got.status_code, got.headers, await _read(got, JSON_CAP, pace))

    @asynccontextmanager
    async def open(
        self,
        request: HttpRequest,
        *,
        waits: httpx2.Timeout = TALK,
        content: AsyncIterator[bytes] | None = None,
        watch: FirstByte | None = None,
    ) -> AsyncIterator[httpx2.Response]:
        """Send one request and yield its answer before the body is read. No redirect is followed.

        A request that is watched is a create, and goes before all others.
        """
        url = _parsed(request.url)
        host = url.host if url.host in (requests.API_HOST, requests.UPLOAD_HOST) else ELSEWHERE
        async with self._opened().room(host, waits.pool, urgent=watch is not None) as client:
            built = client.build_request(
                request.method,
                url,
                headers=request.headers,
                content=request.content if content is None else content,
                timeout=waits,
                extensions={"trace": watch} if watch else None,
            )
            token = _ours.set(True)
            try:
                async with asyncio.timeout(None if content is not None else LONGEST_HEAD):
                    response = await client.send(built, stream=True, auth=None, follow_redirects=False)
            finally:
                _ours.reset(token)
            try:
                yield response
            finally:
                await response.aclose()

    def _opened(self) -> Pools:
        if self._pools is None:
            logging.getLogger("httpx2").addFilter(_not_ours)
            self._pools = _pools(self._transport)
        return self._pools


@lru_cache(maxsize=16)
def _parsed(url: str) -> httpx2.URL:
    """Read an address once: thousands of looks go to the same one."""
    return httpx2.URL(url)


async def _read(response: httpx2.Response, cap: int, pace: Pace) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        pace.took(len(chunk))
        if len(body) > cap:
            raise TooLargeError
    return bytes(body)


def _pools(transport: httpx2.AsyncBaseTransport | None) -> Pools:
    """Prepare the way: proxies and ``SSL_CERT_FILE`` from the environment; httpx2 reads no ``.netrc`` of itself."""
    limits = httpx2.Limits(max_connections=EACH, max_keepalive_connections=EACH, keepalive_expiry=IDLE_SECONDS)
    # gzip is unpacked piece by piece, so the caps hold for what is unpacked.
    headers = {"User-Agent": requests.USER_AGENT, "Accept-Encoding": "gzip"}
    if transport is None:
        proxies.check()
    # One context for all: with proxies httpx2 would read the trust store once for each of them.
    context = True if transport is not None else LateTrust()

    def client() -> httpx2.AsyncClient:
        try:
            return httpx2.AsyncClient(
                headers=headers, transport=transport, verify=context, limits=limits, follow_redirects=False, http2=False
            )
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            raise NetworkFault("network.proxy_setting", phase="catalog", retryable=False) from error

    return Pools(client, split=transport is None)


_ours: ContextVar[bool] = ContextVar("ours", default=False)


def _not_ours(_record: logging.LogRecord) -> bool:
    """Drop httpx2's own log line for our requests: it holds the whole address, signature included."""
    return not _ours.get()
