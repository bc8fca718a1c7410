"""Runs the engine for a door: signals, faults to exit codes, and never a traceback."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.errors import Fault, InternalFault, InterruptedFault, UsageFault

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Iterator
    from types import FrameType

    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.engine.ports import Trace

T = TypeVar("T")

PATIENCE = 8.0
"""Seconds in which an interrupted engine must have closed its books; its own grace for a create is 2 s."""

_STOPPING = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGBREAK") if (number := getattr(signal, name, None)) is not None
)


def guarded(body: Callable[[], int], session: Session) -> int:
    """Run ``body`` and return its exit code; whatever it raises is reported, in the mode that was asked for."""
    try:
        with _signals_raise():
            return session.reporter.heard(body())
    except Fault as fault:
        return _report(fault, session)
    except KeyboardInterrupt:
        return _report(interrupted(session.trace), session)
    except Exception as error:  # the edge of the program: a defect becomes a report id
        if (
            isinstance(error, FileNotFoundError)
            and _nowhere()
            and (session.trace is None or session.trace.charged == "no")
        ):
            return _report(UsageFault("local.no_cwd"), session)
        with suppress(Exception):
            session.open_log()
        return _report(defect(error, session.trace), session)
    finally:
        session.close()


def _nowhere() -> bool:
    """Tell whether the current folder is gone, which makes every relative name a missing one."""
    from ima_nano_banana.local.paths import working_folder

    return working_folder() is None


def _report(fault: Fault, session: Session) -> int:
    """Report a fault; what goes wrong after the last word was said changes neither it nor the exit code."""
    session.reporter.failed(fault)
    return session.reporter.heard(fault.exit_code if session.reporter.code is None else session.reporter.code)


def interrupted(trace: Trace | None) -> Fault:
    """Return what an interrupt means, by how far the run had come."""
    if trace is None or (trace.charged == "no" and trace.task_id is None):
        phase = trace.phase if trace is not None else "validate"
        return InterruptedFault("interrupted.unsent", phase=phase, charged="no")
    if trace.task_id is None and trace.charged == "yes":
        return InterruptedFault("interrupted.several", phase=trace.phase, charged="yes")
    if trace.task_id is None:
        return InterruptedFault("interrupted.unknown", phase="create", charged="unknown", retryable=False)
    return InterruptedFault("interrupted.open", phase=trace.phase, charged="yes", task_id=trace.task_id)


def defect(error: BaseException, trace: Trace | None) -> Fault:
    """Write a defect of this program to the log and return the fault that names the entry."""
    from ima_nano_banana.local import logs

    fault = InternalFault("internal.defect", report=logs.report(error))
    if trace is not None:
        fault.phase, fault.charged, fault.task_id = trace.phase, trace.charged, trace.task_id
    return fault


def run_async(work: Callable[[], Coroutine[object, object, T]], trace: Trace) -> T:
    """Run the engine until it ends or somebody stops it.

    Raises:
        Fault: whatever the engine raised, or :class:`InterruptedFault` after a signal.
    """
    import asyncio

    return asyncio.run(_stoppable(work, trace))


async def _stoppable(work: Callable[[], Coroutine[object, object, T]], trace: Trace) -> T:
    import asyncio

    _keep_awake(asyncio.get_running_loop())
    task: asyncio.Task[T] = asyncio.ensure_future(work())
    stopped = asyncio.Event()
    waiting = asyncio.ensure_future(stopped.wait())
    with _signals_call(stopped.set):
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=PATIENCE)
        finally:
            waiting.cancel()
    if not task.done() or task.cancelled():
        raise interrupted(trace)
    return task.result()


def _keep_awake(loop: asyncio.AbstractEventLoop) -> None:
    """Let a loop look up ten times a second where threads can't wake it.

    They do so through a pair of sockets. A sandbox that denies every send (Codex) denies this one too, and asyncio
    says nothing of it: what a thread had found out would be noticed at the next timer, or never.
    """
    import socket

    try:
        one, other = socket.socketpair()
        with one, other:
            one.send(b"\0")
    except OSError:

        def look_up() -> None:
            loop.call_later(0.1, look_up)

        look_up()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextmanager
def _handlers(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Set one handler for every stopping signal, and set the old ones back."""
    if not _in_main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in _STOPPING}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Outside the event loop, SIGTERM stops the program the way Ctrl-C does, so that it still answers."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handlers(stop):
        yield


@contextmanager
def _signals_call(stop: Callable[[], None]) -> Iterator[None]:
    """Inside the event loop, a signal asks the run to end; it is never torn out of the middle of a commit."""
    import asyncio

    loop = asyncio.get_running_loop()

    def ask(_: int, __: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    with _handlers(ask):
        yield
