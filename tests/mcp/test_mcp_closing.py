"""The last guest that leaves closes what it leaves behind, and nothing of whoever comes meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import anyio
import pytest
from clocks import drawn

from ima_nano_banana import sandbox
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.doors.mcp.house import House
from ima_nano_banana.doors.mcp.settings import Settings
from ima_nano_banana.engine import How

pytestmark = pytest.mark.anyio


def house(tmp_path: Path, world: sandbox.World, held: asyncio.Event, reached: asyncio.Event) -> House:
    inner = sandbox.in_process(world)
    send = inner.handle_async_request

    async def answered(request: Any) -> Any:
        answer = await send(request)
        if str(request.url).endswith("/tasks/create"):
            reached.set()
            await held.wait()
        return answer

    inner.handle_async_request = answered  # type: ignore[method-assign]
    settings = Settings(sandbox=True, env={"OPENCLAW_STATE_DIR": str(tmp_path / "state")}, cwd=tmp_path)
    return House(settings, transport=inner)


async def test_a_connection_that_is_torn_down_waits_for_the_answer_and_harms_no_newcomer(tmp_path: Path) -> None:
    held, reached = asyncio.Event(), asyncio.Event()
    with sandbox.open_world(tmp_path / "world.sqlite3", task_seconds=600, draw=drawn) as world:
        home = house(tmp_path, world, held, reached)

        async def guest(scope: anyio.CancelScope) -> None:
            with scope:
                async with home.open():
                    engine, wish = home.engine, Wish(prompt="a cat")
                    home.runs.start("en", lambda emit, trace, _: engine.generate(wish, How(), emit, trace))
                    await anyio.sleep_forever()

        scope = anyio.CancelScope()
        first = asyncio.ensure_future(guest(scope))
        await reached.wait()
        scope.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        async with home.open():
            held.set()
            await first
            [item] = await home.ledger.tasks()
            assert (item.state.value, item.task_id is not None) == ("running", True)
            assert await home.engine.models(("text_to_image",))
