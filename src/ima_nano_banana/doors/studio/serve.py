"""Listens, says where, and serves until the process is stopped."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import TYPE_CHECKING, Any

import uvicorn

from ima_nano_banana.doors.studio.app import application
from ima_nano_banana.doors.studio.house import House
from ima_nano_banana.doors.studio.session import Sessions
from ima_nano_banana.doors.studio.settings import PORT
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.doors.studio.settings import Settings

GRACE = 3
STOPPED = 130
BACKLOG = 128
MOST_CONNECTIONS = 256


class Server(uvicorn.Server):
    """A server that lets go of its streams when it is to stop; they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: Any) -> None:  # noqa: ANN401 -- as uvicorn has it
        """Stop."""
        self._loop.call_soon_threadsafe(self._stopping)
        super().handle_exit(sig, frame)


async def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until the process is stopped.

    Args:
        settings: The rules.
        ready: Told the link that opens a session, once it can be opened.

    Raises:
        UsageFault: the address can't be listened on.
    """
    listener = listen(settings.host, settings.port)
    try:
        port = int(listener.getsockname()[1])
        house = House(settings)
        house.with_port(port)
        sessions = Sessions(house.folder, port, settings.token)
        config = uvicorn.Config(
            application(house, sessions),
            log_level="critical",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE,
            limit_concurrency=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=65_536,
        )
        async with house.open():
            ready(f"http://{_shown(settings.host)}:{port}/enter?code={sessions.link()}")
            await Server(config, house.news.end_streams).serve(sockets=[listener])
    finally:
        listener.close()


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- whoever sits at this machine comes in by its own address
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens: on the usual port if none is asked for, or on any that is free.

    Raises:
        UsageFault: the address can't be used.
    """
    for one in (PORT, 0) if port is None else (port,):
        try:
            return _bound(host, one)
        except (OSError, OverflowError) as taken:
            error: Exception = taken
    raise UsageFault("studio.port_taken", host=host, port=port or PORT) from error


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError):
        listener.close()
        raise
    return listener
