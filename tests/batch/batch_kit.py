"""A batch on a simulated service, both on a clock that moves only when everybody waits for it."""

from __future__ import annotations

import asyncio
import heapq
import io
import itertools
import json
import re
import selectors
from collections import Counter
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.assembly import Parts
from ima_nano_banana.batch import LineFault, Outcome, Plan, Row, Summary
from ima_nano_banana.batch.plan import plan
from ima_nano_banana.batch.price import priced
from ima_nano_banana.batch.read import rows_of
from ima_nano_banana.batch.runner import Listener, Options, Runner
from ima_nano_banana.domain import offers
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How
from ima_nano_banana.errors import InternalFault
from ima_nano_banana.ledger import AsyncLedger, Batch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

    from ima_nano_banana.engine.ports import Ports

ID = "batch-1"
_SETTLE_SECONDS = 0.002


class StageClock:
    """Time that passes in one step to the next moment somebody waits for, once nobody has anything to do."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now
        self.busy = 0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.now + seconds, next(self._numbers), future))
        await future

    def advance(self) -> bool:
        while self._waiting:
            at, _, future = heapq.heappop(self._waiting)
            if future.done():
                continue
            self.now = max(self.now, at)
            future.set_result(None)
            return True
        return False


class _Idle(selectors.DefaultSelector):
    """Where the loop would wait for the world, the clock moves instead; threads are waited for."""

    clock: StageClock

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        found = super().select(_SETTLE_SECONDS if not self.clock.busy else min(timeout or 1.0, 1.0))
        if not found and not self.clock.busy:
            self.clock.advance()
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: StageClock) -> None:
        selector = _Idle()
        selector.clock = clock
        self._stage_clock = clock
        super().__init__(selector)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self._stage_clock.busy += 1
        future.add_done_callback(self._idle)
        return future

    def _idle(self, _: Any) -> None:
        self._stage_clock.busy -= 1


class _Watched(AsyncLedger):
    clock: StageClock

    async def run(self, work: Any, *, shared: bool = False) -> Any:
        self.clock.busy += 1
        try:
            return await super().run(work, shared=shared)
        finally:
            self.clock.busy -= 1


def on_stage(main: Callable[[StageClock], Coroutine[Any, Any, Any]], now: float = 1_790_000_000.0) -> Any:
    clock = StageClock(now)
    with asyncio.Runner(loop_factory=lambda: _Loop(clock)) as runner:
        return runner.run(main(clock))


def drawn(job: Any, index: int, inputs: Any) -> tuple[bytes, str]:
    out = io.BytesIO()
    Image.new("L", (64, 64) if job is None else job.pixels, 200).save(out, "PNG")  # as was paid for
    return out.getvalue(), "image/png"


class Faulty(httpx2.AsyncBaseTransport):
    """Plays faults that prompts ask for, such as ``[lost]``, in front of the simulated service."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self.seen: Counter[str] = Counter()
        self.log: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.log.append((request.method, request.url.path))
        body = await request.aread()
        asked = re.search(rb"\[([a-z0-9-]+)\]", body) if b'"prompt"' in body else None
        told = asked[1].decode() if asked else ""
        first = self.seen[told] == 0
        self.seen[told] += bool(told)
        fault = told.rstrip("-0123456789")
        if fault in ("slow-down", "busy") and first:
            patience = "30" if fault == "slow-down" else "1"
            return httpx2.Response(429, headers={"Retry-After": patience}, request=request)
        if fault == "refused":
            return _answer(request, {"code": 400, "message": "no such thing"})
        if fault == "down" and first:
            raise httpx2.ConnectError("no route", request=request)
        if fault == "dry":
            return _answer(request, {"code": 4008, "message": "Insufficient points"})
        answer = await self._inner.handle_async_request(request)
        if fault == "lost":
            await answer.aclose()
            raise httpx2.ReadError("gone", request=request)
        return answer


def _answer(request: httpx2.Request, body: dict[str, Any]) -> httpx2.Response:
    return httpx2.Response(200, content=json.dumps(body).encode(), request=request)


