"""Sends the rows of a batch through the engine until each has an outcome, or something stops the batch."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.batch import outcome as outcomes
from ima_nano_banana.batch.brake import PATIENCE_SECONDS, Brakes
from ima_nano_banana.batch.gate import Gate, RowLedger, Watched
from ima_nano_banana.batch.model import REFERENCE, Outcome, Summary
from ima_nano_banana.domain.events import Created, Started, Succeeded
from ima_nano_banana.domain.task import OPEN
from ima_nano_banana.engine import Engine, How, Trace
from ima_nano_banana.engine.notes import noted
from ima_nano_banana.errors import (
    AuthFault,
    BudgetFault,
    CreditsFault,
    DownloadFault,
    Fault,
    GenerationFault,
    InternalFault,
    NetworkFault,
    StorageFault,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ima_nano_banana.batch.model import Row, State
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.engine.telling import Last, Tell
    from ima_nano_banana.ledger import BatchStanding, Item

PREPARING = 16
"""Rows between their start and their create: enough to keep eight creates busy while others upload."""

OUT_OF_REACH_SECONDS = PATIENCE_SECONDS
"""How long the service may turn every create away before the batch gives up; nothing is lost by then."""

_RECENT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a batch should run.

    Attributes:
        batch_id: Its name in the books.
        folder: Where the pictures go.
        concurrency: How many rows may be under way at once.
        how: How each row should behave.
        retry_failed: Rows that failed are paid for once more.
    """

    batch_id: str
    folder: Path
    concurrency: int
    how: How
    retry_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told what happens.

    Attributes:
        event: Every event of the engine, with its row.
        ended: A row's outcome. A :class:`Fault` that it raises says that it could not be told.
        frozen: Told at once when a freeze keeps rows from beginning, and with ``None`` when that has ended.
        defect: Writes a defect of this program down and returns the fault that names the entry.
    """

    event: Callable[[Row, Event], None]
    ended: Callable[[Row, Outcome], None]
    defect: Callable[[BaseException], Fault]
    frozen: Callable[[Fault | None], object] = lambda _: None


class Runner:
    """One run of a batch.

    Args:
        rows: Every row of the file.
        prices: The quote of each row that may be paid for; none is paid above it.
        items: What the books know of the rows, by row id.
        ports: The engine's outside world.
        options: How to run.
        listener: Who is told.
        lists: The product lists that the prices come from, by task type.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        prices: Mapping[str, Quote],
        items: Mapping[str, Item],
        *,
        ports: Ports,
        options: Options,
        listener: Listener,
        lists: Mapping[str, list[object]] | None = None,
    ) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.stopped: Fault | None = None
        self._rows = rows
        self._prices = prices
        self._items = items
        self._options = options
        self._listener = listener
        self._clock = ports.clock
        self._ledger = ports.ledger
        self._brakes = Brakes(ports.clock, ports.random)
        self._gate = Gate(ports.ledger, self._brakes, says=listener.frozen)
        watched = Watched(ports.service, self._brakes, lists)
        self._engine = Engine(replace(ports, service=lambda: watched))
        self._ready: deque[Row] = deque()
        self._short: list[tuple[Row, BudgetFault]] = []
        self._freed = False
        self._missing: dict[str, int] = {}
        self._children: dict[str, list[Row]] = {}
        self._active: set[asyncio.Task[None]] = set()
        self._preparing: set[str] = set()
        self._tried: set[str] = set()
        self._repeated: set[str] = set()
        self._said: list[str] = []
        self._wake = asyncio.Event()
        self._began = self._clock.monotonic()
        self._recent: deque[float] = deque(maxlen=_RECENT)

    async def run(self) -> Summary:
        """Send, join and follow until nothing is left to do.

        When it is cancelled it sends no more and lets the running tasks be; what has ended by then is told.
        """
        self._sort()
        try:
            while self._start_some():
                self._wake.clear()
                await self._wake.wait()
        finally:
            for task in self._active:
                task.cancel()
            await asyncio.gather(*self._active, return_exceptions=True)
        self._close()
        await self._note_said()
        return await self.summary()

    async def _note_said(self) -> None:
        """Close what an earlier run brought home and told nobody of: its line stands in the file now."""
        if not isinstance(self.stopped, DownloadFault):
            for item_id in self._said:
                await noted(self._ledger.told(item_id))

    async def summary(self) -> Summary:
        """Return how the batch stands now."""
        standing = await self._ledger.batch(self._options.batch_id)
        states: Counter[State] = Counter(one.state for one in self.outcomes.values())
        running = self._running(standing)
        states["running"] += running
        states["waiting"] += len(self._rows) - len(self.outcomes) - running
        speed = self._speed()
        return Summary(
            states=states,
            committed=standing.committed if standing else 0,
            left=standing.left if standing else None,
            stopped=self.stopped,
            frozen=self._gate.frozen,
            elapsed=self._clock.monotonic() - self._began,
            speed=speed,
            remaining=(len(self._rows) - len(self.outcomes)) / speed if speed else None,
            held=self._brakes.held(),
        )

    async def settled(self) -> Summary:
        """Return how the batch stands after an interrupt: what was cut is as the books have it."""
        self._ready.clear()
        items = {str(item.row_id): item for item in await self._ledger.batch_items(self._options.batch_id)}
        for row in self._rows:
            item = items.get(row.id)
            known = outcomes.of_item(item, row) if item is not None and row.id not in self.outcomes else None
            if known is not None:
                self._end(row, known)
        return await self.summary()

    def _running(self, standing: BatchStanding | None) -> int:
        """Return how many rows without an outcome are paid for: the books know, also after an interrupt."""
        if standing is None:
            return 0
        under_way = sum(standing.states.get(state.value, 0) for state in OPEN)
        told = sum(one.state == "running" or isinstance(one.fault, DownloadFault) for one in self.outcomes.values())
        return min(max(0, under_way - told), len(self._rows) - len(self.outcomes))

    def _speed(self) -> float:
        """Return the rows that end in a second, from the latest of them."""
        if len(self._recent) < 2:
            return 0.0
        span = self._clock.monotonic() - self._recent[0]
        return (len(self._recent) - 1) / span if span > 0 else 0.0

    # Order

    def _sort(self) -> None:
        """Take over what earlier runs finished; what they left running comes first, as it is paid for."""
        pending = []
        for row in self._rows:
            item = self._items.get(row.id)
            known = outcomes.of_item(item, row) if item is not None else None
            if known is not None and self._may_repeat(known):
                known = None
                self._repeated.add(row.id)
            if known is None:
                pending.append(row)
            else:
                self.outcomes[row.id] = known
                lost = self._say(row, known)
                if lost is None and item is not None and item.ended and item.told_at is None:
                    self._said.append(item.id)
        for row in sorted(pending, key=lambda one: one.id not in self._items):
            self._await_parents(row)

    def _may_repeat(self, known: Outcome) -> bool:
        failed = known.state == "failed" and self._options.retry_failed
        return failed or (known.state == "uncertain" and self._options.how.again)

    def _await_parents(self, row: Row) -> None:
        waits = [parent for parent in row.parents if parent not in self.outcomes]
        if waits:
            self._missing[row.id] = len(waits)
            for parent in waits:
                self._children.setdefault(parent, []).append(row)
        else:
            self._offer(row)

    def _offer(self, row: Row) -> None:
        """Put a row whose parents have ended in the queue, or end it with them."""
        lost = [parent for parent in row.parents if self.outcomes[parent].source is None]
        if lost:
            fault = GenerationFault("batch.parent", row=lost[0])
            self._end(row, Outcome(state="waiting", fault=fault))
        else:
            self._ready.append(row)

    def _start_some(self) -> bool:
        """Start what may start; tell whether anything is under way."""
        if not self._ready and not self._active and self._freed and self._short:
            self._ready.extend(row for row, _ in self._short)
            self._short, self._freed = [], False
        room = min(self._options.concurrency - len(self._active), PREPARING - len(self._preparing))
        while self._ready and room > 0 and self.stopped is None:
            row = self._ready.popleft()
            self._preparing.add(row.id)
            task = asyncio.create_task(self._do(row), name=row.id)
            self._active.add(task)
            task.add_done_callback(self._gone)
            room -= 1
        return bool(self._active)

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._active.discard(task)
        self._preparing.discard(task.get_name())
        self._wake.set()

    def _sent(self, row: Row) -> None:
        self._preparing.discard(row.id)
        self._wake.set()

    # One row

    async def _do(self, row: Row) -> None:
        trace, told = Trace(), False

        async def tell(last: Last) -> bool:
            """Write the line of the row: its request is closed by that, and not before."""
            nonlocal told
            if isinstance(last, Succeeded):
                outcome: Outcome | None = Outcome(state="done", result=last.result)
            else:
                outcome = self._judged(row, last.fault)
            told = True
            if outcome is not None and (lost := self._end(row, outcome)) is not None:
                raise lost
            return outcome is not None

        try:
            await self._made(row, trace, tell)
        except Fault as fault:
            if not told and (outcome := self._judged(row, fault)) is not None:
                self._end(row, outcome)
        except Exception as error:  # a defect costs its row, and never the batch
            self._end(row, outcomes.of_fault(trace.known(self._listener.defect(error))))

    async def _made(self, row: Row, trace: Trace, tell: Tell) -> None:
        wish = replace(row.wish, images=self._images(row))
        how = self._how(row)
        books = RowLedger(
            self._gate,
            self._options.batch_id,
            row,
            fresh=row.id not in self._items and row.id not in self._tried,
            retry=row.id in self._repeated,
        )
        self._tried.add(row.id)
        engine = self._engine.beside(books)
        await engine.generate(wish, how, lambda event: self._heard(row, event), trace, tell=tell)

    def _how(self, row: Row) -> How:
        priced = self._prices.get(row.id)
        path = Path(row.stem)
        return replace(
            self._options.how,
            # The price of the quote is what was agreed to; a higher one stops before it is spent.
            max_credits=priced.credit if priced is not None else 0,
            agreed=priced,
            output_dir=self._options.folder / path.parent,
            stem=path.name,
        )

    def _images(self, row: Row) -> tuple[str, ...]:
        return tuple(self._image(one) for one in row.wish.images)

    def _image(self, told: str) -> str:
        if not told.startswith(REFERENCE):
            return told
        outcome = self.outcomes[told[len(REFERENCE) :]]
        result = outcome.result
        if result is not None and result.files and not Path(result.files[0]).is_file() and result.url:
            return result.url  # somebody moved the file; the service still has the picture
        return outcome.source or ""

    def _heard(self, row: Row, event: Event) -> None:
        if isinstance(event, Created) or (isinstance(event, Started) and event.joined):
            self._sent(row)
        self._listener.event(row, event)

    def _judged(self, row: Row, fault: Fault) -> Outcome | None:
        """Decide what a failure means for the row and for the batch; ``None`` if the row is tried again."""
        if isinstance(fault, BudgetFault):
            if fault.code in ("budget.max_credits", "budget.dearer"):
                quoted = fault.params.get("max_credits", fault.params.get("quoted"))
                self.stop(BudgetFault("budget.dearer", phase=fault.phase, quoted=quoted, credit=fault.params["credit"]))
                return None
            self._short.append((row, fault))
            return None
        if isinstance(fault, (AuthFault, CreditsFault, StorageFault)) and fault.charged == "no":
            self.stop(fault)
            return None
        if isinstance(fault, NetworkFault) and fault.charged == "no" and fault.task_id is None:
            return self._out_of_reach(row, fault)
        if fault.charged == "no":
            self._freed = True
        return outcomes.of_fault(fault)

    def _out_of_reach(self, row: Row, fault: NetworkFault) -> Outcome | None:
        if not fault.retryable:
            self.stop(fault)
            return None
        brake = self._brakes.of(fault)
        if fault.retry_after is None:
            brake.press(fault)
        if brake.left > OUT_OF_REACH_SECONDS:
            self.stop(brake.impatient())
        elif brake.since is not None and self._clock.monotonic() - brake.since > OUT_OF_REACH_SECONDS:
            self.stop(fault)
        self._ready.appendleft(row)
        return None

    def stop(self, fault: Fault) -> None:
        """Begin no more rows, for this reason; those that run are let be."""
        if self.stopped is None:
            self.stopped = fault

    def _end(self, row: Row, outcome: Outcome) -> Fault | None:
        """Tell how a row ended, and let go of what waits for it; return why it could not be told."""
        self.outcomes[row.id] = outcome
        self._recent.append(self._clock.monotonic())
        lost = self._say(row, outcome)
        for child in self._children.pop(row.id, []):
            self._missing[child.id] -= 1
            if not self._missing[child.id]:
                self._offer(child)
        return lost

    def _say(self, row: Row, outcome: Outcome) -> Fault | None:
        """Tell how a row ended. A batch that can't be told begins no more rows: nobody would hear of them."""
        try:
            self._listener.ended(row, outcome)
        except Fault as fault:
            self.stop(fault)
            return fault
        return None

    def _close(self) -> None:
        """Say of each row that was not sent why not."""
        reasons = {row.id: fault for row, fault in self._short}
        if self.stopped is None and self._short:
            self.stopped = self._short[0][1]
        for row in self._rows:
            if row.id not in self.outcomes:
                fault = self.stopped or reasons.get(row.id) or InternalFault("ledger.inconsistent", why="row_forgotten")
                self._end(row, Outcome(state="waiting", fault=reasons.get(row.id, fault)))
