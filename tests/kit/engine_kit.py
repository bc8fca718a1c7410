"""An engine on a simulated service, both on a clock that only moves when somebody waits."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clocks import FakeClock, drawn

from ima_nano_banana import sandbox
from ima_nano_banana.assembly import open_engine
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ima_nano_banana.engine import Engine


@dataclass
class Stage:
    engine: Engine
    world: sandbox.World
    clock: FakeClock
    out: Path
    events: list[Any] = field(default_factory=list)

    async def make(self, prompt: str = "a cat", how: dict[str, Any] | None = None, **wish: Any) -> Any:
        return await self.engine.generate(
            Wish(prompt=prompt, **wish), How(output_dir=self.out, **(how or {})), self.events.append
        )

    async def resume(self, task_id: str, **how: Any) -> Any:
        return await self.engine.resume(
            task_id, How(output_dir=self.out, **how), self.events.append, language="en", user_id="default"
        )

    @property
    def charged(self) -> int:
        return self.world.books.points_charged()

    @property
    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


@asynccontextmanager
async def stage(
    tmp_path: Path, *scenes: str, points: int = 1_000_000, seconds: float = 30.0, later: float = 0.0
) -> AsyncIterator[Stage]:
    """A new engine, as a new process would have, on the same home and service, ``later`` seconds on."""
    clock = FakeClock(1_790_000_000.0 + later)
    state = tmp_path / "state"
    with sandbox.open_world(
        tmp_path / "world.sqlite3", scenes=scenes, task_seconds=seconds, points=points, now=clock.time, draw=drawn
    ) as world:
        transport = sandbox.in_process(world, stall=clock.sleep)
        env = {"OPENCLAW_STATE_DIR": str(state)}
        async with open_engine(sandbox=True, env=env, transport=transport, clock=clock, cwd=tmp_path) as engine:
            yield Stage(engine, world, clock, tmp_path / "out")
