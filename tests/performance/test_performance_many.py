"""Thousands of tasks in one process: what is bounded stays bounded, and what a task keeps is little."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc

import httpx2
import pytest
from clocks import FakeClock
from performance_kit import bench

from ima_nano_banana.engine.ports import CREATES_AT_ONCE
from ima_nano_banana.service.pools import EACH, ORDINARY, POOLS, Pools

pytestmark = pytest.mark.anyio

MOST_BYTES_A_TASK = 40_000


async def test_two_hundred_runs_at_once_send_each_create_once_and_few_at_a_time(tmp_path):
    async with bench(tmp_path) as on:
        on.held.hold("create", lambda: on.held.seen["create"] >= CREATES_AT_ONCE)
        results = await asyncio.gather(*(on.make(f"cat {number}") for number in range(200)))
        assert len({result.task_id for result in results}) == 200
        assert (on.held.seen["create"], on.held.peak["create"]) == (200, CREATES_AT_ONCE)
        assert len(on.world.books.creates()) == 200


class Lull(FakeClock):
    """Nobody who waits for the next look wakes up before he is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = 0
        self.morning = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asleep += 1
        await self.morning.wait()
        await super().sleep(seconds)


async def test_a_task_that_is_followed_keeps_less_than_forty_kilobytes(tmp_path):
    clock = Lull()
    async with bench(tmp_path, clock=clock) as on:

        async def in_flight(first: int, last: int) -> list[asyncio.Task[object]]:
            runs = [asyncio.create_task(on.make(f"cat {number}")) for number in range(first, last)]
            async with asyncio.timeout(90):
                while clock.asleep < last:
                    await asyncio.sleep(0)
            gc.collect()
            return runs

        runs = await in_flight(0, 50)
        tracemalloc.start()
        try:
            runs += await in_flight(50, 150)
            kept = tracemalloc.get_traced_memory()[0] / 100
        finally:
            tracemalloc.stop()
        clock.morning.set()
        await asyncio.gather(*runs)
    assert kept < MOST_BYTES_A_TASK


def client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))


async def test_a_create_finds_room_however_many_looks_wait():
    pools = Pools(client)
    seated, leave = 0, asyncio.Event()

    async def look() -> None:
        nonlocal seated
        async with pools.room("api", 60.0, urgent=False):
            seated += 1
            await leave.wait()

    looks = [asyncio.create_task(look()) for _ in range(500)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert seated == ORDINARY
    async with asyncio.timeout(90):
        creates = [pools.room("api", 5.0, urgent=True) for _ in range(CREATES_AT_ONCE)]
        for create in creates:
            await create.__aenter__()
        for create in creates:
            await create.__aexit__(None, None, None)
    assert ORDINARY + CREATES_AT_ONCE <= POOLS * EACH
    leave.set()
    await asyncio.gather(*looks)
    assert seated == 500
    await pools.aclose()


async def test_a_wait_for_room_that_is_too_long_says_that_nothing_was_sent():
    pools = Pools(client)
    for _ in range(ORDINARY):
        await pools.room("api", 1.0, urgent=False).__aenter__()
    with pytest.raises(httpx2.PoolTimeout):
        async with pools.room("api", 0.0, urgent=False):
            pass
    await pools.aclose()


async def test_who_asks_one_thing_after_the_other_opens_one_pool_a_host():
    made = []

    def counted() -> httpx2.AsyncClient:
        made.append(client())
        return made[-1]

    pools = Pools(counted)
    for host in ("api", "store", "api", "store", "api"):
        async with pools.room(host, 1.0, urgent=False):
            pass
    assert len(made) == 2
    await pools.aclose()
