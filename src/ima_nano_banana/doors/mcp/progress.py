"""Progress notifications: rising, short, in the user's language, and never after the end."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import anyio

from ima_nano_banana import words
from ima_nano_banana.domain.events import Acknowledged, Created, Progress, Started
from ima_nano_banana.doors import messages
from ima_nano_banana.doors.mcp import beside

if TYPE_CHECKING:
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.doors.mcp.questions import Call
    from ima_nano_banana.doors.mcp.runs import Run

TOTAL = 100.0
LONGEST = 200
QUIET_SECONDS = 10.0
"""Clients give up on a call that says nothing; the longest silence while pictures are uploaded."""

_STEPS: dict[type, float] = {Acknowledged: 1.0, Started: 2.0, Created: 3.0}
_BIT = 0.1


class Teller:
    """Tells one caller how a run is doing, if the caller sent a progress token."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._last = 0.0
        self._told = 0

    async def follow(self, run: Run, seconds: float) -> None:
        """Tell what happens for ``seconds``; longer, if there is not even a task that could be fetched later."""
        with anyio.move_on_after(max(0.0, seconds)):
            await self._until_done(run)
        while not run.done and run.trace.task_id is None:
            await self._step(run)

    async def _until_done(self, run: Run) -> None:
        while not run.done:
            await self._step(run)

    async def _step(self, run: Run) -> None:
        for event in run.events[self._told :]:
            self._told += 1
            await self._tell(run, event)
        if run.done or self._told < len(run.events):
            return
        with anyio.move_on_after(QUIET_SECONDS) as quiet:
            await run.news()
        if quiet.cancelled_caught:
            await self._send(self._last + _BIT, words.text("mcp.waiting", run.language))

    async def _tell(self, run: Run, event: Event) -> None:
        elapsed = run.elapsed
        value = _STEPS.get(type(event), self._last + _BIT)
        if isinstance(event, Progress):
            value = float(event.percent)
            elapsed = elapsed if event.elapsed_seconds is None else event.elapsed_seconds
        text = messages.of(event, run.language, elapsed, "chat")
        await self._log(event, text)
        await self._send(value, text)

    async def _log(self, event: Event, text: str) -> None:
        """Tell it as a log message too, to a client that asked for them."""
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            await beside.log(self._call, "info", {"event": type(event).__name__.lower(), "message": text})

    async def _send(self, value: float, text: str) -> None:
        value = max(value, self._last + _BIT)
        if value >= TOTAL:
            return
        self._last = value
        line = " ".join(text.split("\n"))[:LONGEST]
        with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
            await self._call.report_progress(round(value, 1), TOTAL, line)
