"""A request that was submitted: how it stands, what it says, what it made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.domain.events import Interrupted
from ima_nano_banana.doors.run import interrupted
from ima_nano_banana.engine.going import ended
from ima_nano_banana.engine.ports import Trace
from ima_nano_banana.errors import InterruptedFault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.doors.library.made import Made
    from ima_nano_banana.doors.library.telling import Heard
    from ima_nano_banana.errors import Charged, Fault, Phase

    Work = Callable[[Trace, Heard], Coroutine[object, object, Made]]

Status = Literal["preparing", "ordering", "waiting", "saving", "done", "failed", "stopped"]
"""``ordering``: the create is under way; ``waiting`` and ``saving``: it is paid for."""

_PHASES: dict[Phase, Status] = {"create": "ordering", "poll": "waiting", "download": "saving", "deliver": "saving"}


class AsyncHandle:
    """One submitted request. It goes on whether or not somebody waits for it."""

    def __init__(
        self,
        work: Work,
        heard: Heard | None,
        *,
        speak: Callable[[Fault], Fault],
        close: Callable[[Trace], Coroutine[object, object, None]],
    ) -> None:
        self._trace = Trace()
        self._speak = speak
        self._close = close
        self._told = False
        self._stopped: Fault = InterruptedFault("interrupted.unsent")
        self._heard = heard
        self._events: list[Event] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[Made] = asyncio.get_running_loop().create_task(work(self._trace, self._tell))
        self._task.add_done_callback(self._ended)

    def _tell(self, event: Event) -> object:
        self._events.append(event)
        self._wake()
        return self._heard(event) if self._heard is not None else None

    def _wake(self) -> None:
        told, self._news = self._news, asyncio.Event()
        told.set()

    def _ended(self, task: asyncio.Task[Made]) -> None:
        if task.cancelled():
            self._stopped = self._speak(interrupted(self._trace))
            self._events.append(Interrupted(fault=self._stopped))
        else:
            task.exception()  # whoever asks for the result hears of it; nobody has to
        self._wake()

    @property
    def status(self) -> Status:
        """How it stands."""
        if not self._task.done():
            return _PHASES.get(self._trace.phase, "preparing")
        if self._task.cancelled() or isinstance(self._task.exception(), InterruptedFault):
            return "stopped"
        return "failed" if self._task.exception() is not None else "done"

    @property
    def task_id(self) -> str | None:
        """The task that is paid for, once it is."""
        return self._trace.task_id

    @property
    def charged(self) -> Charged:
        """Whether points were taken so far: ``"no"``, ``"yes"`` or ``"unknown"``."""
        return self._trace.charged

    @property
    def done(self) -> bool:
        """Whether it has ended, one way or another."""
        return self._task.done()

    def event(self, number: int) -> Event | None:
        """Return one of the events so far."""
        return self._events[number] if number < len(self._events) else None

    async def next_event(self, number: int) -> Event | None:
        """Wait for an event; ``None`` if there will be none."""
        while (event := self.event(number)) is None and not self.done:
            await self._news.wait()
        event = event or self.event(number)
        if event is None:
            await self._closed()
        return event

    async def events(self) -> AsyncIterator[Event]:
        """Yield every event from the first to the last; several may listen, whenever they come."""
        heard = 0
        while (event := await self.next_event(heard)) is not None:
            yield event
            heard += 1

    async def result(self) -> Made:
        """Wait for the pictures. Whoever gives up waiting here stops nothing.

        Raises:
            Fault: it failed, or was stopped (:class:`InterruptedFault`).
        """
        await asyncio.wait({self._task})
        await self._closed()
        return self.outcome()

    async def _closed(self) -> None:
        """Close the request once somebody hears its end; until then the same request is handed it again."""
        if not self._told:
            self._told = True
            await self._close(self._trace)

    def outcome(self) -> Made:
        """Return the pictures of a request that has ended.

        Raises:
            Fault: it failed, or was stopped (:class:`InterruptedFault`).
        """
        if self._task.cancelled():
            raise self._stopped
        return self._task.result()

    async def cancel_waiting(self) -> None:
        """Stop following it. What is not ordered yet never will be; what is paid for stays open and is resumed
        by its id or by the same request.
        """
        if not self._task.done():
            self._task.cancel()
        await ended({self._task})
