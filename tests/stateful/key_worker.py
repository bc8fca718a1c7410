"""One process of many that all work off the same keys, on one set of books and one simulated service.

Says ``end KEY TASK_ID STATE`` for each; whoever kills it starts it anew, and it begins again from the first.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from clocks import drawn

from ima_nano_banana import sandbox
from ima_nano_banana.assembly import open_engine
from ima_nano_banana.clock import SystemClock
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import Engine, How
from ima_nano_banana.errors import UncertainFault

AT_ONCE = 4


class Hasty(SystemClock):
    """Real time, and nobody waits for long."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))


async def one(engine: Engine, key: str, out: Path, gate: asyncio.Semaphore) -> None:
    async with gate:
        try:
            wish = Wish(prompt=f"number {key}", idempotency_key=key)
            result = await engine.generate(wish, How(output_dir=out), lambda _: None)
        except UncertainFault:
            end = f"end {key} - uncertain"
        else:
            end = f"end {key} {result.task_id} {'replayed' if result.replayed else 'made'}"
        sys.stdout.write(end + "\n")
        sys.stdout.flush()


async def main(home: Path, books: str, keys: list[str]) -> None:
    random.shuffle(keys)
    with sandbox.open_world(home.parent / "world.sqlite3", task_seconds=0.05, draw=drawn) as world:
        env = {"OPENCLAW_STATE_DIR": str(home), **({"IMA_LEDGER_URL": books} if books != "-" else {})}
        transport = sandbox.in_process(world)
        async with open_engine(sandbox=True, env=env, transport=transport, clock=Hasty(), cwd=home) as engine:
            gate = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(one(engine, key, home / "out", gate) for key in keys))


place = Path(sys.argv[1])
place.mkdir(parents=True, exist_ok=True)
asyncio.run(main(place, sys.argv[2], [f"k{number}" for number in range(int(sys.argv[3]))]))
