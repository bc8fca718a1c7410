"""The ledger for the event loop: one worker thread, first come, first served.

Whatever has queued up while the disk was busy shares the next commit, so that a thousand runs at once wait
for few of them. Nobody is told of a booking before the commit that holds it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger.books import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")


def _threaded(
    method: Callable[Concatenate[Ledger, P], T],
) -> Callable[Concatenate[LedgerCalls, P], Coroutine[object, object, T]]:
    async def call(self: LedgerCalls, /, *args: P.args, **kwargs: P.kwargs) -> T:
        shared = self.ledger.shares and method.__name__ not in _ALONE
        return await self.run(partial(getattr(self.ledger, method.__name__), *args, **kwargs), shared=shared)

    call.__name__ = method.__name__
    call.__doc__ = method.__doc__
    return call


_ALONE = frozenset(
    {
        *("forget", "freeze", "limits_show", "check", "costs", "tasks", "open_items", "batch_items", "batch_twins"),
        *("shelf_count", "shelf_ids", "shelf_part", "seen", "newest_change", "news", "family", "counts", "spending"),
        *("choices", "star", "left_open"),
    }
)
"""What must not be part of a transaction, or reads so much that nobody should wait for it."""
MOST_SHARED = 128


@dataclass(slots=True)
class _Piece:
    """Something asked of the ledger, and who waits for it."""

    work: Callable[[], Any]
    future: Future[Any]
    shared: bool


class LedgerCalls:
    """Every method of :class:`Ledger`, awaited. How a call gets to the ledger's thread is up to :meth:`run`."""

    ledger: Ledger

    peek = _threaded(Ledger.peek)
    named = _threaded(Ledger.named)
    reserve = _threaded(Ledger.reserve)
    further = _threaded(Ledger.further)
    has_open = _threaded(Ledger.has_open)
    has_limits = _threaded(Ledger.has_limits)
    created = _threaded(Ledger.created)
    requeue = _threaded(Ledger.requeue)
    refused = _threaded(Ledger.refused)
    uncertain = _threaded(Ledger.uncertain)
    adopt = _threaded(Ledger.adopt)
    ready = _threaded(Ledger.ready)
    files = _threaded(Ledger.files)
    done = _threaded(Ledger.done)
    failed = _threaded(Ledger.failed)
    told = _threaded(Ledger.told)
    untold = _threaded(Ledger.untold)
    find = _threaded(Ledger.find)
    of_realm = _threaded(Ledger.of_realm)
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
    may_refuse = _threaded(Ledger.may_refuse)
    time_zone = _threaded(Ledger.time_zone)
    time_zone_set = _threaded(Ledger.time_zone_set)
    ahead = _threaded(Ledger.ahead)
    freeze = _threaded(Ledger.freeze)
    unfreeze = _threaded(Ledger.unfreeze)
    freezes = _threaded(Ledger.freezes)
    propose = _threaded(Ledger.propose)
    plan = _threaded(Ledger.plan)
    plans = _threaded(Ledger.plans)
    decide = _threaded(Ledger.decide)
    approvals = _threaded(Ledger.approvals)
    approvals_set = _threaded(Ledger.approvals_set)
    batch_set = _threaded(Ledger.batch_set)
    batch = _threaded(Ledger.batch)
    batch_items = _threaded(Ledger.batch_items)
    batch_file = _threaded(Ledger.batch_file)
    batch_file_set = _threaded(Ledger.batch_file_set)
    batch_twins = _threaded(Ledger.batch_twins)
    check = _threaded(Ledger.check)
    shelf_count = _threaded(Ledger.shelf_count)
    shelf_ids = _threaded(Ledger.shelf_ids)
    shelf_part = _threaded(Ledger.shelf_part)
    seen = _threaded(Ledger.seen)
    newest_change = _threaded(Ledger.newest_change)
    news = _threaded(Ledger.news)
    star = _threaded(Ledger.star)
    family = _threaded(Ledger.family)
    counts = _threaded(Ledger.counts)
    spending = _threaded(Ledger.spending)
    choices = _threaded(Ledger.choices)
    left_open = _threaded(Ledger.left_open)

    async def run(self, work: Callable[[], T], *, shared: bool = False) -> T:
        """Do ``work`` where the ledger works."""
        raise NotImplementedError


class AsyncLedger(LedgerCalls):
    """:class:`Ledger` with the same methods, awaited.

    What has been asked for happens, even if the asking task is cancelled meanwhile: a booking is never
    half done. A reservation whose asker is gone was never used, so it is given back.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._waiting: deque[_Piece] = deque()
        self._closed = False

    async def run(self, work: Callable[[], T], *, shared: bool = False) -> T:
        """Do ``work`` on the ledger's thread and see it through.

        Args:
            work: What to do.
            shared: It may share a commit with what others have asked for.
        """
        future: Future[T] = Future()
        self._waiting.append(_Piece(work, future, shared))
        try:
            self._worker.submit(self._drain)
        except RuntimeError:
            if self._closed:
                raise
            self._drain()  # the interpreter is ending and has put every thread away; what is booked counts still
        try:
            return await asyncio.shield(asyncio.wrap_future(future))
        except asyncio.CancelledError:
            future.add_done_callback(self._give_back)
            raise

    def _drain(self) -> None:
        """Do the oldest piece, and with it all that follow and may share its commit. Runs on the worker."""
        pieces: list[_Piece] = []
        while self._waiting and len(pieces) < MOST_SHARED and (not pieces or self._waiting[0].shared):
            pieces.append(self._waiting.popleft())
            if not pieces[0].shared:
                break
        pieces = [piece for piece in pieces if piece.future.set_running_or_notify_cancel()]
        if len(pieces) == 1:
            _settle(pieces[0], _outcome(pieces[0].work))
        elif pieces:
            self._share(pieces)

    def _share(self, pieces: list[_Piece]) -> None:
        try:
            ends = self.ledger.database.together([piece.work for piece in pieces])
        except StorageFault:
            # Nothing of it is stored. Each alone may still get through, or say for itself what is at stake.
            ends = [_outcome(piece.work) for piece in pieces]
        now = self.ledger.moment
        for piece, end in zip(pieces, ends, strict=True):
            _settle(piece, _dated(end, now) if isinstance(end, Reservation) else end)

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
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._finish)
        except RuntimeError:  # the interpreter is ending, see above
            self._finish()

    def _finish(self) -> None:
        try:
            self._worker.submit(self.ledger.close)
        except RuntimeError:
            self.ledger.close()
        self._worker.shutdown(wait=True)

    async def __aenter__(self) -> AsyncLedger:
        """Return the ledger."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.aclose()


def _outcome(work: Callable[[], Any]) -> Any:  # noqa: ANN401 -- whatever the ledger answers
    try:
        return work()
    except BaseException as error:
        return error


def _dated(reservation: Reservation, now: float) -> Reservation:
    """Fill in the moment of the commit where nobody could know it before."""
    return reservation if reservation.claimed_at <= now else replace(reservation, claimed_at=now)


def _settle(piece: _Piece, end: object) -> None:
    if isinstance(end, BaseException):
        piece.future.set_exception(end)
    else:
        piece.future.set_result(end)
