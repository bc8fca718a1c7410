"""What people do: they ask, ask again, give up, decide about money, and look after what is unknown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ima_nano_banana.domain.events import Created, Failed, Started, Succeeded
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How, Trace
from ima_nano_banana.errors import Fault
from ima_nano_banana.ledger.model import Decider
from simulation.machine import KEYS
from simulation.network import CALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ima_nano_banana.domain.events import Event
    from simulation.machine import Machine, Process
    from simulation.plan import Wanted

Told = dict[str, Any]


def of_result(result: Any) -> Told:
    """Return what a result object tells."""
    return {
        "end": "ok",
        "task_id": result.task_id,
        "urls": list(result.urls),
        "files": list(result.files),
        "credit": result.credit,
        "size": result.size,
        "count": result.count,
        "adjusted": [[one.field, one.from_, one.to] for one in result.adjustments],
        "replayed": result.replayed,
    }


def of_fault(fault: Fault) -> Told:
    """Return what an error object tells."""
    told: Told = {
        "end": fault.kind,
        "code": fault.code,
        "charged": fault.charged,
        "task_id": fault.task_id,
        "phase": fault.phase,
        "replayed": fault.replayed,
    }
    if fault.result is not None:
        told["result"] = of_result(fault.result)
    return told


class Call:
    """One call of one user, and whoever waits for it."""

    def __init__(self, machine: Machine, process: Process, name: str, what: str, **facts: Any) -> None:
        self._machine, self.process, self.name = machine, process, name
        self.ended = False
        self.deaf = False
        machine.told("call", call=name, process=process.name, kind=what, **facts)

    def hear(self, event: Event) -> None:
        """Hear what happens on the way."""
        if self.process.dead:
            return
        if isinstance(event, Started):
            self._machine.told("heard", call=self.name, credit=event.credit, joined=event.joined)
        elif isinstance(event, Created):
            self._machine.told("created", call=self.name, task_id=event.task_id)

    def tell(self, last: Succeeded | Failed) -> bool:
        """Take the last word, if somebody is there to hear it."""
        if self.process.dead or self.deaf:
            return False
        told = of_result(last.result) if isinstance(last, Succeeded) else of_fault(last.fault)
        self._machine.told("told", call=self.name, **told)
        return True

    async def run(self, work: Callable[[], Any]) -> None:
        """Do ``work`` and write down how it came back."""
        CALL.set(self.name)
        try:
            await work()
            end: Told = {"end": "ok"}
        except Fault as fault:
            end = of_fault(fault)
        except asyncio.CancelledError:
            end = {"end": "cancelled"}
        except Exception as error:
            end = {"end": "defect", "code": f"{type(error).__name__}: {error}"}
        if not self.process.dead:
            self.ended = True
            self._machine.told("end", call=self.name, **end)


async def make(call: Call, process: Process, wanted: Wanted, facts: dict[str, Any], out: Path) -> None:
    """Ask for a picture."""
    wish = Wish(
        prompt=wanted.prompt,
        size=wanted.size,
        count=wanted.count,
        user_id=wanted.user,
        language="en",
        idempotency_key=facts.get("key"),
    )
    how = How(
        again=facts.get("again", False),
        download=facts["download"],
        output_dir=out,
        timeout=facts["timeout"],
        max_credits=facts.get("max_credits"),
    )
    trace, way = Trace(), facts["tell"]

    def hear(event: Event) -> None:
        call.hear(event)
        if way == "return" and isinstance(event, (Succeeded, Failed)):
            call.tell(event)

    async def tell(last: Succeeded | Failed) -> bool:
        await asyncio.sleep(0.01)
        return way != "deaf" and call.tell(last)

    await process.engine.generate(wish, how, hear, trace, tell=None if way == "return" else tell)


async def resume(call: Call, process: Process, task_id: str, user: str, out: Path) -> None:
    """Ask for a picture that was paid for."""

    async def tell(last: Succeeded | Failed) -> bool:
        return call.tell(last)

    how = How(output_dir=out, timeout=600.0)
    await process.engine.resume(task_id, how, call.hear, Trace(), language="en", user_id=user, tell=tell)


async def resume_all(call: Call, process: Process, out: Path) -> None:
    """Ask for everything that was paid for."""
    ledger = process.engine.ledger
    for item in await ledger.open_items(realm="ima"):
        if item.task_id is not None:
            try:
                await resume(call, process, item.task_id, item.user_id, out)
            except Fault as fault:
                if fault.kind == "internal":
                    raise


async def freeze(process: Process, user: str | None) -> None:
    """Let nobody begin, or not this user."""
    machine = process.machine
    await process.engine.ledger.freeze(user, reason="looking", realm="ima")
    machine.told("frozen", user=user)


async def unfreeze(process: Process, user: str | None) -> None:
    """End that."""
    process.machine.told("unfrozen", user=user)
    await process.engine.ledger.unfreeze(user, realm="ima")


async def settle(process: Process) -> None:
    """Look up at the service what became of what is unknown, and enter it. Nothing is entered that may still come."""
    machine, ledger = process.machine, process.engine.ledger
    for item in await ledger.tasks():
        sent = [one for one in machine.ima.sent if one.prompt == item.prompt]
        if item.state.value != "uncertain" or any(machine.loop.now - one.sent_at < 200.0 for one in sent):
            continue
        found = [one for one in sent if one.accepted]
        known = {one["task_id"] for one in machine.history if one.get("task_id") and one["what"] in ("created", "told")}
        charged = any(one.task_id not in known for one in found)
        machine.told("settling", prompt=item.prompt, charged=charged)
        await ledger.settle(item.id, charged=charged)


async def needs_approval(process: Process, above: int) -> None:
    """Let nobody spend more than so many points at once without somebody's approval."""
    who = Decider(name="owner", owner=True)
    await process.engine.ledger.approvals_set(who, realm="ima", scope="all", above=above)


async def approve(process: Process) -> None:
    """Approve whatever waits for it."""
    machine, ledger = process.machine, process.engine.ledger
    for plan in await ledger.plans(realm="ima", open_=True):
        if plan.state == "proposed":
            machine.told("approving", prompt=plan.wish.get("prompt"), plan=plan.plan_id)
            await ledger.decide(plan.plan_id, "approved", Decider(name="owner", owner=True), realm="ima")


def other(key: str) -> str:
    """Return the key that a rotation gives: of the same account."""
    return KEYS[1] if key == KEYS[0] else KEYS[0]
