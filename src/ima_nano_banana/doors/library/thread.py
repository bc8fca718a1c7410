"""An event loop in a thread of its own, which any number of threads may give work to."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from ima_nano_banana.doors.library.arguments import NotOpenError
from ima_nano_banana.engine.going import PATIENCE, ended
from ima_nano_banana.errors import Fault, InterruptedFault

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


T = TypeVar("T")
EventT = TypeVar("EventT")

# Windows lets no signal through to a thread that waits without end.
_LOOKS_UP = 0.2 if os.name == "nt" else None


class Inbox:
    """What the loop has for one waiting thread: calls of its callback, and at last that the work has ended."""

    def __init__(self) -> None:
        self._pieces: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def put(self, piece: Callable[[], None] | None) -> None:
        """Put something in, from whichever thread."""
        self._pieces.put(piece)

    def relayed(self, heard: Callable[[EventT], object]) -> Callable[[EventT], object]:
        """Return a callback for the loop that calls ``heard`` in the waiting thread, where its caller lives."""

        async def relay(event: EventT) -> None:
            loop = asyncio.get_running_loop()
            answer: asyncio.Future[object] = loop.create_future()

            def piece() -> None:
                try:
                    back = heard(event)
                except Exception as error:
                    loop.call_soon_threadsafe(_settle, answer, None, error)
                else:
                    loop.call_soon_threadsafe(_settle, answer, back, None)

            self.put(piece)
            back = await answer
            if inspect.isawaitable(back):
                await back

        return relay

    def empty(self, until: float | None = None) -> bool:
        """Do what comes in until the work has ended; false if that took too long."""
        while until is None or time.monotonic() < until:
            left = None if until is None else max(0.0, until - time.monotonic())
            patience = left if _LOOKS_UP is None else min(_LOOKS_UP, left or _LOOKS_UP)
            try:
                piece = self._pieces.get(timeout=patience)
            except Empty:
                continue
            if piece is None:
                return True
            piece()
        return False


class LastingPool(ThreadPoolExecutor):
    """Does what would hold the loop up. Python takes its pools away when the main thread ends, though other threads
    still wait for a picture that is paid for; from then on each piece of work has a thread of its own.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:  # noqa: ANN401 -- as inherited
        """Begin a piece of work."""
        try:
            return super().submit(fn, *args, **kwargs)
        except RuntimeError:
            if self._shutdown:
                raise
        future: Future[T] = Future()

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future


class LoopThread:
    """The loop and its thread. The thread ends with the program, whatever it waits for."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(LastingPool(thread_name_prefix="ima-nano-banana"))
        self._gate = threading.Lock()
        self._closed = False
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._serve, name="ima-nano-banana", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    @property
    def closed(self) -> bool:
        """Whether it takes no work any more."""
        return self._closed

    @property
    def here(self) -> bool:
        """Whether the caller is the loop's own thread, where waiting for it would never end."""
        return threading.current_thread() is self._thread

    def run(self, work: Coroutine[Any, Any, T], inbox: Inbox | None = None) -> T:
        """Do ``work`` on the loop and wait for it.

        Raises:
            InterruptedFault: the client was closed by another thread.
            KeyboardInterrupt: somebody pressed Ctrl-C; the work was stopped and has booked where it is.
        """
        inbox = inbox or Inbox()
        begun: list[asyncio.Task[T]] = []

        def ended_(_: object) -> None:
            work.close()  # one that was called off before it began
            inbox.put(None)

        def begin() -> None:
            begun.append(self._loop.create_task(_settled(work)))
            begun[0].add_done_callback(ended_)

        def end() -> None:
            begun[0].cancel()

        with self._gate:
            if self._closed or self._pid != os.getpid():
                work.close()
                raise NotOpenError("library.closed" if self._closed else "library.elsewhere")
            self._loop.call_soon_threadsafe(begin)
        try:
            inbox.empty()
        except BaseException as stop:  # a signal: nothing else is raised here
            self._loop.call_soon_threadsafe(end)
            inbox.empty(time.monotonic() + PATIENCE)
            raise stop from _fault(begun)
        return begun[0].result()

    def close(self) -> None:
        """End the thread. Whatever still waits for the loop is told so first."""
        with self._gate:
            self._closed = True
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop)
        self._thread.join(PATIENCE * 2)
        if not self._thread.is_alive():
            self._loop.close()

    async def _stop(self) -> None:
        try:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await ended(others)
            await self._loop.shutdown_asyncgens()
            await self._loop.shutdown_default_executor()
        finally:
            self._loop.stop()


def _settle(answer: asyncio.Future[object], back: object, error: BaseException | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(back)
    else:
        answer.set_exception(error)


async def _settled(work: Coroutine[Any, Any, T]) -> T:
    """Turn a stop into what it means for the money."""
    try:
        return await work
    except asyncio.CancelledError as stop:
        raise stop.__cause__ if isinstance(stop.__cause__, Fault) else InterruptedFault("interrupted.unsent") from None


def _fault(begun: list[asyncio.Task[T]]) -> BaseException | None:
    done = begun and begun[0].done() and not begun[0].cancelled()
    return begun[0].exception() if done else None
