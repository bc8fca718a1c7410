"""The runs that were ordered here, and those that an earlier studio left open."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.domain.language import language_of
from ima_nano_banana.doors.mcp.runs import Run, Runs
from ima_nano_banana.engine.ports import How
from ima_nano_banana.errors import Fault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Wish
    from ima_nano_banana.doors.studio.house import House
    from ima_nano_banana.ledger import Item, Plan

DOOR = "studio"
LOOK_SECONDS = 0.05
PATIENCE = 120.0
"""Seconds for list and uploads, until the books know the request."""


class Jobs:
    """Runs that belong to the server: a page that is closed stops none of them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._runs = Runs()
        self._all: list[Run] = []

    async def make(self, wish: Wish, how: How) -> Run:
        """Begin a run; return once the books know it, or it has ended without them.

        Raises:
            Fault: it ended before it came into the books.
        """
        engine = self._house.engine
        language = language_of(wish.prompt, wish.language)
        run = self._runs.start(language, lambda emit, trace, tell: engine.generate(wish, how, emit, trace, tell=tell))
        return await self._in_the_books(run)

    async def spend(self, plan: Plan) -> Run:
        """Begin the run of a plan.

        Raises:
            Fault: it ended before it came into the books.
        """
        engine, how = self._house.engine, How(output_dir=self._house.settings.output_dir)
        language = language_of(plan.wish.get("prompt"), plan.facts["language"])
        run = self._runs.start(language, lambda emit, trace, tell: engine.run(plan, how, emit, trace, tell=tell))
        return await self._in_the_books(run)

    async def fetch(self, item: Item) -> Run:
        """Follow a paid task to its end; one that is followed already is joined.

        Raises:
            Fault: it can't be followed.
        """
        for known in self._all:
            if known.trace.item_id == item.id and not known.task.done():
                return known
        return await self._in_the_books(self._resume(item))

    def told(self, ids: set[str]) -> None:
        """Note that a page shows how these have ended: now they are closed."""
        for run in self._all:
            if run.trace.item_id in ids and run.last is not None:
                run.handed()

    async def take_up(self) -> None:
        """Follow what an earlier studio has paid for and nobody was told of."""
        with suppress(Fault):
            house = self._house
            for item in await house.ledger.left_open(DOOR, user_id=house.user, realm=house.realm):
                self._keep(self._resume(item))

    async def close(self) -> None:
        """Stop following; what is paid for stays open in the books, for the next studio or command."""
        await self._runs.close()
        self._all.clear()

    def _resume(self, item: Item) -> Run:
        engine, language = self._house.engine, language_of(item.prompt, item.language)
        return self._runs.start(
            language,
            lambda emit, trace, tell: engine.resume(
                item.task_id or "", How(), emit, trace, language=language, user_id=item.user_id, tell=tell
            ),
        )

    def _keep(self, run: Run) -> None:
        self._all = [*(one for one in self._all if not one.task.done()), run]

    async def _in_the_books(self, run: Run) -> Run:
        self._keep(run)
        until = asyncio.get_running_loop().time() + PATIENCE
        while run.trace.item_id is None and not run.done and asyncio.get_running_loop().time() < until:
            with suppress(TimeoutError):
                await asyncio.wait_for(run.news(), LOOK_SECONDS)
        if run.done and run.trace.item_id is None:
            run.result()
        return run
