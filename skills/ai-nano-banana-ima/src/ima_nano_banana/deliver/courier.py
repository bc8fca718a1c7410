"""Carries messages in order, on a thread of its own, so that the run beside it waits for nothing."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ima_nano_banana.deliver.messenger import Sent

if TYPE_CHECKING:
    from ima_nano_banana.deliver.message import Message, Step

PATIENCE = 18.0
"""Seconds after the last message in which all must have been sent; then the run ends without them."""

GIVE_UP = 2.0
"""Seconds in which a messenger that was stopped must have ended: no answer waits longer than both together."""

PAUSE = 1.0
"""Seconds before the one repetition of a message that was refused."""


class Post(Protocol):
    """What sends one message, waiting for its end."""

    def send(self, message: Message) -> Sent:
        """Send it."""
        ...

    def stop(self) -> None:
        """Give up."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message."""

    step: Step
    sent: Sent


class Courier:
    """One run's messages to one chat.

    A message is sent after the one before it has ended. A newer progress takes the place of one that still
    waits, and the last message the place of either: nobody reads old progress. A refused message is sent
    once more; one that may have arrived never is.
    """

    def __init__(self, post: Post, *, patience: float = PATIENCE, pause: float = PAUSE) -> None:
        self._post = post
        self._patience = patience
        self._pause = pause
        self._changed = threading.Condition()
        self._waiting: list[Message] = []
        self._receipts: list[Receipt] = []
        self._closed = False
        self._stopping = threading.Event()
        # Not Thread.join: one that is interrupted leaves a running thread marked as ended (CPython before 3.13).
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="deliver", daemon=True)

    def tell(self, message: Message) -> None:
        """Take a message and return at once."""
        with self._changed:
            if self._closed:
                return
            self._waiting = [one for one in self._waiting if one.step != "progress"]
            self._waiting.append(message)
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify()

    def finish(self, last: Message | None = None, *, wait: bool = False) -> tuple[Receipt, ...]:
        """Take the last message, wait until all are sent or time is up, and say what became of each.

        An interrupt ends the waiting and not the run: what was made is still to be reported.
        """
        if last is not None:
            self.tell(last)
        with self._changed:
            self._closed = True
            self._changed.notify()
        try:
            self._wait(self._patience if last is not None or wait else 0.0)
        except KeyboardInterrupt:
            self._stopping.set()
        if self._thread.ident is not None and not self._ended.is_set():
            self._give_up()
        with self._changed:
            if last is not None and not any(one.step in (last.step, "link") for one in self._receipts):
                self._receipts.append(Receipt(last.step, Sent("deliver.stopped")))
            return tuple(self._receipts)

    def hurry(self) -> None:
        """End the waiting of :meth:`finish`, from another thread; what is under way is stopped."""
        self._stopping.set()
        self._post.stop()

    def _wait(self, seconds: float) -> None:
        if self._thread.ident is not None:
            self._ended.wait(seconds)

    def _give_up(self) -> None:
        self._stopping.set()
        self._post.stop()
        self._wait(GIVE_UP)

    def _carry(self) -> None:
        try:
            self._carry_all()
        finally:
            self._ended.set()

    def _carry_all(self) -> None:
        while (message := self._next()) is not None:
            sent = self._twice(message)
            self._note(Receipt(message.step, sent))
            if message.media and not sent.ok and sent.again and self._reached():
                # The chat works and refuses the picture: its link at least arrives.
                link = message.as_link()
                self._note(Receipt(link.step, self._post.send(link)))

    def _next(self) -> Message | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return self._waiting.pop(0) if self._waiting else None

    def _twice(self, message: Message) -> Sent:
        sent = self._post.send(message)
        if sent.ok or not sent.again or self._stopping.wait(self._pause):
            return sent
        return self._post.send(message)

    def _note(self, receipt: Receipt) -> None:
        with self._changed:
            self._receipts.append(receipt)

    def _reached(self) -> bool:
        with self._changed:
            return not self._stopping.is_set() and any(one.sent.ok for one in self._receipts)
