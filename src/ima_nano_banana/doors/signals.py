"""What a signal does to a run: the one place that handles them. Imports next to nothing."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from types import FrameType

STOPPING = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGBREAK") if (number := getattr(signal, name, None)) is not None
)


@contextmanager
def raised() -> Iterator[None]:
    """Outside the event loop, SIGTERM stops the program the way Ctrl-C does, so that it still answers."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled(stop):
        yield


@contextmanager
def asked(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> Iterator[None]:
    """Inside the event loop, a signal asks the run to end; it is never torn out of the middle of a commit."""

    def ask(_: int, __: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    with _handled(ask):
        yield


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Set one handler for every stopping signal, and set the old ones back."""
    try:
        before = {number: signal.signal(number, handler) for number in STOPPING}
    except ValueError:  # only the main thread may say what signals do; another one gets none
        before = {}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
