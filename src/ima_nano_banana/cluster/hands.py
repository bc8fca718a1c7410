"""One row at a worker: what it was, what it needs, the ordinary engine, and how it ended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ima_nano_banana.batch import outcome as outcomes
from ima_nano_banana.batch.brake import Brakes
from ima_nano_banana.batch.gate import AnyRow, Gate, RowLedger, Watched
from ima_nano_banana.batch.model import REFERENCE
from ima_nano_banana.cluster import shelf, trust
from ima_nano_banana.cluster.jobs import LaterError
from ima_nano_banana.cluster.model import STORED, Found, SharedRow, State
from ima_nano_banana.cluster.tally import Tally
from ima_nano_banana.domain.task import BEING_SENT, FOLLOW_SECONDS, FOLLOWED
from ima_nano_banana.domain.task import State as ItemState
from ima_nano_banana.engine import Engine, How, Trace
from ima_nano_banana.errors import (
    AuthFault,
    BudgetFault,
    DownloadFault,
    Fault,
    GenerationFault,
    InternalFault,
    NetworkFault,
    StorageFault,
    TimeoutFault,
)
from ima_nano_banana.ledger import rows, sql
from ima_nano_banana.ledger.batches import is_as_new
from ima_nano_banana.ledger.faults import facts_of
from ima_nano_banana.ledger.postgres import as_shared
from ima_nano_banana.local import logs
from ima_nano_banana.local.private import private_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ima_nano_banana.cluster.files import Files
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.ledger import Item
    from ima_nano_banana.ledger.postgres import PostgresLedger

SOON_SECONDS = 2.0
LATER_SECONDS = 10.0


@dataclass(slots=True, kw_only=True)
class Hands:
    """What a worker runs rows with. One for each process.

    Attributes:
        ports: The engine's outside world, on the shared ledger.
        folder: Where pictures are saved, and input pictures laid down.
        files: Where they are carried to, if not left in the folder.
        leads: Called with the batch when a row that others wait for has ended.
        unfit: Called with the reason why this worker can do no row at all.
        heard: Told every event of the engine with batch and row.
        frozen: Told when a freeze keeps a batch from beginning rows, and with ``None`` when that has ended.
        tally: What was done so far.
    """

    ports: Ports
    folder: Path
    files: Files | None
    leads: Callable[[str], object]
    unfit: Callable[[Fault], object]
    heard: Callable[[str, str, Event], object] = lambda *_: None
    frozen: Callable[[Fault | None], object] = lambda _: None
    tally: Tally = field(default_factory=Tally)
    _gates: dict[str, Gate] = field(default_factory=dict)
    _brakes: Brakes = field(init=False)
    _service: Watched = field(init=False)

    def __post_init__(self) -> None:
        """Make what all rows share: the brakes, and the service that presses them."""
        self._brakes = Brakes(self.ports.clock, self.ports.random)
        self._service = Watched(self.ports.service, self._brakes)

    @property
    def _books(self) -> PostgresLedger:
        return as_shared(self.ports.ledger.ledger)

    async def run(self, batch_id: str, row_id: str) -> None:
        """Run one row to its end, or say when it should be run again.

        Raises:
            LaterError: it has not ended.
        """
        place = (batch_id, row_id)
        try:
            found, item = await self._read(*place)
            if found is None or found.state != "open":
                self.tally.passed(place)
                return
            self.tally.taken(place, item)
            state, fault = self._done_before(found, item) or await self._made(found, item)
            _, item = await self._read(*place)
        except StorageFault as unreachable:
            raise LaterError(LATER_SECONDS) from unreachable
        await self._end(found, state, row_id, fault)
        self.tally.ended(place, state, item)

    async def close(self) -> Tally:
        """Add up what was done, with what is left open, as the books have it."""
        for place in self.tally.unended:
            try:
                _, item = await self._read(*place)
            except StorageFault:
                item = None
            self.tally.closed(place, item)
        return self.tally

    async def _read(self, batch_id: str, row_id: str) -> tuple[Found | None, Item | None]:
        def work(tx: Any) -> tuple[Found | None, Item | None]:  # noqa: ANN401 -- a transaction
            known = tx.execute(sql.ROW, {"batch_id": batch_id, "row_id": row_id}).fetchone()
            return shelf.find(tx, batch_id, row_id), rows.from_row(known) if known is not None else None

        return await self.ports.ledger.run(lambda: self._books.store.read(work))

    async def _end(self, found: Found, state: State, row_id: str, fault: Fault | None) -> None:
        facts = facts_of(fault)
        await self.ports.ledger.run(
            lambda: self._books.store.write(lambda tx: shelf.end(tx, found, row_id, state, facts))
        )
        if found.row is None or found.row.leads:
            self.leads(found.batch_id)

    def _done_before(self, found: Found, item: Item | None) -> tuple[State, Fault | None] | None:
        """Tell how a row stands that needs nobody any more."""
        if item is not None and item.state is ItemState.DONE:
            return ("partial" if item.failures else "done"), None
        if item is not None and item.state is ItemState.FAILED and item.id != found.replaces and not is_as_new(item):
            from ima_nano_banana.ledger.faults import fault_of

            return "failed", fault_of(item.fault, task_id=item.task_id)
        if item is not None and item.state in BEING_SENT:
            # By somebody who lives, or whose lease will soon have run out: asking again and again helps nobody.
            raise LaterError(SOON_SECONDS)
        if item is not None and item.state in FOLLOWED:
            return None
        if found.cancelled:
            return "cancelled", None
        if found.row is None:
            return "failed", GenerationFault("cluster.forgotten", phase="validate", charged="no")
        return None

    async def _made(self, found: Found, item: Item | None) -> tuple[State, Fault | None]:
        row, trace = found.row, Trace()
        if row is None:
            return "failed", GenerationFault("cluster.forgotten", phase="validate", charged="no")
        try:
            images = [await self._image(one, found.batch_id) for one in row.wish.images]
            how = self._how(found, row)
            ledger = self._ledger(found, row, item)
            engine = Engine(replace(self.ports, service=lambda: self._service)).beside(ledger)
            wish = replace(row.wish, images=tuple(images))
            await engine.generate(wish, how, lambda event: self._told(found.batch_id, row.id, event), trace)
        except Fault as fault:
            return await self._judged(found.batch_id, fault)
        except Exception as error:  # a defect costs its row, and never the worker
            return "failed", trace.known(InternalFault("internal.defect", report=logs.report(error)))
        return "done", None

    def _told(self, batch_id: str, row_id: str, event: Event) -> None:
        self.heard(batch_id, row_id, event)

    def _how(self, found: Found, row: SharedRow) -> How:
        path = trust.stem(row.stem)
        return How(
            max_credits=row.max_credits,
            keep_size=bool(found.how.get("keep_size")),
            keep_metadata=bool(found.how.get("keep_metadata")),
            download=bool(found.how.get("download", True)),
            timeout=float(found.how.get("timeout", FOLLOW_SECONDS)),
            output_dir=self._root(found.batch_id) / path.parent,
            stem=path.name,
        )

    def _root(self, batch_id: str) -> Path:
        return self.folder / trust.folder(batch_id)

    def _ledger(self, found: Found, row: SharedRow, item: Item | None) -> RowLedger:
        gate = self._gates.setdefault(found.batch_id, Gate(self.ports.ledger, self._brakes, says=self.frozen))
        retry = found.replaces is not None and item is not None and item.id == found.replaces
        if self.files is None:
            return RowLedger(gate, found.batch_id, row, fresh=False, retry=retry)
        below = self._root(found.batch_id)
        return _Carrying(gate, found.batch_id, row, retry=retry, files=self.files, below=below)

    async def _image(self, told: str, batch_id: str) -> str:
        if told.startswith(REFERENCE):
            _, parent = await self._read(batch_id, told[len(REFERENCE) :])
            if parent is None or not parent.urls:
                raise GenerationFault("batch.parent", phase="validate", charged="no", row=told[len(REFERENCE) :])
            return parent.urls[0]
        if not told.startswith(STORED):
            return trust.address(told)
        name = trust.stored_name(told[len(STORED) :])
        path = private_dir(self.folder / ".inputs") / name
        if not path.is_file():
            digest = name.partition(".")[0]
            data = await self.ports.ledger.run(lambda: self._books.store.read(lambda tx: shelf.picture(tx, digest)))
            if data is None:
                raise GenerationFault("cluster.forgotten", phase="validate", charged="no")
            await asyncio.to_thread(_lay_down, path, data)
        return str(path)

    async def _judged(self, batch_id: str, fault: Fault) -> tuple[State, Fault | None]:
        """Decide whether a failure ends the row.

        Raises:
            LaterError: it does not.
        """
        if isinstance(fault, AuthFault):
            self.unfit(fault)
            raise LaterError(LATER_SECONDS) from fault
        if isinstance(fault, (StorageFault, TimeoutFault)) and fault.charged != "unknown":
            raise LaterError(SOON_SECONDS) from fault
        if isinstance(fault, DownloadFault) and fault.retryable:
            raise LaterError(LATER_SECONDS) from fault
        if isinstance(fault, NetworkFault) and fault.charged == "no" and fault.retryable:
            raise LaterError(fault.retry_after or SOON_SECONDS) from fault
        if isinstance(fault, BudgetFault) and fault.code == "budget.batch":
            # What is on its way may turn out to cost nothing, and then there is room again.
            on_its_way = await self.ports.ledger.run(
                lambda: self._books.store.read(lambda tx: shelf.sending(tx, batch_id))
            )
            if on_its_way:
                raise LaterError(SOON_SECONDS) from fault
        state = outcomes.of_fault(fault).state
        return ("uncertain" if state == "uncertain" else "partial" if state == "partial" else "failed"), fault


class _Carrying(RowLedger):
    """Carries the pictures to where all machines reach them, before the row is closed."""

    def __init__(self, gate: Gate, batch_id: str, row: AnyRow, *, retry: bool, files: Files, below: Path) -> None:
        super().__init__(gate, batch_id, row, fresh=False, retry=retry)
        self._place = files
        self._below = below
        self._folder = batch_id
        self._all = gate.ledger

    async def done(self, item_id: str, files: Sequence[str], **more: Any) -> Item:  # noqa: ANN401 -- as the ledger's
        """Carry the files away and note where they are."""
        return await self._all.done(item_id, await self._place.keep(files, self._below, self._folder), **more)

    async def files(self, item_id: str, files: Sequence[str], **more: Any) -> Item:  # noqa: ANN401 -- as the ledger's
        """Carry away what could be saved."""
        return await self._all.files(item_id, await self._place.keep(files, self._below, self._folder), **more)


def _lay_down(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{id(data):x}")
    draft.write_bytes(data)
    draft.replace(path)
