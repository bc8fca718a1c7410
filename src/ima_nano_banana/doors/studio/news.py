"""One look at the books for all pages: what has changed goes to every stream, numbered as the books number it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.doors.run import defect
from ima_nano_banana.doors.studio import bar, shapes
from ima_nano_banana.errors import Fault
from ima_nano_banana.ledger.gallery import MOST_NEWS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ima_nano_banana.doors.studio.house import House
    from ima_nano_banana.ledger.gallery import News as Change
    from ima_nano_banana.words import Language

LOOK_SECONDS = 0.3
BAR_LOOKS = 3
"""Every how many looks the bar is reckoned anew though nothing has changed: limits and freezes have no number."""
BEAT_SECONDS = 15.0
MOST_STREAMS = 64
MOST_WAITING = 2000
OVERLAP = 64
"""On shared books a change may be seen a little after one with a higher number."""

Heard = tuple[str, object, int | None]
"""The name of an event, what it is about, and its number."""


class Stream:
    """One page that listens. Who does not keep up is sent away, and comes back with the last number it heard."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[Heard | None] = asyncio.Queue(MOST_WAITING)

    def put(self, heard: Heard | None) -> bool:
        """Hand over; tell whether there was room."""
        try:
            self.waiting.put_nowait(heard)
        except asyncio.QueueFull:
            return False
        return True

    def end(self) -> None:
        """Let it end, whatever waits."""
        while not self.put(None):
            self.waiting.get_nowait()


class News:
    """Looks, and tells."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None
        self._last: int | None = None
        self._steps: dict[str, int] = {}
        self._bar: object = None
        self._over = False

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._look_on())

    def end_streams(self) -> None:
        """Let every page go; a server that stops waits for nobody."""
        self._over = True
        for stream in self._streams:
            stream.end()

    async def stop(self) -> None:
        """Look no more."""
        self.end_streams()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def full(self) -> bool:
        """Whether nobody else may listen."""
        return self._over or len(self._streams) >= MOST_STREAMS

    async def listen(self, after: int | None, language: Language) -> AsyncIterator[bytes]:
        """Yield the events as they are sent: first what was missed since the number ``after``."""
        stream = Stream()
        self._streams.add(stream)  # before looking back, so that nothing falls between
        try:
            yield b"retry: 1000\n\n"
            for heard in await self._missed(after):
                yield _sent(heard, language)
            while True:
                try:
                    heard_now = await asyncio.wait_for(stream.waiting.get(), BEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if heard_now is None:
                    return
                yield _sent(heard_now, language)
        finally:
            self._streams.discard(stream)

    async def _missed(self, after: int | None) -> list[Heard]:
        shelf = self._house.shelf
        newest = await shelf.newest_change()
        told: list[Heard] = [("bar", await bar.facts(self._house), None)]
        if after is None:
            return [*told, ("hello", {"newest": newest}, newest)]
        changes = await shelf.news(self._house.realm, after)
        if len(changes) >= MOST_NEWS or after > newest:
            return [*told, ("reload", {}, newest)]
        return [*told, *(("item", one, one.seq) for one in changes), ("hello", {"newest": newest}, newest)]

    async def _look_on(self) -> None:
        looks = 0
        while True:
            try:
                if self._streams or not looks:
                    changed = await self._look()
                    if changed or looks % BAR_LOOKS == 0:
                        await self._tell_bar()
            except Fault:  # books that can't be read now may be read a moment later
                pass
            except Exception as error:  # of this program: it is written down, and nobody is left without news
                defect(error, None)
            looks += 1
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> bool:
        shelf = self._house.shelf
        newest = await shelf.newest_change()
        if self._last is None:
            self._last = newest
        if newest == self._last and not self._house.shelf.ledger.shared:
            return False
        back = OVERLAP if self._house.shelf.ledger.shared else 0
        changes = await shelf.news(self._house.realm, max(0, self._last - back))
        fresh = [one for one in changes if self._steps.get(one.seen.item.id) != one.step or not back]
        self._steps = {one.seen.item.id: one.step for one in changes}
        self._last = newest
        if len(changes) >= MOST_NEWS:
            self._tell(("reload", {}, newest))
        else:
            for one in fresh:
                self._tell(("item", one, one.seq))
        return bool(fresh)

    async def _tell_bar(self) -> None:
        found = await bar.facts(self._house)
        if found != self._bar:
            self._bar = found
            self._tell(("bar", found, None))

    def _tell(self, heard: Heard) -> None:
        for stream in list(self._streams):
            if not stream.put(heard):
                stream.end()
                self._streams.discard(stream)


def _sent(heard: Heard, language: Language) -> bytes:
    name, about, number = heard
    body = shapes.facts(_change(about).seen, language) if name == "item" else about
    told = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {told}\n\n".encode()


def _change(about: object) -> Change:
    from ima_nano_banana.ledger.gallery import News as Change

    assert isinstance(about, Change)  # noqa: S101 -- for the type alone
    return about
