"""Runs of the engine that outlive the call which began them."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ima_nano_banana.domain.events import Failed
from ima_nano_banana.doors.run import defect
from ima_nano_banana.engine.going import ended
from ima_nano_banana.engine.ports import Trace
from ima_nano_banana.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.engine.ports import Emit
    from ima_nano_banana.engine.telling import Last, Tell
    from ima_nano_banana.words import Language

    Work = Callable[[Emit, Trace, Tell], Coroutine[object, object, Result]]

KEPT_SECONDS = 3600.0
KEPT_RUNS = 200
UNPAID = ("validate", "catalog", "upload")


class Run:
    """One run: what it has said so far, and how it ended.

    Whoever is interested looks at ``events`` and waits for :meth:`news`.

    Attributes:
        language: The language of its texts.
        trace: How far it has come.
        events: Everything it has said.
        last: How it ended. The engine's own task goes on until some caller was told of it.
        abandoned: Its client has said that it does not want it any more.
        answered: The answer that was built from its outcome, kept for whoever asks again.
    """

    def __init__(self, language: Language, work: Work) -> None:
        self.language: Language = language
        self.trace = Trace()
        self.events: list[Event] = []
        self.created_at = self.updated_at = datetime.now(UTC)
        self.last: Last | None = None
        self.abandoned = False
        self.answered: object = None
        self._since = time.monotonic()
        self._news = asyncio.Event()
        self._handed = asyncio.Event()
        self._afterwards: list[Callable[[], object]] = []
        self.task: asyncio.Task[Result] = asyncio.get_running_loop().create_task(self._work(work))
        self.task.add_done_callback(self._ended)

    async def _work(self, work: Work) -> Result:
        try:
            return await work(self._emit, self.trace, self._tell_callers)
        except Fault:
            raise
        except Exception as error:
            raise defect(error, self.trace) from error

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        self._tell()

    async def _tell_callers(self, last: Last) -> bool:
        """Wait until a caller has the reply, however late it comes; whoever closes the server ends the waiting."""
        self.last = last
        self.events.append(last)
        self._finished()
        self._tell()
        if self.trace.item_id is None:
            return False  # nothing in the books hangs on it
        try:
            await self._handed.wait()
        except asyncio.CancelledError:
            if not self._handed.is_set():
                raise
        return True

    def handed(self) -> None:
        """Note that a caller has its end."""
        self._handed.set()

    def afterwards(self, do: Callable[[], object]) -> None:
        """Call ``do`` once it has ended."""
        if self.done:
            do()
        else:
            self._afterwards.append(do)

    def _finished(self) -> None:
        waiting, self._afterwards = self._afterwards, []
        for do in waiting:
            do()

    def _ended(self, task: asyncio.Task[Result]) -> None:
        if not task.cancelled():
            task.exception()  # nobody may be waiting any more; that is no reason to complain
        self._finished()
        self._tell()

    def _tell(self) -> None:
        self.updated_at = datetime.now(UTC)
        told, self._news = self._news, asyncio.Event()
        told.set()

    async def news(self) -> None:
        """Wait until it says something or ends."""
        await self._news.wait()

    @property
    def done(self) -> bool:
        """Whether it has ended, be it told or not."""
        return self.last is not None or self.task.done()

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._since

    @property
    def paid(self) -> bool:
        """Whether there is a task that is worth waiting for, or a create whose answer is on its way."""
        return self.trace.task_id is not None or self.trace.phase not in UNPAID

    def result(self) -> Result:
        """Return what it made.

        Raises:
            Fault: it failed.
        """
        if self.last is None:
            return self.task.result()
        if isinstance(self.last, Failed):
            raise self.last.fault
        return self.last.result

    def leave(self) -> None:
        """Nobody waits any more: what is not paid for is called off, what is paid goes on."""
        if not self.paid:
            self.task.cancel()

    def abandon(self) -> None:
        """Stop following for good; the ledger keeps the task open."""
        self.abandoned = True
        self.task.cancel()


class Runs:
    """The runs of one server."""

    def __init__(self) -> None:
        self._runs: list[Run] = []

    def start(self, language: Language, work: Work) -> Run:
        """Begin a run that belongs to the server."""
        self._forget()
        run = Run(language, work)
        self._runs.append(run)
        return run

    def find(self, task_id: str) -> Run | None:
        """Return the latest run that follows this very task."""
        return next((run for run in reversed(self._runs) if run.trace.task_id == task_id), None)

    def _forget(self) -> None:
        """Let go of old outcomes; the ledger knows them all."""
        fresh = [run for run in self._runs if not run.done or run.elapsed < KEPT_SECONDS]
        over = len(fresh) - KEPT_RUNS
        kept = [run for place, run in enumerate(fresh) if place >= over or not run.done]
        for run in self._runs:
            if run not in kept:
                run.task.cancel()  # nobody was told in all that time; whoever asks again is told by the books
        self._runs = kept

    async def close(self) -> None:
        """Stop following; every paid task stays open in the ledger, for the next server or command."""
        tasks = [run.task for run in self._runs if not run.task.done()]
        for task in tasks:
            task.cancel()
        await ended(tasks)
        self._runs.clear()
