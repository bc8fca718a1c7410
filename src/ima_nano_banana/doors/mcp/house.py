"""One server's engine, books and runs, and the rules under which it works."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from ima_nano_banana import words
from ima_nano_banana.assembly import Parts
from ima_nano_banana.domain.realm import realm_of
from ima_nano_banana.doors.mcp.runs import Runs
from ima_nano_banana.engine import Engine
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    import httpx2

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.doors.mcp.runs import Run
    from ima_nano_banana.doors.mcp.settings import Settings
    from ima_nano_banana.engine.ports import How
    from ima_nano_banana.ledger import AsyncLedger
    from ima_nano_banana.words import Language

_CLOSED = "open the house first"


class House:
    """What the tools work with. Open while at least one connection is.

    Args:
        settings: The rules.
        transport: Replaces the sockets (tests).
        clock: Replaces the engine's time (tests).
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.env: Mapping[str, str] = settings.env
        self.cwd = (settings.cwd or paths.working_folder() or Path(os.sep)).absolute()
        self.user = paths.user_id(settings.user_id, settings.env)
        self.realm = realm_of(sandbox=settings.sandbox)
        self._transport = transport
        self._clock = clock
        self._guests = 0
        self._parts: Parts | None = None
        self._engine: Engine | None = None
        self._ledger: AsyncLedger | None = None
        self.runs = Runs()

    @property
    def language(self) -> Language:
        """The language of texts that belong to no prompt."""
        return self.settings.language

    @property
    def engine(self) -> Engine:
        """The engine."""
        if self._engine is None:
            raise RuntimeError(_CLOSED)
        return self._engine

    @property
    def ledger(self) -> AsyncLedger:
        """The books."""
        if self._ledger is None:
            raise RuntimeError(_CLOSED)
        return self._ledger

    def text(self, key: str, **params: object) -> str:
        """Return a text of this room in the server's own language."""
        return words.text(f"mcp.{key}", self.language, **params)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        """Open for one connection; the last one that leaves closes the books."""
        self._guests += 1
        if self._engine is None:
            self._begin()
        try:
            yield self
        finally:
            self._guests -= 1
            if self._guests == 0:
                await self._end()

    def _begin(self) -> None:
        settings = self.settings
        self._parts = Parts(
            sandbox=settings.sandbox,
            scenes=settings.scenes,
            language=settings.language,
            env=settings.env,
            cwd=self.cwd,
            transport=self._transport,
            door="mcp",
        )
        ports = self._parts.ports()
        if self._clock is not None:
            ports.clock = self._clock
        self._engine, self._ledger = Engine(ports), ports.ledger

    async def _end(self) -> None:
        """Close what this guest leaves behind; whoever comes meanwhile opens anew and is not touched."""
        runs, parts = self.runs, self._parts
        self._parts = self._engine = self._ledger = None
        self.runs = Runs()
        with anyio.CancelScope(shield=True):  # a connection that is torn down must not tear the books down too
            await runs.close()
            if parts is not None:
                await parts.close()

    @property
    def output_dir(self) -> Path:
        """Where pictures go: as told, else the default of every door, else the user's pictures folder.

        Desktop clients start a server in ``/`` or in their own program folder, where nobody would look and
        nothing can be written.
        """
        if self.settings.output_dir is not None:
            return self.settings.output_dir
        if paths.in_openclaw(self.env) or (is_working_folder(self.cwd) and os.access(self.cwd, os.W_OK)):
            return paths.from_here(paths.default_folder(self.env, self.cwd))
        return Path.home() / "Pictures" / "nano-banana"

    def resume(self, task_id: str, how: How, language: Language) -> Run:
        """Follow a paid task, or join the run that does so already."""
        run = self.runs.find(task_id)
        if run is not None and not run.abandoned and (not run.done or run.answered is not None):
            return run
        return self.runs.start(
            language,
            lambda emit, trace, tell: self.engine.resume(
                task_id, how, emit, trace, language=language, user_id=self.user, tell=tell
            ),
        )


def is_working_folder(folder: Path) -> bool:
    """Tell whether somebody chose this folder to work in: neither a root of the disk nor a whole home."""
    if folder.parent == folder:
        return False
    try:
        return folder.resolve() != Path.home().resolve()
    except (OSError, RuntimeError):
        return True
