"""Processes of the program, simulated: each has its own engine, and may die at any moment.

Dying means: from that moment on nothing of the process reaches the disk or the network any more, and its
sign of life is gone. What it had committed stays.
"""

from __future__ import annotations

import asyncio
import io
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.assembly import open_engine
from ima_nano_banana.engine import How
from ima_nano_banana.errors import Fault
from ima_nano_banana.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ima_nano_banana.domain.model import Result, Wish
    from ima_nano_banana.engine import Engine
    from ima_nano_banana.sandbox.world import World

    Through = Callable[[httpx2.AsyncBaseTransport], httpx2.AsyncBaseTransport]


class Killed(BaseException):
    """What a dying process sees; nobody outside it ever does."""


@dataclass
class Time:
    """Time that passes when somebody waits. The wall clock may jump, the other never does."""

    now: float = 0.0
    wall: float = 1_790_000_000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.wall + self.now

    async def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)
        await asyncio.sleep(0)


@dataclass
class Doom:
    """Counts the fault points of a process: at the one that is meant it dies, and stays dead.

    ``full`` are the numbers of the commits for which the disk has no room.
    """

    at: int | None = None
    full: frozenset[int] = frozenset()
    passed: int = 0
    commits: int = 0

    @property
    def dead(self) -> bool:
        return self.at is not None and self.passed >= self.at

    def point(self) -> None:
        self.passed += 1
        if self.dead:
            raise Killed


class _Line(httpx2.AsyncBaseTransport):
    """The network, for as long as the process lives."""

    def __init__(self, far: httpx2.AsyncBaseTransport, doom: Doom) -> None:
        self._far, self._doom = far, doom

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._doom.point()
        answer = await self._far.handle_async_request(request)
        self._doom.point()
        return answer


class _Time(Time):
    """The process's view of a shared clock: waiting is a moment at which it may die."""

    def __init__(self, shared: Time, doom: Doom) -> None:
        self._shared, self._doom = shared, doom

    def monotonic(self) -> float:
        return self._shared.now

    def time(self) -> float:
        return self._shared.time()

    async def sleep(self, seconds: float) -> None:
        self._doom.point()
        await self._shared.sleep(seconds)


@dataclass
class Ending:
    """How a run ended: with a result, a fault, or not at all. ``told`` are its events."""

    result: Result | None = None
    fault: Fault | None = None
    told: list[Any] = field(default_factory=list)
    points: int = 0

    @property
    def killed(self) -> bool:
        return self.result is None and self.fault is None


@dataclass
class Machine:
    """One home directory, one service, and however many processes."""

    folder: Path
    time: Time = field(default_factory=Time)
    points: int = 1_000_000
    task_seconds: float = 30.0
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = sandbox.open_world(
            None,
            task_seconds=self.task_seconds,
            points=self.points,
            now=lambda: 1_790_000_000.0 + self.time.now,
            draw=dot,
        )

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with Ledger(self.state / "memory" / "ima_ledger.sqlite3", clock=self.time) as ledger:
            yield ledger

    async def process(
        self,
        work: Any,
        *,
        die_at: int | None = None,
        full: frozenset[int] = frozenset(),
        home: str = "state",
        through: Through = lambda far: far,
    ) -> Ending:
        """Be one process that does ``work(engine, emit)``; ``through`` may change what the service answers."""
        doom, ending = Doom(die_at, full), Ending()
        try:
            async with open_engine(
                sandbox=True,
                env={"OPENCLAW_STATE_DIR": str(self.folder / home)},
                transport=_Line(through(sandbox.in_process(self.world, stall=self.time.sleep)), doom),
                clock=_Time(self.time, doom),
                cwd=self.folder,
            ) as engine:
                _doom_commits(engine, doom)
                ending.result = await work(engine, ending.told.append)
        except Fault as fault:
            ending.fault = fault
        except Killed:
            pass
        finally:
            ending.points = doom.passed
        if doom.dead:
            ending.result = ending.fault = None
        return ending

    async def make(
        self,
        wish: Wish,
        *,
        die_at: int | None = None,
        full: frozenset[int] = frozenset(),
        through: Through = lambda far: far,
        **how: Any,
    ) -> Ending:
        return await self.process(
            lambda engine, emit: engine.generate(wish, How(output_dir=self.folder / "out", **how), emit),
            die_at=die_at,
            full=full,
            through=through,
        )

    async def resume(self, task_id: str, *, home: str = "state", **how: Any) -> Ending:
        return await self.process(
            lambda engine, emit: engine.resume(
                task_id, How(output_dir=self.folder / "out", **how), emit, language="en", user_id="default"
            ),
            home=home,
        )


def _doom_commits(engine: Engine, doom: Doom) -> None:
    """Let the process die before and after each commit of its ledger, which is the only one it has."""
    database = engine._ports.ledger.ledger.database
    commit = database.commit

    def doomed() -> None:
        doom.point()
        doom.commits += 1
        if doom.commits in doom.full:
            raise sqlite3.OperationalError("database or disk is full")
        commit()
        doom.point()

    database.commit = doomed  # type: ignore[method-assign]


def dot(job: Any, index: int, _inputs: Any) -> tuple[bytes, str]:
    """Draw a picture too small to be judged by its size, in the right shape."""
    out = io.BytesIO()
    width, height = job.pixels
    Image.new("RGB", (width // 32, height // 32), (60 * index, 90, 200)).save(out, "PNG")
    return out.getvalue(), "image/png"
