"""One computer: its clocks, its disk, and the processes of the program that come and go on it."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import sqlite3
import time
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from ima_nano_banana.assembly import Parts
from ima_nano_banana.engine import Engine
from ima_nano_banana.ledger import connection, threaded
from simulation import disk as disks
from simulation.ima import Ima
from simulation.loop import PROCESS, Killed, Loop, Threads
from simulation.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulation.chance import Chance
    from simulation.plan import Plan

KEYS = ("ima_simulated_key_0001", "ima_simulated_key_0002")
_numbers = itertools.count(1)


class Process:
    """One process of the program: an engine of its own on the books that all share."""

    def __init__(self, machine: Machine, name: str, key: str, door: str = "library") -> None:
        self.machine, self.name, self.key = machine, name, key
        self.number = next(_numbers)
        self.dead = False
        self.buried = False
        self.frozen_until = 0.0
        self.threads: list[Threads] = []
        self.coroutines: list[asyncio.Task[Any]] = []
        self.doom: tuple[str, int] | None = None
        """Where it dies: at its n-th step, before or after its n-th commit, or at its n-th write."""
        self.parts = Parts(
            key=key,
            env={"OPENCLAW_STATE_DIR": str(machine.root / "state")},
            cwd=machine.root,
            transport=Network(machine, name),
            clock=machine,
            door=door,
        )
        self.ports = self.parts.ports()
        self.engine = Engine(self.ports)

    def spawn(self, coro: Any) -> asyncio.Task[Any]:
        """Run a coroutine in this process."""
        context = copy_context()
        context.run(PROCESS.set, self)
        return self.machine.loop.create_task(coro, context=context)

    def comes_to(self, moment: str) -> bool:
        """Count one more ``moment``; tell whether it is the one at which the process dies."""
        if self.doom is None or self.doom[0] != moment:
            return False
        self.doom = moment, self.doom[1] - 1
        if self.doom[1] > 0:
            return False
        self.dead = True
        self.machine.count(f"dies at a {moment}")
        return True

    def may_not_write(self) -> bool:
        return self.dead or self.comes_to("write")

    def bury(self) -> None:
        """Take away what the operating system takes from a process that is gone. Nothing of it runs any more."""
        if self.buried:
            return
        self.dead = self.buried = True
        self.machine.told("died", process=self.name)
        self.machine.loop.forget(self)
        books = self.parts._ledger
        if books is not None:
            books._closed = True
            books._worker._ended = True  # type: ignore[attr-defined]
            self._let_go(books.ledger)
        self.machine.gone.append(self)

    def _let_go(self, ledger: Any) -> None:
        opened, ledger.database._connection = ledger.database._connection, None
        if opened is not None:
            with self.machine.as_if(self), suppress(sqlite3.Error):
                opened.close()
        owner = ledger._owner
        if owner._handle is not None:
            os.close(owner._handle)
            owner._handle = None

    def close_coroutines(self) -> None:
        """End what will never be run again; whatever it still tries, it is dead."""
        for task in reversed(self.coroutines):
            coro = task.get_coro()
            for _ in range(50):
                try:
                    task.home.run(coro.close)
                except BaseException:  # noqa: S112 -- it may end in many steps, and nobody hears of any
                    continue
                break


class Machine:
    """The computer, and the clock of its processes."""

    def __init__(self, root: Path, chance: Chance, plan: Plan) -> None:
        self.root, self.chance, self.plan = root, chance, plan
        self.loop = Loop(chance.of("order"), plan.step_seconds)
        self.loop.after = self._after
        self.ima = Ima(chance, self.earth)
        self.ima.fates = dict(plan.fates)
        self.disk = disks.Disk(str(root), self.mover, self._waits)
        self.outside = copy_context()
        self.history: list[dict[str, Any]] = []
        self.faults: dict[str, int] = {}
        self.processes: dict[str, Process] = {}
        self.gone: list[Process] = []
        self.calm = False
        self.wall_offset = plan.began_at
        self.slept = 0.0
        self._as_if: Process | None = None
        self._locker: sqlite3.Connection | None = None
        self._locked_until = 0.0

    # --- clocks ---

    def monotonic(self) -> float:
        return self.loop.now

    def time(self) -> float:
        return self.wall()

    def wall(self) -> float:
        """What the computer believes the time to be."""
        return self.wall_offset + self.loop.now + self.slept

    def earth(self) -> float:
        """What time it is."""
        return self.plan.began_at + self.loop.now + self.slept

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def jump(self, seconds: float) -> None:
        self.wall_offset += seconds

    def suspend(self, seconds: float) -> None:
        """Close the lid: the time goes on outside, and the clock that never jumps stands still."""
        self.slept += seconds

    # --- who moves ---

    def mover(self) -> Process | None:
        return self._as_if or PROCESS.get()

    @contextmanager
    def as_if(self, process: Process) -> Iterator[None]:
        self._as_if, before = process, self._as_if
        try:
            yield
        finally:
            self._as_if = before

    def start(self, name: str, key: str = KEYS[0], door: str = "library") -> Process:
        """Start a process under a name that no other living one has."""
        context = copy_context()
        process = context.run(Process, self, name, key, door)
        self.processes[name] = process
        self.told("started", process=name)
        return process

    def _after(self) -> None:
        for process in self.processes.values():
            if process.dead and not process.buried:
                process.bury()
        self._unlock_in_time()

    # --- trouble ---

    def draw(self, name: str, kinds: tuple[str, ...]) -> str | None:
        """Return which of ``kinds`` happens here, if any."""
        if self.calm:
            return None
        able = [kind for kind in kinds if kind in self.plan.rates]
        if not able:
            return None
        chance = self.chance.one(name)
        for kind in able:
            if chance.random() < self.plan.rates[kind]:
                self.count(kind)
                return kind
        return None

    def latency(self, name: str) -> float:
        slow = self.plan.latency if not self.calm else 0.05
        return self.chance.one(name).expovariate(1.0) * slow

    def count(self, kind: str) -> None:
        self.faults[kind] = self.faults.get(kind, 0) + 1

    def lock(self, seconds: float) -> None:
        """Let another program hold the books (a backup, an editor)."""
        path = self.books()
        if self._locker is None and path.exists():
            locker = sqlite3.connect(path, isolation_level=None, timeout=0.0)
            try:
                locker.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                locker.close()
                return
            self._locker, self._locked_until = locker, self.loop.now + seconds

    def unlock(self) -> None:
        if self._locker is not None:
            locker, self._locker = self._locker, None
            locker.execute("ROLLBACK")
            locker.close()

    def _unlock_in_time(self) -> None:
        if self._locker is not None and self.loop.now >= self._locked_until:
            self.unlock()

    def _waits(self, seconds: float) -> None:
        """Let the time pass for a thread that waits within SQLite; nobody else can move meanwhile."""
        self.loop.now += seconds
        self._unlock_in_time()

    def cut_power(self) -> None:
        """End everything at once; what was not synced is lost in part."""
        self.unlock()
        for process in self.processes.values():
            process.bury()
        self.told("power cut", lost=self.disk.cut(self.chance.of("cut")))

    def books(self) -> Path:
        return self.root / "state" / "memory" / "ima_ledger.sqlite3"

    def told(self, what: str, **facts: Any) -> None:
        """Write down what happened; this is all that a judge may know."""
        self.history.append({"at": round(self.loop.now, 6), "what": what, **facts})

    def trace(self) -> str:
        """Return the whole history as text; the same seed gives the same bytes."""
        lines = (json.dumps(one, sort_keys=True, ensure_ascii=True, default=str) for one in self.history)
        return "".join(f"{line}\n" for line in lines).replace(str(self.root), "~")


@contextmanager
def under(machine: Machine) -> Iterator[None]:
    """Let time, chance, threads and the disk of the program be those of ``machine``."""
    chance = machine.chance.of("bytes")
    commit = connection.Database.commit

    def committed(self: connection.Database) -> None:
        process = PROCESS.get()
        if process is None:
            commit(self)
            return
        if process.comes_to("commit"):
            raise Killed
        try:
            commit(self)
        finally:
            if process.dead:
                raise Killed
        if process.comes_to("moment after a commit"):
            raise Killed

    def fsync(descriptor: int) -> None:
        machine.disk.fsync(descriptor)
        process = PROCESS.get()
        if process is not None and process.comes_to("sync of a file"):
            raise Killed

    def urandom(size: int) -> bytes:
        return chance.randbytes(size)

    changes: list[tuple[Any, str, Any]] = [
        (time, "time", machine.wall),
        (time, "monotonic", machine.monotonic),
        (time, "sleep", machine.loop.sleep),
        (os, "urandom", urandom),
        (random, "_urandom", urandom),
        (os, "fsync", fsync),
        (threaded, "ThreadPoolExecutor", Threads),
        (connection.Database, "commit", committed),
    ]
    before = [(where, name, getattr(where, name)) for where, name, _ in changes]
    kept = random.getstate()
    random.seed(machine.chance.seed)
    for where, name, instead in changes:
        setattr(where, name, instead)
    disks.put_under(machine.disk)
    try:
        yield
    finally:
        disks.take_away()
        for where, name, was in before:
            setattr(where, name, was)
        random.setstate(kept)
