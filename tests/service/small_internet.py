"""A small internet on loopback: one TLS server for every host name, behind a CONNECT proxy."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

HOSTS = (
    "api.imastudio.com",
    "imapi.liveme.com",
    "store.example.com",
    "pictures.example.com",
    "evil.example.com",
)


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    host: str
    target: str
    headers: dict[str, str]
    body: bytes


Reply = Callable[[Seen, asyncio.StreamWriter], Awaitable[bool]]
"""Answers a request; ``False`` closes the connection."""


@dataclass
class Internet:
    """What the small internet saw."""

    reply: Reply
    proxy_port: int = 0
    handshakes: int = 0
    tunnels: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    _open: list[asyncio.StreamWriter] = field(default_factory=list)

    def of(self, host: str) -> list[Seen]:
        return [one for one in self.seen if one.host == host]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one TLS connection."""
        self.handshakes += 1
        self._open.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            while True:
                one = await _request(reader)
                self.seen.append(one)
                if not await self.reply(one, writer):
                    break
                await writer.drain()
        writer.close()

    async def tunnel(self, tls_port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one CONNECT by a tunnel to the TLS server, whatever the name."""
        self._open.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            target = head.split()[1].decode()
            self.tunnels.append(target)
            if target.startswith("refused.example.com"):
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            else:
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", tls_port)
                self._open.append(far_writer)
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        writer.close()

    async def down(self) -> None:
        """Cut every connection."""
        for writer in self._open:
            reset_now(writer)
        for _ in range(5):
            await asyncio.sleep(0)


def reset_now(writer: asyncio.StreamWriter) -> None:
    """Cut a connection without a word; one that the other side has closed meanwhile has no transport below TLS."""
    with suppress(AttributeError):
        writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    start, *lines = head.split("\r\n")
    method, target, _ = start.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, headers["host"], target, headers, body)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def answer(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """Return the bytes of a plain answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
