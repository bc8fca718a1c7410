"""Clocks that no test has to wait for, and pictures that take no time to draw. Every room's tests share these."""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.clock import SystemClock

if TYPE_CHECKING:
    import pytest

    from ima_nano_banana.clock import Clock


@dataclass
class FakeClock:
    """Time that passes only when somebody waits."""

    now: float = 1_790_000_000.0
    waits: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += max(0.0, seconds)
        await asyncio.sleep(0)


class Skipping:
    """The machine's time, but waits pass at once: for whole programs that also do real work."""

    skipped = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped

    def time(self) -> float:
        return time.time() + self.skipped

    async def sleep(self, seconds: float) -> None:
        self.skipped += max(0.0, seconds)
        await asyncio.sleep(0)


def unhurried(monkeypatch: pytest.MonkeyPatch, clock: Clock, **world: Any) -> None:
    """Put the program and its simulated service on one clock; ``world`` are further options of the service."""
    for name in ("monotonic", "time", "sleep"):
        monkeypatch.setattr(SystemClock, name, staticmethod(getattr(clock, name)))
    opened = sandbox.open_world
    told = {"now": clock.time, **world}
    monkeypatch.setattr(sandbox, "open_world", lambda *args, **more: opened(*args, **{**told, **more}))


def drawn(job: Any, index: int, inputs: Any) -> tuple[bytes, str]:
    """A plain picture of the size that the model would give."""
    out = io.BytesIO()
    Image.new("RGB", job.pixels, "orange").save(out, "PNG")
    return out.getvalue(), "image/png"
