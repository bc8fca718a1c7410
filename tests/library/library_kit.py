"""A library client on a simulated service whose answers can be held back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from clocks import drawn

from ima_nano_banana import sandbox
from ima_nano_banana.ledger import Ledger


class Held(httpx2.AsyncBaseTransport):
    """The service, which lets some answers to creates wait until the door is opened."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, answers: int) -> None:
        self.inner, self.answers = inner, answers
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self.inner.handle_async_request(request)
        if str(request.url).endswith("/tasks/create"):
            self.answers -= 1
            if self.answers <= 0:
                self.reached.set()
            await self.open.wait()
        return answer

    async def aclose(self) -> None:
        await self.inner.aclose()


@dataclass
class Place:
    """A home of its own, with a simulated service."""

    home: Path
    world: sandbox.World
    env: dict[str, str] = field(default_factory=dict)

    def transport(self, holding: int = 0) -> Any:
        inner = sandbox.in_process(self.world)
        return Held(inner, holding) if holding else inner

    @property
    def creates(self) -> int:
        return self.world.books.count("create")

    @property
    def charged(self) -> int:
        return self.world.books.points_charged()

    def states(self) -> list[str]:
        with Ledger(self.home / "state" / "memory" / "ima_ledger.sqlite3") as ledger:
            return sorted(item.state.value for item in ledger.tasks())

    def ids(self) -> set[str]:
        with Ledger(self.home / "state" / "memory" / "ima_ledger.sqlite3") as ledger:
            return {item.task_id for item in ledger.tasks() if item.task_id}


def place(tmp_path: Path, *scenes: str, seconds: float = 0.05) -> Place:
    world = sandbox.open_world(tmp_path / "world.sqlite3", scenes=scenes, task_seconds=seconds, draw=drawn)
    return Place(tmp_path, world, {"OPENCLAW_STATE_DIR": str(tmp_path / "state")})
