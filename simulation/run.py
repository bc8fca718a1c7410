"""One run: what a plan says happens, then the troubles end, and somebody looks after what is left."""

from __future__ import annotations

import asyncio
import gc
import logging
import shutil
import sqlite3
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ima_nano_banana.errors import Fault
from simulation import batches, judge, people
from simulation.chance import Chance
from simulation.loop import StuckError
from simulation.machine import KEYS, Machine, Process, under
from simulation.plan import Act, Plan, drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from simulation.judge import Broken

ZONE = "Europe/Berlin"
PATIENCE = 4_000.0
"""Seconds in which everything must have ended once the troubles are over."""


@dataclass
class Outcome:
    """What came of a run."""

    plan: Plan
    broken: list[Broken]
    trace: str
    seconds: float
    steps: int
    faults: dict[str, int] = field(default_factory=dict)
    creates: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)


class Director:
    """Lets the acts of a plan happen."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self._plan = machine, machine.plan
        self._keys = dict.fromkeys(range(machine.plan.processes), KEYS[0])
        self._starts = 0
        self._calls: list[people.Call] = []
        self._helpers: list[Any] = []

    async def run(self) -> None:
        """Be the whole run."""
        machine, loop = self._machine, self._machine.loop
        await self._begin()
        for act in self._plan.acts:
            if act.at > loop.now:
                await asyncio.sleep(act.at - loop.now)
            if act.what != "make":
                machine.told("act", kind=act.what, **act.facts)
                machine.count(act.what)
            getattr(self, f"_{act.what}")(act)
        await asyncio.sleep(machine.chance.of("tail").choice((0.0, 5.0, 100.0)))
        await self._calm()
        await self._look_after()

    async def _begin(self) -> None:
        if any(act.what == "price" for act in self._plan.acts):
            self._machine.ima.dearer = 2  # so that a price can fall, too
        process = self._process(0)
        if self._plan.limits:
            await process.spawn(self._limits(process))
        if self._plan.threshold is not None:
            await process.spawn(people.needs_approval(process, self._plan.threshold))

    async def _limits(self, process: Process) -> None:
        ledger = process.engine.ledger
        await ledger.time_zone_set(ZONE, "ima")
        for scope, period, points in self._plan.limits:
            await ledger.limits_set(scope, period, points, realm="ima")  # type: ignore[arg-type]

    def _process(self, place: int) -> Process:
        """Return the living process of a place; one that died is started again."""
        found = self._machine.processes.get(f"p{place}")
        if found is None or found.dead:
            found = self._machine.start(f"p{place}", self._keys[place])
        return found

    def _call(self, process: Process, what: str, **facts: Any) -> people.Call:
        name = f"c{len(self._calls)}"
        call = people.Call(self._machine, process, name, what, **facts)
        self._calls.append(call)
        return call

    def _in(self, process: Process, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        async def quietly() -> None:
            with suppress(Fault):
                await work

        return process.spawn(quietly())

    # --- acts ---

    def _make(self, act: Act, process: Process | None = None) -> asyncio.Task[Any]:
        process = process or self._process(act.facts["process"])
        wanted, facts = self._plan.wanted[act.facts["wanted"]], act.facts
        told = {name: facts[name] for name in ("key", "again", "max_credits", "download") if name in facts}
        told |= {"user": wanted.user, "prompt": wanted.prompt, "size": wanted.size, "count": wanted.count}
        call = self._call(process, "make", **told)
        out = self._machine.root / "out"
        task = process.spawn(call.run(lambda: people.make(call, process, wanted, facts, out)))
        if "cancel" in facts:
            self._machine.loop.call_later(facts["cancel"], self._cancel, call, task)
        return task

    def _cancel(self, call: people.Call, task: asyncio.Task[Any]) -> None:
        if not call.ended and not call.process.dead:
            self._machine.told("cancel", call=call.name)
            task.cancel()
            task.add_done_callback(lambda _: setattr(call, "ended", True))  # one that never began has no end

    def _oneshot(self, act: Act) -> None:
        """A command: a process of its own that ends when it has its answer."""
        self._starts += 1
        process = self._machine.start(f"cmd{self._starts}", KEYS[0], "command")
        wanted = act.facts["number"] % len(self._plan.wanted)
        facts = {"wanted": wanted, "timeout": 120.0, "tell": "port", "download": True}
        task = self._make(Act(act.at, "make", facts), process)

        async def close() -> None:
            await asyncio.wait({task})
            await process.parts.close()
            process.bury()

        process.spawn(close())

    def _resume(self, act: Act) -> None:
        process = self._process(act.facts["process"])
        call = self._call(process, "resume")
        process.spawn(call.run(lambda: people.resume_all(call, process, self._machine.root / "out")))

    def _kill(self, act: Act) -> None:
        self._process(act.facts["process"]).doom = act.facts["moment"], act.facts["count"]

    def _power(self, _act: Act) -> None:
        self._machine.cut_power()

    def _stop(self, act: Act) -> None:
        self._process(act.facts["process"]).frozen_until = self._machine.loop.now + act.facts["seconds"]

    def _jump(self, act: Act) -> None:
        self._machine.jump(act.facts["days"] * 86_400.0)

    def _suspend(self, act: Act) -> None:
        self._machine.suspend(act.facts["seconds"] * 60.0)

    def _full(self, act: Act) -> None:
        self._for_a_while("full", act)

    def _sync(self, act: Act) -> None:
        self._for_a_while("sync_fails", act)

    def _for_a_while(self, what: str, act: Act) -> None:
        setattr(self._machine.disk, what, True)
        self._machine.loop.call_later(act.facts["seconds"], setattr, self._machine.disk, what, False)

    def _lock(self, act: Act) -> None:
        self._machine.lock(act.facts["seconds"])

    def _price(self, act: Act) -> None:
        self._machine.ima.dearer = act.facts["number"] % 3

    def _rotate(self, act: Act) -> None:
        """The next process at this place has another key of the same account."""
        place = act.facts["process"]
        self._keys[place] = people.other(self._keys[place])

    def _limit(self, _act: Act) -> None:
        """Limits stand from the beginning; see the plan."""

    def _settle(self, act: Act) -> None:
        process = self._process(act.facts["process"])
        self._in(process, people.settle(process))

    def _freeze(self, act: Act) -> None:
        process, user = self._process(act.facts["process"]), act.facts["user"]
        self._machine.told("freezing", user=user)

        async def freeze() -> None:
            await people.freeze(process, user)
            await asyncio.sleep(act.facts["seconds"])
            await people.unfreeze(process, user)

        self._in(process, freeze())

    def _batch(self, act: Act) -> None:
        process, facts = self._process(act.facts["process"]), act.facts | {"user": act.facts["user"] or "ann"}
        told = {name: facts[name] for name in ("user", "rows", "budget", "number")}
        call = self._call(process, "batch", **told)
        process.spawn(call.run(lambda: batches.make(call, facts, self._machine.root / "out")))

    def _approve(self, act: Act) -> None:
        process = self._process(act.facts["process"])
        self._in(process, people.approve(process))

    # --- the end ---

    async def _calm(self) -> None:
        """End every trouble, and wait for what must come to its end by itself."""
        machine = self._machine
        machine.calm = True
        machine.told("calm", lively=self._plan.lively)
        machine.ima.calm()
        machine.disk.full = machine.disk.sync_fails = False
        machine.unlock()
        for process in machine.processes.values():
            process.frozen_until, process.doom = 0.0, None
        if self._plan.lively:
            await self._thaw()
            await self._until(lambda: all(call.ended or call.process.dead for call in self._calls))
            for call in self._calls:
                if not call.ended and not call.process.dead:
                    machine.told("hang", call=call.name)
        for process in machine.processes.values():
            process.bury()
        await asyncio.sleep(200.0)  # what was late has arrived by now

    async def _thaw(self) -> None:
        """End every freeze: whoever was to do that may have died, and a batch waits for it for ever."""
        if any(act.what == "freeze" for act in self._plan.acts):
            owner = self._machine.start("owner", KEYS[0])
            for user in (None, "ann", "bob"):
                await asyncio.wait({owner.spawn(people.unfreeze(owner, user))}, timeout=PATIENCE)

    async def _until(self, done: Callable[[], bool]) -> None:
        deadline = self._machine.loop.now + PATIENCE
        while not done() and self._machine.loop.now < deadline:  # noqa: ASYNC110 -- it takes no time
            await asyncio.sleep(1.0)

    async def _look_after(self) -> None:
        """Fetch whatever was paid for, with the commands that anybody has."""
        machine, out = self._machine, self._machine.root / "out"
        machine.ima.calm()
        process = machine.start("last", KEYS[0])
        call = self._call(process, "resume")
        await self._waited(call, process.spawn(call.run(lambda: people.resume_all(call, process, out))))
        known = {one["task_id"] for one in machine.history if one["what"] == "told" and one["end"] != "ok"}
        ended = {one["task_id"] for one in machine.history if one["what"] == "told" and one["end"] in judge.LAST}
        for task_id in sorted(known - ended - {None}):
            again = self._call(process, "resume")
            work = people.resume(again, process, task_id, "default", out)
            await self._waited(again, process.spawn(again.run(lambda work=work: work)))  # type: ignore[misc]
        closing = process.spawn(process.parts.close())
        await asyncio.wait({closing}, timeout=PATIENCE)
        process.bury()

    async def _waited(self, call: people.Call, task: asyncio.Task[Any]) -> None:
        await asyncio.wait({task}, timeout=PATIENCE)
        if not call.ended:
            self._machine.told("hang", call=call.name)


_template: dict[str, bytes] = {}


def _books(path: Path) -> None:
    """Begin with empty books of today's shape, made once; how they are made is another test's matter."""
    from ima_nano_banana.ledger import Ledger

    path.parent.mkdir(parents=True, mode=0o700)
    if not _template:
        with Ledger(path) as ledger:
            ledger.tasks()
        closed = sqlite3.connect(path)
        closed.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        closed.close()
        _template["books"] = path.read_bytes()
        return
    path.write_bytes(_template["books"])
    path.chmod(0o600)


def run(seed: int, plan: Plan | None = None) -> Outcome:
    """Run one seed."""
    chance = Chance(seed)
    plan = plan or drawn(chance)
    shared = Path("/dev/shm")  # noqa: S108 -- memory is fast, and its syncs are simulated anyhow
    root = Path(tempfile.mkdtemp(prefix="simulated-", dir=shared if shared.is_dir() else None)).resolve()
    logging.disable(logging.CRITICAL)
    gc.disable()
    try:
        return _run(root, chance, plan)
    finally:
        gc.enable()
        logging.disable(logging.NOTSET)
        shutil.rmtree(root, ignore_errors=True)


def _run(root: Path, chance: Chance, plan: Plan) -> Outcome:
    machine = Machine(root, chance, plan)
    _books(machine.books())
    (root / "out").mkdir()
    with under(machine):
        try:
            machine.loop.run(Director(machine).run())
        except StuckError as stuck:
            machine.told("stuck", why=str(stuck))
        machine.unlock()
        for process in machine.processes.values():
            process.bury()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # what was asked for and never begun
            for process in machine.gone:
                process.close_coroutines()
    for defect in machine.loop.defects:
        machine.told("defect", why=defect)
    machine.told("end of all", steps=machine.loop.steps)
    broken = judge.judged(machine.history, machine.ima, machine.books(), plan)
    seconds, steps = machine.loop.now + machine.slept, machine.loop.steps
    creates = len(machine.ima.sent)
    return Outcome(plan, broken, machine.trace(), seconds, steps, machine.faults, creates, machine.history)
