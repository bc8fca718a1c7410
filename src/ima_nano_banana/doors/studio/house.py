"""One studio's engine, books and runs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.assembly import Parts
from ima_nano_banana.doors.studio.jobs import Jobs
from ima_nano_banana.doors.studio.news import News
from ima_nano_banana.doors.studio.thumbs import Thumbs
from ima_nano_banana.engine import Engine
from ima_nano_banana.ledger import AsyncLedger, open_ledger
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx2

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.doors.studio.settings import Settings

FOLDER = "ima_studio"


class House:
    """What the pages work with.

    Attributes:
        shelf: The books for looking, on a connection of their own, so that no booking waits for a gallery.
        jobs: The runs that this server follows.
        news: Tells every page what has changed.
    """

    def __init__(
        self, settings: Settings, *, transport: httpx2.AsyncBaseTransport | None = None, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.env = settings.env
        self.user = paths.user_id(settings.user_id, settings.env)
        self.realm = "sandbox" if settings.sandbox else "ima"
        self.folder: Path = paths.memory_dir(paths.state_root(settings.env)) / FOLDER
        self._parts = Parts(
            key=settings.key,
            sandbox=settings.sandbox,
            scenes=settings.scenes,
            language=settings.language or "en",
            env=settings.env,
            transport=transport,
            clock=clock,
            door="studio",
        )
        self.engine = Engine(self._parts.ports())
        aside = paths.memory_dir(paths.state_root(settings.env))
        self.shelf = AsyncLedger(open_ledger(paths.books(settings.env), clock=clock, aside=aside))
        self.thumbs = Thumbs(self.folder / "thumbs")
        self.jobs = Jobs(self)
        self.news = News(self)

    @property
    def ledger(self) -> AsyncLedger:
        """The books that the engine writes."""
        return self._parts.ledger()

    @property
    def inputs(self) -> Path:
        """Where pictures lie that were given to the page."""
        return self.folder / "inputs"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        """Take up what is open in the books, and look out for news."""
        await self.jobs.take_up()
        self.news.start()
        try:
            yield self
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop the runs and let them book where they are; then close the books."""
        await self.news.stop()
        await self.jobs.close()
        self.thumbs.close()
        await self._parts.close()
        await self.shelf.aclose()

    def with_port(self, port: int) -> None:
        """Note the port that was found to be free."""
        self.settings = replace(self.settings, port=port)
