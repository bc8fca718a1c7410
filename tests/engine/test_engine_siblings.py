"""A sender that was stopped in mid-create: whoever asks for the same waits, is told why, and not without end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from engine_kit import Stage, stage

from ima_nano_banana.domain.events import Waiting
from ima_nano_banana.doors import messages
from ima_nano_banana.errors import TimeoutFault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stopped(tmp_path: Path) -> AsyncIterator[Any]:
    """A run whose create is on its way and does not come back before ``go`` is set."""
    go, arrived = asyncio.Event(), asyncio.Event()
    async with stage(tmp_path) as on:
        service = on.engine._ports.service()
        create = service.create

        async def held(*args: Any) -> str:
            arrived.set()
            await go.wait()
            return await create(*args)

        service.create = held  # type: ignore[method-assign]
        run = asyncio.ensure_future(on.make())
        await arrived.wait()
        yield on, go
        go.set()
        await run


async def test_the_same_request_elsewhere_keeps_its_timeout_and_says_that_the_other_may_pay(
    tmp_path: Path, stopped: tuple[Stage, asyncio.Event]
) -> None:
    async with stage(tmp_path) as other:
        before = other.clock.now
        with pytest.raises(TimeoutFault) as caught:
            await other.make(how={"timeout": 5.0})
        fault = caught.value
        assert (fault.code, fault.charged, fault.phase, fault.exit_code) == ("timeout.sibling", "unknown", "create", 8)
        assert fault.task_id is None
        assert 5.0 <= other.clock.now - before < 10.0
        [waiting] = [event for event in other.events if isinstance(event, Waiting)]
        assert waiting.why == "sibling"
        for language in ("zh", "en"):
            assert messages.of(waiting, language, 1.0)
        assert other.world.books.count("create") == 0


async def test_whoever_waits_gets_the_picture_of_the_other_once_it_goes_on(
    tmp_path: Path, stopped: tuple[Stage, asyncio.Event]
) -> None:
    on, go = stopped
    async with stage(tmp_path) as other:
        waits = asyncio.ensure_future(other.make())
        while not any(isinstance(event, Waiting) for event in other.events):
            await asyncio.sleep(0)
        go.set()
        result = await waits
        assert result.files
        assert on.world.books.count("create") == 1
