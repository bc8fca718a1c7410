"""A program's own callback, plain or async, is told every event in order, and the last word once."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ima_nano_banana.domain.events import Failed, Interrupted, Succeeded
from ima_nano_banana.doors.library.made import Made, made
from ima_nano_banana.doors.run import defect, interrupted
from ima_nano_banana.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.engine.ports import Emit, Trace
    from ima_nano_banana.engine.telling import Last, Tell

    Heard = Callable[[Event], object]

T = TypeVar("T")
HeardT = TypeVar("HeardT")

LAST = (Succeeded, Failed, Interrupted)


class Teller(Generic[HeardT]):
    """Tells one callback. A plain one is called at once, an async one is awaited beside the run.

    What a plain callback raises stops the run there. What an async one raises stops it as soon as can be;
    either way a create that is under way is still booked.
    """

    def __init__(self, heard: Callable[[HeardT], object] | None, run: asyncio.Task[Any] | None) -> None:
        self.error: BaseException | None = None
        self._heard = heard
        self._run = run
        self._ended = False
        self._waiting: asyncio.Queue[HeardT | None] = asyncio.Queue()
        self._telling: asyncio.Task[None] | None = None

    def __call__(self, event: HeardT) -> None:
        """Tell an event."""
        if isinstance(event, LAST):
            self._ended = True
        if self._heard is None or self.error is not None:
            return
        if self._telling is not None:
            self._waiting.put_nowait(event)
            return
        try:
            answer = self._heard(event)
        except Exception as error:
            self.error = error
            raise
        if inspect.isawaitable(answer):
            self._telling = asyncio.ensure_future(self._tell(self._heard, answer))
            self._waiting.put_nowait(event)  # counts as heard once its answer is there

    async def _tell(self, heard: Callable[[HeardT], object], answer: object) -> None:
        try:
            first = True
            while (event := await self._waiting.get()) is not None:
                answer, first = answer if first else heard(event), False
                if inspect.isawaitable(answer):
                    await answer
                self._waiting.task_done()
        except Exception as error:
            self.error = error
            self.give_up()

    def give_up(self) -> None:
        """Stop the run, unless it has said its last word."""
        if self._run is not None and not self._ended:
            self._run.cancel()

    async def caught_up(self) -> None:
        """Wait until the callback has heard everything so far: before money is spent it may still say no."""
        if self._telling is not None and self.error is None:
            await self._waiting.join()

    async def told(self) -> None:
        """Wait until everything was told."""
        if self._telling is not None:
            self._waiting.put_nowait(None)
            await self._telling

    def uncancel(self) -> None:
        """The run was stopped by the callback's error, and by nobody outside."""
        if self._run is not None:
            self._run.uncancel()

    def stop(self) -> None:
        """Tell no more."""
        if self._telling is not None:
            self._telling.cancel()


async def heard_by(
    heard: Heard | None,
    trace: Trace,
    work: Callable[[Emit, Tell], Coroutine[object, object, Result]],
    *,
    submitted: bool = False,
) -> Made:
    """Run ``work`` and tell ``heard``; the call ends only when the callback has.

    A request that was ``submitted`` is told by its callback alone: nobody may be waiting for its end.

    Raises:
        Fault: what the run raised.
        Exception: what the callback raised, with a note on what is paid for; the request stays open then.
    """
    teller: Teller[Event] = Teller(heard, asyncio.current_task())

    async def tell(last: Last) -> bool:
        if trace.acknowledged:  # a run that never began has no last event
            teller(Succeeded(result=made(last.result)) if isinstance(last, Succeeded) else last)
        await teller.told()
        if teller.error is not None:
            raise teller.error
        return not submitted

    try:
        return made(await work(teller, tell))
    except asyncio.CancelledError:
        fault = interrupted(trace)
        if teller.error is not None:
            teller.uncancel()
            raise _noted(teller.error, trace) from fault
        teller.stop()
        raise asyncio.CancelledError from fault
    except Fault:
        raise
    except Exception as error:
        teller.stop()
        if error is teller.error:
            raise _noted(error, trace)  # noqa: B904 -- it is this very error
        raise defect(error, trace) from error


def _noted(error: BaseException, trace: Trace) -> BaseException:
    """Say in somebody else's error what was paid for."""
    from ima_nano_banana import words

    if trace.task_id is not None:
        error.add_note(words.text("library.saved", "en", task_id=trace.task_id))
    return error
