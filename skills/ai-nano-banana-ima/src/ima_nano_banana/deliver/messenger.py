"""Sends one message through ``openclaw message send`` and reads how it went."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.deliver import message as messages
from ima_nano_banana.deliver import program
from ima_nano_banana.deliver.attach import attachable
from ima_nano_banana.domain.urls import is_url
from ima_nano_banana.wire.redact import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.deliver.message import Message
    from ima_nano_banana.deliver.target import Target

_log = logging.getLogger(__name__)

PERHAPS_SENT = frozenset({"partial_failed", "suppressed"})
"""States of OpenClaw in which something was shown, or was withheld on purpose: saying it again is wrong."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How one message went.

    Attributes:
        code: Why it failed, as a key of :mod:`ima_nano_banana.words`; ``None`` if it was sent.
        params: Values for that text.
        again: It was provably not shown, so it may be sent once more.
    """

    code: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    again: bool = False

    @property
    def ok(self) -> bool:
        """Whether the chat has it."""
        return self.code is None


class Messenger:
    """The way to one chat.

    Args:
        target: The chat.
        root: OpenClaw's state folder, where copies of pictures go.
        env: The environment of the program.
    """

    def __init__(self, target: Target, root: Path, env: Mapping[str, str]) -> None:
        self._target = target
        self._root = root
        self._program = program.find(env)
        self._runner = program.Runner(env)
        self._places: dict[str, str | None] = {}

    def stop(self) -> None:
        """Give up what is under way and all that follows."""
        self._runner.stop()

    def send(self, message: Message) -> Sent:
        """Send one message; a picture that can't be attached leaves its text, which holds the link."""
        if self._target.to is None:
            return Sent("deliver.no_target")
        if self._program is None:
            return Sent("deliver.no_program")
        media = tuple(place for one in message.media if (place := self._place(one)))
        sent = self._run(replace(message, media=media), self._program)
        if sent.ok and len(media) < len(message.media):
            return Sent("deliver.not_attached")
        return sent

    def _run(self, message: Message, start: list[str]) -> Sent:
        try:
            ran = self._runner.run([*start, *messages.arguments(self._target, message)], message.seconds)
        except (OSError, ValueError) as error:
            sent = Sent("deliver.not_started", {"reason": clean(getattr(error, "strerror", "") or str(error))}, True)
        else:
            sent = self._judged(ran, message)
        _log.info("deliver step=%s media=%d %s", message.step, len(message.media), sent.code or "ok")
        return sent

    def _judged(self, ran: program.Ran, message: Message) -> Sent:
        if ran.code == 0:
            return Sent()
        if self._runner.stopped:
            return Sent("deliver.stopped")
        if ran.code is None:
            # It may have been shown before the clock ran out; saying it twice would be worse than not at all.
            return Sent("deliver.too_slow", {"seconds": round(message.seconds)})
        return refused(ran)

    def _place(self, one: str) -> str | None:
        if is_url(one):
            return one
        if one not in self._places:
            found = attachable(Path(one), messages.limit(self._target.channel), self._root)
            self._places[one] = str(found) if found is not None else None
        return self._places[one]


def refused(ran: program.Ran) -> Sent:
    """Read a failure: OpenClaw's own reason, and whether anything may have been shown."""
    try:
        told = json.loads(ran.out)
    except (ValueError, RecursionError):
        told = None
    told = told if isinstance(told, dict) else {}
    error = told.get("error")
    reason = clean(error.get("message") if isinstance(error, dict) else error)
    shown = told.get("sentBeforeError") or told.get("messageId") or told.get("deliveryStatus") in PERHAPS_SENT
    if reason:
        return Sent("deliver.refused", {"reason": reason}, again=not shown)
    return Sent("deliver.exit", {"code": ran.code}, again=not shown)
