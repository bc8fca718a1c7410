"""The runs that are under way, so that nothing they need is closed under them."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.errors import Fault, InterruptedFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ima_nano_banana.engine.ports import Trace

T = TypeVar("T")

PATIENCE = 8.0
"""Seconds that runs have to end once they are stopped; a create under way takes up to 2 s of it."""


class Going:
    """The runs of one engine, and what they have spent together."""

    def __init__(self) -> None:
        self._runs: dict[int, tuple[Trace, asyncio.Task[object] | None]] = {}
        self._helpers: set[asyncio.Task[object]] = set()
        self._paid = 0
        self._task_id: str | None = None
        self._unknown = False
        self._stopped = False

    @contextmanager
    def run(self, trace: Trace) -> Iterator[None]:
        """Count the current task as a run.

        Raises:
            InterruptedFault: everything is being closed.
            Fault: what the run raised, with the id of the task that it has paid for.
        """
        if self._stopped:
            raise InterruptedFault("interrupted.unsent")
        self._runs[id(trace)] = trace, asyncio.current_task()
        try:
            yield
        except Fault as fault:
            if (paid := with_its_task(fault, trace)) is not fault:
                raise paid from fault
            raise
        finally:
            del self._runs[id(trace)]
            self._count(trace)

    def helped(self, task: asyncio.Task[T]) -> asyncio.Task[T]:
        """Call ``task`` off too when all ends; no run is lost with it."""
        self._helpers.add(task)
        task.add_done_callback(self._helpers.discard)
        return task

    def _count(self, trace: Trace) -> None:
        if trace.task_id is not None and trace.charged == "yes":
            self._paid += 1
            self._task_id = trace.task_id
        self._unknown = self._unknown or trace.charged == "unknown"

    def trace(self) -> Trace:
        """Return what all runs together have spent so far; an id only where there is a single task."""
        from ima_nano_banana.engine.ports import Trace

        whole = Going()
        whole._paid, whole._task_id, whole._unknown = self._paid, self._task_id, self._unknown
        for one, _ in self._runs.values():
            whole._count(one)
        if whole._unknown:
            return Trace(phase="create", charged="unknown")
        if whole._paid:
            return Trace(phase="poll", charged="yes", task_id=whole._task_id if whole._paid == 1 else None)
        return Trace()

    async def stop(self) -> None:
        """Stop every run and wait until it has booked where it is. Nothing begins any more."""
        self._stopped = True
        own = asyncio.current_task()
        running = [task for _, task in self._runs.values() if task is not None]
        tasks = {task for task in (*running, *self._helpers) if task is not own}
        for task in tasks:
            task.cancel()
        await ended(tasks)


def with_its_task(fault: Fault, trace: Trace) -> Fault:
    """Return a fault that thinks that nothing was spent with the id of the task that its run has paid for."""
    unaware = trace.task_id is not None and fault.task_id is None and fault.charged == "no"
    return fault.moved(charged="yes", task_id=trace.task_id) if unaware else fault


async def ended(tasks: Iterable[asyncio.Task[object]], patience: float | None = None) -> None:
    """Wait until tasks have ended, also if whoever waits is told to stop meanwhile: their books come first."""
    pending = {task for task in tasks if not task.done()}
    until = time.monotonic() + (PATIENCE if patience is None else patience)
    cancelled: asyncio.CancelledError | None = None
    while pending and (left := until - time.monotonic()) > 0:
        try:
            _, pending = await asyncio.wait(pending, timeout=left)
        except asyncio.CancelledError as stop:
            cancelled = stop
            pending = {task for task in pending if not task.done()}
    if cancelled is not None:
        raise cancelled
