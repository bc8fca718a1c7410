"""The sandbox without sockets: an httpx2 transport that calls the app directly.

Unlike httpx2's own ASGI transport it streams bodies, keeps the client's read timeout (on a clock that
may be a fake one), breaks and refuses connections, and knows which hosts exist.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2

from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.app import app
from ima_nano_banana.sandbox.faults import BODY, PAUSE, Drop, Refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ima_nano_banana.sandbox.asgi import ASGIApp, Message
    from ima_nano_banana.sandbox.world import World

    Sleep = Callable[[float], Awaitable[None]]

_KNOWN = {*hosts.SERVICE, hosts.CONTROL}


def in_process(world: World, *, stall: Sleep | None = None, latency: float = 0.0) -> httpx2.AsyncBaseTransport:
    """Return a transport on which every host of the service is answered by ``world``.

    Args:
        world: The world behind the service.
        stall: How a wait of the service passes; a fake one makes timeouts instant. Real time if left out.
        latency: Seconds that every answer takes longer.
    """
    return _Sandbox(world, app(world, latency=latency), stall or asyncio.sleep)


class _Sandbox(httpx2.AsyncBaseTransport):
    def __init__(self, world: World, service: ASGIApp, sleep: Sleep) -> None:
        self._world, self._service, self._sleep = world, service, sleep

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        url = request.url
        if url.scheme != "https" or url.host not in _KNOWN or url.port not in {None, 443}:
            self._world.saw(url.host, request.headers, str(url), body)
            raise httpx2.ConnectError("no such host in the sandbox", request=request)
        heard = _Heard(request, body, self._sleep)
        try:
            await self._service(heard.scope, heard.receive, heard.send)
        except Refuse as fault:
            raise httpx2.ConnectError("connection refused", request=request) from fault
        except Drop as fault:
            raise httpx2.RemoteProtocolError("server disconnected without an answer", request=request) from fault
        return heard.response()


class _Heard:
    """One exchange with the app."""

    def __init__(self, request: httpx2.Request, body: bytes, sleep: Sleep) -> None:
        self._request, self._body, self._sleep = request, body, sleep
        self._timeout: float | None = request.extensions.get("timeout", {}).get("read")
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._stream: AsyncIterator[bytes] | None = None

    @property
    def scope(self) -> dict[str, Any]:
        request, url = self._request, self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "server": (url.host, 443),
            "client": ("127.0.0.1", 1),
            "root_path": "",
            "extensions": {PAUSE: self._pause, BODY: self._take},
        }

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message["headers"])
        else:
            self._parts.append(message.get("body", b""))

    def response(self) -> httpx2.Response:
        stream = self._stream or _whole(b"".join(self._parts))
        return httpx2.Response(self._status, headers=self._headers, stream=_Body(stream, self._request))

    def _take(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream

    async def _pause(self, seconds: float) -> None:
        """Wait as the client would: no longer than its read timeout."""
        if self._timeout is not None and seconds > self._timeout:
            await self._sleep(self._timeout)
            raise httpx2.ReadTimeout("no answer in time", request=self._request)
        await self._sleep(seconds)


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


class _Body(httpx2.AsyncByteStream):
    def __init__(self, parts: AsyncIterator[bytes], request: httpx2.Request) -> None:
        self._parts, self._request = parts, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._parts:
                yield part
        except Drop as fault:
            raise httpx2.RemoteProtocolError("connection closed within the body", request=self._request) from fault

    async def aclose(self) -> None:
        close = getattr(self._parts, "aclose", None)
        if close is not None:
            await close()
