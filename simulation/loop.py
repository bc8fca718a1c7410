"""An event loop whose time is its own and whose order is drawn.

Within one process asyncio promises first come, first served, and so does this; which process moves next, and when a
thread of its executors does, is drawn. Time passes when nobody can move, and a little with every step.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque
from concurrent.futures import Executor, Future
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from simulation.machine import Process

PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)
"""Whose code runs. ``None`` is the world outside."""

MOST_STEPS = 400_000
_numbers = itertools.count()


class Killed(BaseException):
    """What the code of a dying process sees; nobody outside it ever does."""


class StuckError(Exception):
    """Nobody can move any more, or they move for ever."""


class Task(asyncio.Task):  # type: ignore[type-arg]
    """A task that is hashed by its number, so that a set of tasks has the same order in every run."""

    def __init__(self, coro: Any, **more: Any) -> None:
        self.number = next(_numbers)
        self.home: Any = None
        super().__init__(coro, **more)
        self._log_destroy_pending = False

    __hash__ = lambda self: self.number  # noqa: E731 -- a method of one expression


class Awaited(asyncio.Future):  # type: ignore[type-arg]
    """The same for a future."""

    def __init__(self, **more: Any) -> None:
        self.number = next(_numbers)
        super().__init__(**more)

    __hash__ = lambda self: self.number  # noqa: E731


class Lane:
    """What happens one after the other: the loop of a process, or one of its threads."""

    __slots__ = ("busy", "number", "once", "process", "waiting")

    def __init__(self, number: int, process: Process | None) -> None:
        self.number = number
        self.once = False
        self.process = process
        self.waiting: deque[asyncio.Handle] = deque()
        self.busy = False


class Threads(Executor):
    """An executor of one thread; its work is done whole, at a moment that is drawn."""

    def __init__(self, *_: Any, once: bool = False, **__: Any) -> None:
        self._loop = running()
        self._process = PROCESS.get()
        self._lane = self._loop.lane(self._process)
        self._lane.once = once
        self._ended = False
        if self._process is not None and not once:
            self._process.threads.append(self)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._ended:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[Any] = Future()

        def work() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:
                    future.set_exception(error)

        self._loop.put(self._lane, asyncio.Handle(work, (), self._loop, copy_context()))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End after what was asked for. A thread that waits here is busy until then."""
        self._ended = True
        if wait:
            self._loop.until(lambda: not self._lane.waiting and not self._lane.busy)


