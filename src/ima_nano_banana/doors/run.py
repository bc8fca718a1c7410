"""Runs the engine for a door: what stops it, faults to exit codes, and never a traceback."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.doors import signals
from ima_nano_banana.errors import Fault, InternalFault, InterruptedFault, UsageFault

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine

    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.engine.ports import Trace

T = TypeVar("T")

PATIENCE = 8.0
"""Seconds in which an interrupted engine must have closed its books; its own grace for a create is 2 s."""


def saying(text: str) -> Callable[[Session], int]:
    """Return what a door does that is only asked to say something: help, or its version."""

    def say(session: Session) -> int:
        session.reporter.printer.out(text)
        return 0

    return say


def failed(error: Exception | KeyboardInterrupt, session: Session) -> int:
    """Report whatever a door has raised, in the mode that was asked for, and return the exit code."""
    if isinstance(error, Fault):
        return _report(error, session)
    if isinstance(error, KeyboardInterrupt):
        return _report(interrupted(session.trace), session)
    unpaid = session.trace is None or session.trace.charged == "no"
    if isinstance(error, FileNotFoundError) and _nowhere() and unpaid:
        return _report(UsageFault("local.no_cwd"), session)
    # The edge of the program: a defect becomes a report id.
    with suppress(Exception):
        session.open_log()
    return _report(defect(error, session.trace), session)


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


async def stoppable(work: Callable[[], Coroutine[object, object, T]], spent: Callable[[], Trace]) -> T:
    """Run the engine until it ends or somebody stops it.

    Args:
        work: What is run.
        spent: Tells how far it has come, if it is stopped.

    Raises:
        Fault: whatever the engine raised, or :class:`InterruptedFault` after a signal.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    _keep_awake(loop)
    task: asyncio.Task[T] = asyncio.ensure_future(work())
    stopped = asyncio.Event()
    waiting = asyncio.ensure_future(stopped.wait())
    with signals.asked(loop, stopped.set):
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=PATIENCE)
        finally:
            waiting.cancel()
    if not task.done() or task.cancelled():
        raise interrupted(spent())
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