@dataclass
class Stage:
    """One process: a service behind it, a home under it."""

    clock: StageClock
    world: sandbox.World
    ports: Ports
    transport: Faulty
    out: Path
    events: list[tuple[str, Any]] = field(default_factory=list)
    ended: list[tuple[str, Outcome]] = field(default_factory=list)
    runner: Runner | None = None

    async def run(
        self,
        text: str,
        *,
        name: str = "rows.csv",
        concurrency: int = 50,
        rate: tuple[int, float] | None = None,
        budget: int | None = None,
        retry: bool = False,
        **how: Any,
    ) -> Summary:
        """Run a file as the door does."""
        rows, lists = await self.checked(text, name)
        listed = [offer for kind, data in lists.items() for offer in offers.read_catalogue(data, kind)]
        prices, faults = priced(rows.rows, listed)
        assert not rows.faults
        assert not faults
        count, seconds = rate or (None, None)
        ledger = self.ports.ledger
        await ledger.batch_set(
            Batch(
                id=ID,
                realm="sandbox",
                user_id="default",
                name=name,
                created_at=0.0,
                budget=budget,
                max_in_flight=concurrency,
                rate_count=count,
                rate_seconds=seconds,
                rows=len(rows.rows),
            )
        )
        items = {str(item.row_id): item for item in await ledger.batch_items(ID)}
        self.runner = Runner(
            rows.rows,
            prices,
            items,
            ports=self.ports,
            options=Options(batch_id=ID, folder=self.out, concurrency=concurrency, how=How(**how), retry_failed=retry),
            listener=Listener(
                event=lambda row, event: self.events.append((row.id, event)),
                ended=lambda row, outcome: self.ended.append((row.id, outcome)),
                defect=lambda error: InternalFault("internal.defect", report=repr(error)),
            ),
            lists=lists,
        )
        return await self.runner.run()

    async def checked(self, text: str, name: str = "rows.csv") -> tuple[Plan, dict[str, list[object]]]:
        found = planned(text, name)
        lists = {}
        for kind in dict.fromkeys(row.request.task_type for row in found.rows):
            lists[kind] = await self.ports.service().products(kind)
        return found, lists

    def states(self) -> dict[str, str]:
        assert self.runner is not None
        return {name: outcome.state for name, outcome in self.runner.outcomes.items()}

    def fault(self, row: str) -> str | None:
        assert self.runner is not None
        found = self.runner.outcomes[row].fault
        return found.code if found is not None else None

    @property
    def charged(self) -> int:
        return self.world.books.points_charged()


def planned(text: str, name: str = "rows.csv") -> Plan:
    raw, faults = rows_of(text.encode(), name)
    found = plan(raw, Wish(model="flash", size="512px"))
    return Plan(rows=found.rows, faults=(*faults, *found.faults))


def told(faults: tuple[LineFault, ...] | list[LineFault]) -> list[tuple[int, str]]:
    return [(one.line, one.fault.code) for one in faults]


def ids(rows: tuple[Row, ...]) -> list[str]:
    return [row.id for row in rows]


@asynccontextmanager
async def stage(
    tmp_path: Path, clock: StageClock, *scenes: str, seconds: float = 20.0, latency: float = 0.0
) -> AsyncIterator[Stage]:
    """A new process on the same home and service."""
    env = {"OPENCLAW_STATE_DIR": str(tmp_path / "state")}
    path = tmp_path / "world.sqlite3"
    with sandbox.open_world(path, scenes=scenes, task_seconds=seconds, now=clock.time, draw=drawn) as world:
        transport = Faulty(sandbox.in_process(world, stall=clock.sleep, latency=latency))
        parts = Parts(sandbox=True, env=env, transport=transport, clock=clock, cwd=tmp_path)
        ports = parts.ports()
        ports.ledger.__class__ = _Watched
        ports.ledger.clock = clock  # type: ignore[attr-defined]
        try:
            yield Stage(clock, world, ports, transport, tmp_path / "out")
        finally:
            await parts.close()


def rolling_peak(moments: list[float], period: float) -> int:
    """The most events in any ``period`` seconds."""
    ordered = sorted(moments)
    return max((sum(one <= at < one + period for at in ordered) for one in ordered), default=0)


def flight_peak(spans: list[tuple[float, float]]) -> int:
    """The most spans that overlap."""
    steps = sorted(
        [(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans], key=lambda one: (one[0], one[1])
    )
    return max(itertools.accumulate(step for _, step in steps), default=0)