def running() -> Loop:
    """Return the loop that runs at this moment."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, Loop):
        raise TypeError("there is no simulation")
    return loop


class Loop(asyncio.AbstractEventLoop):
    """The loop of every process at once."""

    def __init__(self, chance: random.Random, step: float = 0.0) -> None:
        self.now = 0.0
        self.steps = 0
        self.step_seconds = step
        self.defects: list[str] = []
        self._chance = chance
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._order = itertools.count()
        self._lanes: dict[int, Lane] = {}
        self._lane_numbers = itertools.count()
        self._of: dict[int, Lane] = {}
        self.after: Callable[[], None] = lambda: None

    # --- lanes ---

    def lane(self, process: Process | None) -> Lane:
        """Return a new lane of a process."""
        lane = Lane(next(self._lane_numbers), process)
        self._lanes[lane.number] = lane
        return lane

    def put(self, lane: Lane, handle: asyncio.Handle) -> None:
        """Let ``handle`` happen on ``lane``."""
        lane.waiting.append(handle)

    def _own(self, process: Process | None) -> Lane:
        place = -1 if process is None else process.number
        lane = self._of.get(place)
        if lane is None:
            lane = self._of[place] = self.lane(process)
        return lane

    def forget(self, process: Process) -> None:
        """Drop whatever a dead process was still to do."""
        for lane in list(self._lanes.values()):
            if lane.process is process:
                lane.waiting.clear()
        self._timers = [one for one in self._timers if one[2]._context.get(PROCESS) is not process]
        heapq.heapify(self._timers)

    # --- moving ---

    def run(self, main: Any) -> Any:
        """Run ``main`` to its end."""
        asyncio._set_running_loop(self)
        try:
            task = self.create_task(main)
            self.until(task.done)
            return task.result()
        finally:
            asyncio._set_running_loop(None)

    def until(self, done: Callable[[], bool], deadline: float | None = None) -> None:
        """Move until ``done``, or until ``deadline``; also from within a thread that waits."""
        while not done():
            if deadline is not None and self.now >= deadline:
                return
            if not self._move(deadline):
                raise StuckError("nobody can move")
            if self.steps > MOST_STEPS:
                raise StuckError("no end")

    def sleep(self, seconds: float) -> None:
        """Let a thread wait: everybody else goes on."""
        deadline = self.now + max(0.0, seconds)
        process = PROCESS.get()
        if asyncio.current_task(self) is not None:  # it holds up its own loop; a rare thing, so everybody waits
            self.now = deadline
            return
        self.until(lambda: self.now >= deadline or (process is not None and process.dead), deadline)
        if process is not None and process.dead:
            raise Killed

    def _move(self, deadline: float | None) -> bool:
        self._ring()
        able = [lane for lane in self._lanes.values() if lane.waiting and not lane.busy and self._may(lane)]
        if able:
            self._step(able[int(self._chance.random() * len(able))] if len(able) > 1 else able[0])
            return True
        return self._wait(deadline)

    def _may(self, lane: Lane) -> bool:
        process = lane.process
        return process is None or (process.frozen_until <= self.now and not process.dead)

    def _ring(self) -> None:
        while self._timers and self._timers[0][0] <= self.now:
            handle = heapq.heappop(self._timers)[2]
            if not handle._cancelled:
                self._own(handle._context.get(PROCESS)).waiting.append(handle)

    def _wait(self, deadline: float | None) -> bool:
        moments = [lane.process.frozen_until for lane in self._lanes.values() if lane.waiting and lane.process]
        moments = [moment for moment in moments if moment > self.now]
        while self._timers and self._timers[0][2]._cancelled:
            heapq.heappop(self._timers)
        if self._timers:
            moments.append(self._timers[0][0])
        if deadline is not None:
            moments.append(deadline)
        if not moments:
            return False
        self.now = max(self.now, min(moments))
        return True

    def _step(self, lane: Lane) -> None:
        handle = lane.waiting.popleft()
        if handle._cancelled:
            return
        self.steps += 1
        self.now += self.step_seconds
        if lane.process is not None and lane.process.comes_to("step"):
            self.after()
            return
        # A thread that sleeps lets the loop of its process go on, but not the same thread.
        lane.busy = True
        try:
            handle._context.run(handle._callback, *handle._args)
        except Killed:
            pass
        except (SystemExit, KeyboardInterrupt, StuckError):
            raise
        except BaseException as error:  # asyncio would log it and go on
            self.defects.append(f"{type(error).__name__}: {error}")
        finally:
            lane.busy = False
        if lane.once:
            del self._lanes[lane.number]
        self.after()

    # --- what asyncio asks of a loop ---

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._own(handle._context.get(PROCESS)).waiting.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        return self.call_at(self.now + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        handle._scheduled = True
        heapq.heappush(self._timers, (when, next(self._order), handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass

    def create_future(self) -> asyncio.Future[Any]:
        return Awaited(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Any = None) -> asyncio.Task[Any]:
        home = context or copy_context()
        task = Task(coro, loop=self, name=name, context=home)
        task.home = home
        process = home.get(PROCESS)
        if process is not None:
            process.coroutines.append(task)
        return task

    def run_in_executor(self, executor: Executor | None, func: Any, *args: Any) -> asyncio.Future[Any]:
        threads = executor or Threads(once=True)  # the default executor has many threads
        return asyncio.wrap_future(threads.submit(func, *args), loop=self)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Killed):
            self.defects.append(f"{context.get('message')}: {type(error).__name__} {error}")
