"""An HTTP CONNECT proxy that knows only the hosts of the service.

It lets an unchanged client reach the sandbox with nothing but ``HTTPS_PROXY``: names need no DNS and
no privileged port, and whatever is addressed elsewhere is refused and written into the books.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import hosts

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.world import World

_KNOWN = {*hosts.SERVICE, hosts.CONTROL}
_CHUNK = 256 * 1024
_SETUP_TRIPS = 2
"""Round trips of a new connection before its first request: one for TCP, one for TLS 1.3."""


class Proxy:
    """Tunnels to one address whatever is meant for a host of the service."""

    def __init__(self, world: World, target: tuple[str, int], latency: float) -> None:
        """Tunnel to ``target``; a new tunnel costs its round trips of ``latency`` seconds."""
        self._world, self._target, self._latency = world, target, latency
        self._server: asyncio.Server | None = None
        self._tunnels: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port."""
        self._server = await asyncio.start_server(self._serve, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and break the tunnels."""
        if self._server is not None:
            self._server.close()
        for tunnel in list(self._tunnels):
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tunnels.add(task)
            task.add_done_callback(self._tunnels.discard)
        try:
            await self._tunnel(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)[0].decode("latin-1")
        host = self._host_of(request)
        if host is None or host in self._world.refused_hosts:
            self._world.count("tunnel_refused")
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        self._world.count("tunnel")
        await asyncio.sleep(self._latency * _SETUP_TRIPS)
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        except OSError:
            far_writer.transport.abort()
            raise
        finally:
            far_writer.close()

    def _host_of(self, request: str) -> str | None:
        """The host of ``CONNECT host:443 HTTP/1.1``, if it is one of ours."""
        method, _, rest = request.partition(" ")
        host, _, port = rest.partition(" ")[0].rpartition(":")
        if method == "CONNECT" and host in _KNOWN and port == "443":
            return host
        self._world.saw(host or rest, {}, "", b"")
        return None


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    with suppress(OSError, RuntimeError):  # the other side may be gone, or cannot be closed by half
        writer.write_eof()
