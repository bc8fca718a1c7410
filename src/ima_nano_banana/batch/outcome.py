"""What the books and the engine say of a row, as its outcome."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ima_nano_banana.batch.model import Outcome, Summary
from ima_nano_banana.domain.task import OPEN, State
from ima_nano_banana.engine import handover
from ima_nano_banana.engine.job import job_of
from ima_nano_banana.errors import Fault, PartialFault, TimeoutFault, UncertainFault
from ima_nano_banana.ledger.batches import is_as_new
from ima_nano_banana.ledger.faults import fault_of, unsure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ima_nano_banana.batch.model import Row
    from ima_nano_banana.batch.model import State as RowState
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.ledger import BatchStanding, Item


def of_item(item: Item, row: Row) -> Outcome | None:
    """Return how an earlier run left the row, or ``None`` if it has not ended: it is to be sent or joined."""
    if item.state is State.DONE:
        result = result_of_item(item, row)
        return Outcome(state="done", result=result) if not item.failures else partial(result)
    if item.state is State.UNCERTAIN:
        return Outcome(state="uncertain", fault=unsure(item))
    if item.state is State.FAILED and not is_as_new(item):
        return Outcome(state="failed", fault=fault_of(item.fault, task_id=item.task_id))
    return None


def result_of_item(item: Item, row: Row) -> Result:
    """Return the result of a row that an earlier run finished, as the books know it."""
    return handover.known(item, job_of(item, row.request.language, item.created_at))


def partial(result: Result) -> Outcome:
    """Return the outcome of a row of which some pictures were made."""
    return Outcome(state="partial", result=result, fault=handover.partial(result))


def of_fault(fault: Fault) -> Outcome:
    """Return how a row stands after the engine gave up on it."""
    if isinstance(fault, PartialFault):
        return Outcome(state="partial", result=fault.result, fault=fault)
    if isinstance(fault, UncertainFault):
        return Outcome(state="uncertain", fault=fault)
    if isinstance(fault, TimeoutFault):
        return Outcome(state="running", fault=fault)
    return Outcome(state="failed", result=fault.result, fault=fault)


def by_books(rows: Iterable[Row], items: Mapping[str, Item], standing: BatchStanding | None) -> Summary:
    """Return how a batch stands by the books alone, for a run that can't tell it any more."""
    states: Counter[RowState] = Counter(_by_books(row, items.get(row.id)) for row in rows)
    return Summary(
        states=states,
        committed=standing.committed if standing else 0,
        left=standing.left if standing else None,
    )


def _by_books(row: Row, item: Item | None) -> RowState:
    known = of_item(item, row) if item is not None else None
    if known is not None:
        return known.state
    return "running" if item is not None and item.state in OPEN else "waiting"
