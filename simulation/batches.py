"""A batch as a caller of the program runs one: rows with a budget, and a line for each that has ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ima_nano_banana.batch.plan import plan
from ima_nano_banana.batch.price import priced
from ima_nano_banana.batch.read import rows_of
from ima_nano_banana.batch.runner import Listener, Options, Runner
from ima_nano_banana.domain import offers
from ima_nano_banana.domain.model import TEXT_TO_IMAGE, Wish
from ima_nano_banana.engine import How
from ima_nano_banana.errors import InternalFault
from ima_nano_banana.ledger import Batch
from simulation.people import of_fault, of_result

if TYPE_CHECKING:
    from pathlib import Path

    from ima_nano_banana.batch.model import Outcome, Row
    from simulation.people import Call

IN_FLIGHT = 2


def prompts(number: int, user: str, rows: int) -> list[str]:
    """Return what the rows of a batch ask for; no other request asks for the same."""
    return [f"row {place} of {number} for {user}" for place in range(rows)]


async def make(call: Call, facts: dict[str, Any], out: Path) -> None:
    """Run a batch to its end, or continue it where it stopped."""
    process, user = call.process, facts["user"]
    number, machine = facts["number"] % 3, process.machine
    ledger, name = process.engine.ledger, f"batch {number} of {user}"
    lines = [json.dumps({"prompt": one}) for one in prompts(number, user, facts["rows"])]
    raw, _ = rows_of("\n".join(lines).encode(), "rows.jsonl")
    found = plan(raw, Wish(model="flash", size="512px", user_id=user))
    lists = {TEXT_TO_IMAGE: await process.ports.service().products(TEXT_TO_IMAGE)}
    prices, _ = priced(found.rows, list(offers.read_catalogue(lists[TEXT_TO_IMAGE], TEXT_TO_IMAGE)))
    await ledger.batch_set(
        Batch(
            id=name,
            realm="ima",
            user_id=user,
            name=name,
            created_at=machine.time(),
            budget=facts["budget"],
            max_in_flight=IN_FLIGHT,
            rows=len(found.rows),
        )
    )
    items = {str(item.row_id): item for item in await ledger.batch_items(name)}

    def ended(row: Row, outcome: Outcome) -> None:
        if process.dead or outcome.state not in ("done", "partial", "failed"):
            return
        told = of_result(outcome.result) if outcome.result is not None else None
        if outcome.state == "done" and told is not None:
            machine.told("told", call=call.name, row=row.id, **told)
        elif outcome.fault is not None:
            machine.told("told", call=call.name, row=row.id, **of_fault(outcome.fault))

    def broke(error: BaseException) -> InternalFault:
        if not process.dead:
            machine.told("defect", why=f"{type(error).__name__}: {error}")
        return InternalFault("internal.defect", report="simulated")

    runner = Runner(
        found.rows,
        prices,
        items,
        ports=process.ports,
        options=Options(batch_id=name, folder=out / "rows", concurrency=4, how=How(timeout=300.0)),
        listener=Listener(event=lambda _row, event: call.hear(event), ended=ended, defect=broke),
        lists=lists,
    )
    await runner.run()
