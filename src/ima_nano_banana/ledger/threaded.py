"""The ledger for the event loop: one worker thread, first come, first served."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.ledger.books import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

P = ParamSpec("P")
T = TypeVar("T")


def _threaded(
    method: Callable[Concatenate[Ledger, P], T],
) -> Callable[Concatenate[AsyncLedger, P], Coroutine[object, object, T]]:
    async def call(self: AsyncLedger, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.run(partial(method, self.ledger, *args, **kwargs))

    call.__name__ = method.__name__
    call.__doc__ = method.__doc__
    return call


class AsyncLedger:
    """:class:`Ledger` with the same methods, awaited.

    What has been asked for happens, even if the asking task is cancelled meanwhile: a booking is never
    half done. A reservation whose asker is gone was never used, so it is given back.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._closed = False
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    peek = _threaded(Ledger.peek)
    reserve = _threaded(Ledger.reserve)
    further = _threaded(Ledger.further)
    has_open = _threaded(Ledger.has_open)
    has_limits = _threaded(Ledger.has_limits)
    created = _threaded(Ledger.created)
    requeue = _threaded(Ledger.requeue)
    refused = _threaded(Ledger.refused)
    unsent = _threaded(Ledger.unsent)
    uncertain = _threaded(Ledger.uncertain)
    adopt = _threaded(Ledger.adopt)
    ready = _threaded(Ledger.ready)
    files = _threaded(Ledger.files)
    done = _threaded(Ledger.done)
    failed = _threaded(Ledger.failed)
    find = _threaded(Ledger.find)
    open_items = _threaded(Ledger.open_items)
    tasks = _threaded(Ledger.tasks)
    changes = _threaded(Ledger.changes)
    pictures = _threaded(Ledger.pictures)
    durations = _threaded(Ledger.durations)
    costs = _threaded(Ledger.costs)
    forget = _threaded(Ledger.forget)
    settle = _threaded(Ledger.settle)
    limits_set = _threaded(Ledger.limits_set)
    limits_show = _threaded(Ledger.limits_show)
    pace_set = _threaded(Ledger.pace_set)
    batch_set = _threaded(Ledger.batch_set)
    batch = _threaded(Ledger.batch)
    batch_items = _threaded(Ledger.batch_items)
    check = _threaded(Ledger.check)

    async def run(self, work: Callable[[], T]) -> T:
        """Do ``work`` on the ledger's thread and see it through."""
        future = self._worker.submit(work)
        try:
            return await asyncio.shield(asyncio.wrap_future(future))
        except asyncio.CancelledError:
            future.add_done_callback(self._give_back)
            raise

    def _give_back(self, future: Future[T]) -> None:
        """Free what was reserved for nobody. Runs on the worker, right after the booking."""
        if future.cancelled() or future.exception() is not None:
            return
        found = future.result()
        if isinstance(found, Reservation):
            self.ledger.refused(found)

    async def aclose(self) -> None:
        """Finish what was asked for, then close the file; once is enough."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(None, self._finish)

    def _finish(self) -> None:
        self._worker.submit(self.ledger.close)
        self._worker.shutdown(wait=True)

    async def __aenter__(self) -> AsyncLedger:
        """Return the ledger."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.aclose()
