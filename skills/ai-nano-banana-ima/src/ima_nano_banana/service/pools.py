"""Several small connection pools where one large one would do, because it would do so slowly.

httpcore2 looks at every connection of a pool, and asks the socket of every idle one, twice for each request.
With 64 of them in one pool that was most of what a process spent on following thousands of tasks. The first
pool with room is taken, so a run that asks one thing after the other has one connection for each host; and
pictures on their way have pools of their own, as a full pool would drop the idle connection to the API for them.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

POOLS = 8
EACH = 8
"""Connections of a pool."""
ORDINARY = 48
"""Requests at once that are not creates. The rest is kept free: a create that waits is too late (its claim ages)."""


@dataclass(slots=True)
class _Pool:
    client: httpx2.AsyncClient
    busy: int = 0


class Pools:
    """Bounded, first come, first served; opened as they are needed.

    Args:
        make: Makes a client with a pool of :data:`EACH` connections.
        split: False for a client without sockets, which is never crowded.
    """

    def __init__(self, make: Callable[[], httpx2.AsyncClient], *, split: bool = True) -> None:
        self._make = make
        self._most = POOLS if split else 1
        self._opened: dict[str, list[_Pool]] = {}
        self._gate = asyncio.Semaphore(ORDINARY)

    @asynccontextmanager
    async def room(self, host: str, patience: float | None, *, urgent: bool) -> AsyncIterator[httpx2.AsyncClient]:
        """Wait for room and yield a client that has it.

        Args:
            host: Which pools; those of another host are left alone.
            patience: Seconds to wait.
            urgent: Do not wait behind what may wait.

        Raises:
            httpx2.PoolTimeout: there was none; nothing was sent.
        """
        if not urgent:
            await self._turn(patience)
        try:
            pool = self._with_room(host)
            pool.busy += 1
            try:
                yield pool.client
            finally:
                pool.busy -= 1
        finally:
            if not urgent:
                self._gate.release()

    async def _turn(self, patience: float | None) -> None:
        if not self._gate.locked():
            await self._gate.acquire()
            return
        try:
            async with asyncio.timeout(patience):
                await self._gate.acquire()
        except TimeoutError:
            raise httpx2.PoolTimeout("no connection became free") from None

    def _with_room(self, host: str) -> _Pool:
        pools = self._opened.setdefault(host, [])
        for pool in pools:
            if pool.busy < EACH:
                return pool
        if len(pools) < self._most:
            pools.append(_Pool(self._make()))
            return pools[-1]
        return min(pools, key=lambda pool: pool.busy)

    async def aclose(self) -> None:
        """Close all connections."""
        opened, self._opened = self._opened, {}
        for pools in opened.values():
            for pool in pools:
                await pool.client.aclose()
