"""The TLS server of the sandbox: the app on real sockets, with connections that really break."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from ima_nano_banana.sandbox.faults import PAUSE, Drop, Refuse

if TYPE_CHECKING:
    import ssl

    from ima_nano_banana.sandbox.asgi import ASGIApp, Receive, Scope, Send
    from ima_nano_banana.sandbox.world import World

_LAST_WORDS = 2.0
"""Seconds that open requests get to notice that the server has gone."""


class Server:
    """One listening socket that speaks TLS for every host of the service."""

    def __init__(self, world: World, service: ASGIApp, context: ssl.SSLContext) -> None:
        """Serve ``service`` with the certificates of ``context``."""
        self._world, self._context = world, context
        self._state = ServerState()
        self._config = Config(acting(service), lifespan="off", ws="none", log_config=None, access_log=False)
        self._config.load()
        context.sni_callback = _remember_name
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, host, port, ssl=self._context)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening, break what is open and let its requests end."""
        if self._server is not None:
            self._server.close()
        for protocol in list(self._state.connections):
            protocol.transport.abort()
        if self._state.tasks:
            await asyncio.wait(set(self._state.tasks), timeout=_LAST_WORDS)

    def _protocol(self) -> asyncio.Protocol:
        return _Protocol(self._world, self._config, self._state)


class _Protocol(H11Protocol):
    """uvicorn's own protocol, counted, and with its transport within the app's reach."""

    def __init__(self, world: World, config: Config, state: ServerState) -> None:
        super().__init__(config=config, server_state=state, app_state={})
        self._world = world

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        # Called once the TLS handshake is done.
        self.app_state = {"transport": transport}
        self._world.count("tls")
        self._world.count(f"tls:{getattr(transport.get_extra_info('ssl_object'), 'sandbox_name', None)}")
        super().connection_made(transport)


def _remember_name(connection: Any, name: str | None, _: ssl.SSLContext) -> None:  # noqa: ANN401
    connection.sandbox_name = name


def acting(service: ASGIApp) -> ASGIApp:
    """Wrap an app so that its faults happen to the connection."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def wait(seconds: float) -> None:
            gone = asyncio.ensure_future(_gone(receive))
            await asyncio.wait({gone}, timeout=seconds)
            if gone.done():
                raise Drop
            gone.cancel()

        transport: asyncio.Transport = scope["state"]["transport"]
        try:
            await service({**scope, "extensions": {PAUSE: wait}}, receive, send)
        except (Drop, Refuse) as fault:
            if getattr(fault, "after_bytes", None) is None:
                transport.abort()
            else:
                transport.close()  # lets the bytes out that were promised before the break
            await _gone(receive)

    return serve


async def _gone(receive: Receive) -> None:
    """Wait until the connection is gone, which keeps uvicorn from mending what was broken on purpose."""
    while (await receive())["type"] != "http.disconnect":
        pass
