"""Time as an argument: what the engine reads and waits on, so that a test of ten minutes takes none."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where the engine's time comes from."""

    def monotonic(self) -> float:
        """Return seconds that never jump; deadlines and waits are measured with these."""
        ...

    def time(self) -> float:
        """Return Unix seconds; only what people read is dated with these."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Return :func:`time.monotonic`."""
        return time.monotonic()

    def time(self) -> float:
        """Return :func:`time.time`."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait with :func:`asyncio.sleep`."""
        await asyncio.sleep(seconds)
