"""Puts an engine together from the environment: the one place that knows which room fills which port.

Everything costly is made late: the key is looked up, the HTTP client made and the sandbox imported only
when a run first needs them.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from ima_nano_banana.clock import SystemClock
from ima_nano_banana.engine import Engine, Ports
from ima_nano_banana.engine.going import Going
from ima_nano_banana.local import paths
from ima_nano_banana.local.private import private_dir, tighten
from ima_nano_banana.wire.redact import remember

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    import httpx2

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.ledger import AsyncLedger
    from ima_nano_banana.sandbox.world import World
    from ima_nano_banana.service import Service
    from ima_nano_banana.words import Language

SANDBOX_SECONDS = (2.0, 3.0)
"""What the simulated service says that its tasks take."""


class Parts:
    """The lazily made parts of one engine, and their end."""

    def __init__(
        self,
        *,
        key: str | None = None,
        sandbox: bool = False,
        scenes: tuple[str, ...] = (),
        language: Language = "en",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        lease: float | None = None,
        door: str = "library",
    ) -> None:
        self._clock = clock or SystemClock()
        self._lease = lease
        self._door = door
        self._env = os.environ if env is None else env
        self._given_key = key
        for known in (key, self._env.get("IMA_API_KEY")):
            remember(known)
        self._sandbox = sandbox
        self._scenes = scenes
        self._language: Language = language
        self._cwd = cwd
        self._transport = transport
        self._key: str | None = None
        self._service: Service | None = None
        self._ledger: AsyncLedger | None = None
        self._world: World | None = None
        self.going = Going()

    def key(self) -> str:
        """Return the API key: flag, environment, keyring. In the sandbox a constant.

        Raises:
            AuthFault: there is none, or it does not look like one.
        """
        if self._key is None:
            if self._sandbox:
                from ima_nano_banana.sandbox import SANDBOX_KEY

                self._key = SANDBOX_KEY  # it takes any key of the right form, but a real one never goes there
            else:
                from ima_nano_banana.local import keys

                self._key = keys.find(self._given_key, self._env)
        return self._key

    def service(self) -> Service:
        """Return the one service client of this engine."""
        if self._service is None:
            from ima_nano_banana.service import Service

            transport = self._transport
            if self._sandbox and transport is None:
                transport = self._in_process()
            self._service = Service(self.key(), language=self._language, transport=transport, clock=self._clock)
        return self._service

    def ledger(self) -> AsyncLedger:
        """Return the one ledger of this engine; its file is opened at its first use."""
        if self._ledger is None:
            from ima_nano_banana.ledger import AsyncLedger, open_ledger

            aside = paths.memory_dir(paths.state_root(self._env))
            books = open_ledger(paths.books(self._env), clock=self._clock, lease=self._lease, aside=aside)
            self._ledger = AsyncLedger(books)
        return self._ledger

    def _in_process(self) -> httpx2.AsyncBaseTransport:
        import sqlite3

        from ima_nano_banana import sandbox
        from ima_nano_banana.ledger.storage import storage_fault

        folder = paths.memory_dir(paths.state_root(self._env))
        try:
            file = private_dir(folder) / "ima_sandbox.sqlite3"
            self._world = sandbox.open_world(file, scenes=self._scenes)
            tighten(file, 0o600)
        except (OSError, sqlite3.Error) as error:
            raise storage_fault(error, folder) from error
        return sandbox.in_process(self._world)

    def ports(self) -> Ports:
        """Return the ports of an engine over these parts."""
        root = paths.state_root(self._env)
        cwd = self._cwd or paths.working_folder()
        return Ports(
            key=self.key,
            service=self.service,
            books=self.ledger,
            root=root,
            sender=paths.sender_id(self._env),
            default_folder=paths.default_folder(self._env, cwd),
            cwd=cwd,
            sandbox=self._sandbox,
            clock=self._clock,
            going=self.going,
            door=self._door,
            pace=SANDBOX_SECONDS if self._sandbox else None,
        )

    async def close(self) -> None:
        """Stop the runs and let them book where they are, then close what they stood on; the order of every door.

        The runs come first, as each may have a create under way; then the connections; the books when nothing is
        left that could be booked.
        """
        async with AsyncExitStack() as stack:  # last in, first out; each is closed, whatever becomes of the others
            stack.callback(self._close_world)
            stack.push_async_callback(self._close_ledger)
            stack.push_async_callback(self._close_service)
            stack.push_async_callback(self.going.stop)

    async def _close_service(self) -> None:
        if self._service is not None:
            await self._service.aclose()

    async def _close_ledger(self) -> None:
        if self._ledger is not None:
            await self._ledger.aclose()

    def _close_world(self) -> None:
        if self._world is not None:
            self._world.close()


@asynccontextmanager
async def open_engine(
    *,
    key: str | None = None,
    sandbox: bool = False,
    scenes: tuple[str, ...] = (),
    language: Language = "en",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    door: str = "library",
) -> AsyncIterator[Engine]:
    """Yield an engine on the real service, or on the built-in simulated one.

    Args:
        key: The API key, if the caller has it at hand; otherwise the environment and the keyring are asked.
        sandbox: Use the simulated service: no key, no network, no points.
        scenes: Names of faults that the simulated service should rehearse.
        language: The language that the service is told.
        env: Stands in for ``os.environ``.
        cwd: Stands in for the current folder.
        transport: Replaces the sockets (tests).
        clock: Replaces the machine's own (tests).
        door: Which door the orders come through, for the books.
    """
    parts = Parts(
        key=key,
        sandbox=sandbox,
        scenes=scenes,
        language=language,
        env=env,
        cwd=cwd,
        transport=transport,
        clock=clock,
        door=door,
    )
    ports = parts.ports()
    try:
        yield Engine(ports)
    finally:
        await parts.close()
