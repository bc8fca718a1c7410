"""An engine on a simulated service whose answers can be held back, to show what happens beside what."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
from clocks import FakeClock
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.assembly import open_engine
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How
from ima_nano_banana.sandbox import hosts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from ima_nano_banana.engine import Engine


def picture(colour: int = 0) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), (colour, 120, 40)).save(out, "PNG")
    return out.getvalue()


def photos(folder: Path, count: int) -> list[str]:
    """Make so many different photos."""
    paths = [folder / f"photo{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(picture(number * 10))
    return [str(path) for path in paths]


class Held(httpx2.AsyncBaseTransport):
    """Passes requests on and counts them; holds those of one kind back until something has happened."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self.seen: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.under_way: Counter[str] = Counter()
        self.peak: Counter[str] = Counter()
        self._until: dict[str, Callable[[], bool]] = {}
        self._changed = asyncio.Event()

    def hold(self, kind: str, until: Callable[[], bool]) -> None:
        """Pass requests of ``kind`` on only once ``until`` holds; a run that waits in vain fails by its timeout."""
        self._until[kind] = until

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        kind = _kind(request)
        self.seen[kind] += 1
        self.under_way[kind] += 1
        self.peak[kind] = max(self.peak[kind], self.under_way[kind])
        self._wake()
        until = self._until.get(kind)
        while until is not None and not until():
            await self._changed.wait()
        try:
            return await self._inner.handle_async_request(request)
        finally:
            self.under_way[kind] -= 1
            self.ended[kind] += 1
            self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _kind(request: httpx2.Request) -> str:
    if request.url.host == hosts.TOKENS:
        return "token"
    if request.method == "PUT":
        return "put"
    path = request.url.path
    return path.rpartition("/")[2] if path.startswith("/open/v1/") else "picture"


@dataclass
class Bench:
    engine: Engine
    held: Held
    world: Any
    out: Path

    async def make(self, prompt: str = "a cat", **wish: Any) -> Any:
        wished = Wish(prompt=prompt, **wish)
        async with asyncio.timeout(90):
            return await self.engine.generate(wished, How(output_dir=self.out), lambda _: None)


@asynccontextmanager
async def bench(tmp_path: Path, *, seconds: float = 0.0, clock: FakeClock | None = None) -> AsyncIterator[Bench]:
    """A new engine on a new service, both on one clock."""
    clock = clock or FakeClock()
    with sandbox.open_world(
        None, task_seconds=seconds, now=clock.time, draw=lambda *_: (picture(), "image/png")
    ) as world:
        held = Held(sandbox.in_process(world, stall=clock.sleep))
        env = {"OPENCLAW_STATE_DIR": str(tmp_path / "state")}
        async with open_engine(sandbox=True, env=env, transport=held, clock=clock, cwd=tmp_path) as engine:
            yield Bench(engine, held, world, tmp_path / "out")
