"""``Client``: the sync twin of :class:`AsyncClient`, for any number of threads, and inside a running loop too."""

from __future__ import annotations

import asyncio
import atexit
import functools
import inspect
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from ima_nano_banana.doors.library.arguments import NotOpenError
from ima_nano_banana.doors.library.client import AsyncClient, speak
from ima_nano_banana.doors.library.thread import Inbox, LoopThread

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from types import TracebackType

    from ima_nano_banana.batch.model import BatchQuote
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.doors.library.batches import AsyncQuotedBatch, BatchResult, RowHeard
    from ima_nano_banana.doors.library.handle import AsyncHandle, Status
    from ima_nano_banana.doors.library.made import Made
    from ima_nano_banana.errors import Charged

P = ParamSpec("P")
T = TypeVar("T")


_clients: weakref.WeakSet[Client] = weakref.WeakSet()
_inherited: list[object] = []
"""What a forked child found of its parent's: never used and never closed, for closing would reach the parent's."""


def _like(
    _method: Callable[Concatenate[AsyncClient, P], None],
) -> Callable[[Callable[..., None]], Callable[Concatenate[Client, P], None]]:
    """Give a constructor the arguments of another."""
    return functools.wraps(_method)


def _twin(
    method: Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]], *, own: bool = False
) -> Callable[Concatenate[Client, P], T]:
    """Return the same method, which waits; a plain callback is called in the thread that waits.

    A method with callbacks of its ``own`` kind does not take the client's.
    """
    speaks = "on_event" in inspect.signature(method).parameters

    @functools.wraps(method)
    def call(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        loop, inbox = self.ready(), Inbox()
        told: dict[str, Any] = dict(kwargs)
        if speaks and callable(heard := told.get("on_event") or (None if own else self.on_event)):
            told["on_event"] = inbox.relayed(heard)
        return loop.run(method(self.twin, *args, **told), inbox)

    return call


def _submitting(
    method: Callable[Concatenate[AsyncClient, P], AsyncHandle],
) -> Callable[Concatenate[Client, P], Handle]:
    """Return the same method, whose handle waits; nobody waits here, so callbacks are called on the loop."""

    @functools.wraps(method)
    def call(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> Handle:
        async def begin() -> AsyncHandle:
            return method(self.twin, *args, **kwargs)

        loop = self.ready()
        return Handle(loop, loop.run(begin()))

    return call


def _quoting(
    method: Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, AsyncQuotedBatch]],
) -> Callable[Concatenate[Client, P], QuotedBatch]:
    """Return the same method, whose batch waits."""

    @functools.wraps(method)
    def call(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> QuotedBatch:
        loop = self.ready()
        return QuotedBatch(loop, loop.run(method(self.twin, *args, **kwargs)))

    return call


class Client:
    """The sync twin of :class:`AsyncClient`: the same methods with the same arguments.

    ::

        with Client(sandbox=True) as ima:
            print(ima.generate("a cat on the moon").files[0])

    Its event loop has a thread of its own, so it may be used from several threads at once and where a loop is
    already running (a notebook). Without ``with``, call :meth:`open` and :meth:`close`. After a fork the child
    opens a client of its own at the first call.
    """

    @_like(AsyncClient.__init__)
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- those of AsyncClient
        self._make: Callable[[], AsyncClient] = functools.partial(AsyncClient, *args, **kwargs)
        self.twin = self._make()
        self.on_event = kwargs.get("on_event")
        self._gate = threading.RLock()
        self._loop: LoopThread | None = None
        self._was_open = self._reopen = False
        _clients.add(self)

    def ready(self) -> LoopThread:
        """Return the loop of the open client.

        Raises:
            UsageFault: it is not open, or this is the loop's own thread.
        """
        if self._reopen:
            self.open()
        loop = self._loop
        if loop is None and self._was_open:
            raise self._spoken(NotOpenError("library.closed"))
        if loop is None:
            raise self._spoken(NotOpenError("library.not_open", how="with Client(...) as ima:"))
        if loop.here:
            raise self._spoken(NotOpenError("library.own_thread"))
        return loop

    def _spoken(self, fault: NotOpenError) -> NotOpenError:
        speak(fault, self.twin.language or "en")
        return fault

    def forked(self) -> None:
        """Let go of what belongs to the parent process."""
        _inherited.append((self._loop, self.twin))
        self._gate, self.twin = threading.RLock(), self._make()
        self._loop, self._reopen = None, self._reopen or self._loop is not None

    def open(self) -> Self:
        """Open the client."""
        with self._gate:
            self._reopen = False
            if self._loop is None:
                loop = LoopThread()
                loop.run(self.twin.open())
                self._loop, self._was_open = loop, True
        return self

    def close(self) -> None:
        """Stop what is under way, let it book where it is, and close every connection; once is enough."""
        with self._gate:
            if self._loop is not None and self._loop.here:
                raise self._spoken(NotOpenError("library.own_thread"))
            loop, self._loop, self._reopen = self._loop, None, False
        if loop is not None:
            try:
                loop.run(self.twin.aclose())
            finally:
                loop.close()

    def __enter__(self) -> Self:
        """Open the client."""
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client, with all that is under way."""
        self.close()

    generate = _twin(AsyncClient.generate)
    edit = _twin(AsyncClient.edit)
    resume = _twin(AsyncClient.resume)
    quote = _twin(AsyncClient.quote)
    plan = _twin(AsyncClient.plan)
    plans = _twin(AsyncClient.plans)
    approve = _twin(AsyncClient.approve)
    refuse = _twin(AsyncClient.refuse)
    run = _twin(AsyncClient.run)
    models = _twin(AsyncClient.models)
    tasks = _twin(AsyncClient.tasks)
    costs = _twin(AsyncClient.costs)
    limits = _twin(AsyncClient.limits)
    set_limit = _twin(AsyncClient.set_limit)
    submit = _submitting(AsyncClient.submit)
    batch = _twin(AsyncClient.batch, own=True)
    batch_quote = _quoting(AsyncClient.batch_quote)


class Handle:
    """One submitted request, for programs without an event loop. It goes on whether or not somebody waits."""

    def __init__(self, loop: LoopThread, handle: AsyncHandle) -> None:
        self._loop = loop
        self._handle = handle

    @property
    def status(self) -> Status:
        """How it stands."""
        return self._handle.status

    @property
    def task_id(self) -> str | None:
        """The task that is paid for, once it is."""
        return self._handle.task_id

    @property
    def charged(self) -> Charged:
        """Whether points were taken so far: ``"no"``, ``"yes"`` or ``"unknown"``."""
        return self._handle.charged

    def result(self, timeout: float | None = None) -> Made:
        """Wait for the pictures.

        Args:
            timeout: Seconds to wait here; the request goes on after them.

        Raises:
            Fault: it failed, or was stopped (:class:`InterruptedFault`).
            TimeoutError: it has not ended yet.
        """
        if self._handle.done and self._loop.closed:
            return self._handle.outcome()
        return self._loop.run(asyncio.wait_for(self._handle.result(), timeout))

    def events(self) -> Iterator[Event]:
        """Yield every event from the first to the last."""
        heard = 0
        while (event := self._event(heard)) is not None:
            yield event
            heard += 1

    def _event(self, number: int) -> Event | None:
        if self._handle.done and self._loop.closed:
            return self._handle.event(number)
        return self._loop.run(self._handle.next_event(number))

    def cancel_waiting(self) -> None:
        """Stop following it; see :meth:`AsyncHandle.cancel_waiting`."""
        if not self._handle.done:
            self._loop.run(self._handle.cancel_waiting())


class QuotedBatch:
    """A batch that was looked at and priced, for programs without an event loop; see :class:`AsyncQuotedBatch`."""

    def __init__(self, loop: LoopThread, quoted: AsyncQuotedBatch) -> None:
        self._loop = loop
        self._quoted = quoted
        self.id = quoted.id
        self.quote: BatchQuote = quoted.quote
        self.done_before = quoted.done_before

    def run(self, *, on_event: RowHeard | None = None) -> BatchResult:
        """Agree to the quote, make what is due, and wait for it."""
        inbox = Inbox()
        heard = inbox.relayed(on_event) if callable(on_event) else on_event
        return self._loop.run(self._quoted.run(on_event=heard), inbox)


def _forked() -> None:
    for client in list(_clients):
        client.forked()


def _ended() -> None:
    """Close what nobody closed, so that what is under way is booked before the program is gone."""
    for client in list(_clients):
        client.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
atexit.register(_ended)
