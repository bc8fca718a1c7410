"""Worlds in memory, and clients whose timeouts pass in no time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sandbox_kit import Client, Clock, square

from ima_nano_banana.sandbox import SANDBOX_KEY, in_process, open_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ima_nano_banana.sandbox.world import World


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worlds(clock: Clock) -> Iterator[Callable[..., World]]:
    """Open worlds in memory that are closed again."""
    opened: list[World] = []

    def make(*scenes: str, **options: Any) -> World:
        opened.append(open_world(None, scenes=scenes, **{"now": clock, "draw": square} | options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def clients(clock: Clock) -> Callable[..., Client]:
    """Make clients whose timeouts pass in no time."""

    def make(world: World, key: str = SANDBOX_KEY) -> Client:
        http = httpx2.AsyncClient(transport=in_process(world, stall=clock.sleep), timeout=30.0)
        return Client(http, key)

    return make
