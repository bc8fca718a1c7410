"""From an order to what can be agreed to: every row read, checked and priced, and nothing spent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ima_nano_banana.batch import inputs, plan, price
from ima_nano_banana.batch.gate import subject_of
from ima_nano_banana.batch.identity import Names, known_as
from ima_nano_banana.batch.model import BatchQuote, LineFault, Plan, RowsFault
from ima_nano_banana.batch.outcome import of_item
from ima_nano_banana.domain import offers
from ima_nano_banana.domain.task import OPEN, State
from ima_nano_banana.errors import Fault, UsageFault
from ima_nano_banana.ledger.batches import is_as_new
from ima_nano_banana.local import preferences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ima_nano_banana.batch.model import Row
    from ima_nano_banana.batch.order import Order
    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.ledger import Item, Twin

NOTHING = BatchQuote(lines=(), rows=0, pictures=0, credit=0, seconds=0.0, prices={})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOffer:
    """A batch that was looked at: what is wrong with it, or what it costs.

    Attributes:
        order: What was told.
        names: All that it may be called in the books.
        batch_id: Its name there.
        folder: Where its pictures go.
        rows: The rows that hold together.
        faults: Everything that is wrong with the others; nothing is spent while there are any.
        quote: What is still to be paid for, and about how long it takes.
        twin: Another batch whose rows were paid for into the same folder; somebody has to say what is meant.
        prices: The quote of each row.
        lists: The product lists that they come from, by task type.
        items: What the books know of the rows.
        spent: Points that earlier runs spent.
    """

    order: Order
    names: Names
    batch_id: str
    folder: Path
    rows: tuple[Row, ...] = ()
    faults: tuple[LineFault, ...] = ()
    quote: BatchQuote = NOTHING
    twin: Twin | None = None
    prices: Mapping[str, Quote] = field(default_factory=dict, repr=False)
    lists: Mapping[str, list[object]] = field(default_factory=dict, repr=False)
    items: Mapping[str, Item] = field(default_factory=dict, repr=False)
    spent: int = 0

    @property
    def done_before(self) -> int:
        """Return how many rows earlier runs finished."""
        return sum(one is State.DONE for one in self._states())

    @property
    def under_way(self) -> int:
        """Return how many rows are paid for and under way."""
        return sum(one in OPEN for one in self._states())

    def _states(self) -> list[State]:
        return [self.items[row.id].state for row in self.rows if row.id in self.items]

    def is_agreed(self, *, yes: bool) -> bool:
        """Tell whether the price was agreed to: by saying so, by naming a budget, or because there is none."""
        return self.quote.credit == 0 or yes or self.order.max_credits is not None

    def check(self, *, yes: bool) -> None:
        """Let nothing begin that does not hold together or that nobody agreed to.

        Args:
            yes: Somebody agreed to the quote.

        Raises:
            UsageFault: it is not to begin.
        """
        if self.faults:
            raise RowsFault(self.faults)
        if self.twin is not None:
            raise UsageFault("batch.twin", where=self.twin_place, id=self.twin.batch_id)
        if not self.is_agreed(yes=yes):
            raise UsageFault("batch.consent", credit=self.quote.credit)

    @property
    def twin_place(self) -> str:
        """Return what a person calls the twin."""
        if self.twin is None:
            return ""
        return self.twin.paths[0] if self.twin.paths else self.twin.name

    def anew(self) -> BatchOffer:
        """Return the same, with its rows wanted once more beside those of its twin."""
        return replace(self, twin=None)


async def offer(ports: Ports, order: Order, *, as_batch: str | None = None) -> BatchOffer:
    """Check every row, price it on one product list, and look up what the books know of the batch.

    Args:
        ports: The engine's outside world.
        order: What was told.
        as_batch: The batch that it continues, if somebody was asked.

    Raises:
        Fault: the list can't be read; not if the rows have faults of their own, as those are told then.
    """
    names = order.names(ports.realm)
    sought = names if as_batch is None else Names(own=as_batch, told=as_batch)
    found = BatchOffer(order=order, names=names, batch_id=names.own, folder=order.place(ports, names.own))
    planned = await _planned(ports, order)
    found = replace(found, rows=planned.rows, faults=planned.faults)
    try:
        return await _priced(ports, found, planned, sought)
    except Fault:
        if planned.faults:
            return found
        raise


async def _planned(ports: Ports, order: Order) -> Plan:
    """Find the rows and all that is wrong with them without the network."""
    preferred = partial(preferences.read, ports.root, sandbox=ports.sandbox)
    planned = await asyncio.to_thread(
        plan.plan, order.source.raw, order.defaults, preferred=preferred, sender=ports.sender
    )
    known = await inputs.meant(ports, order.defaults.user_id, planned.rows, planned.loose)
    return await asyncio.to_thread(_looked_at, order, planned, known)


def _looked_at(order: Order, planned: Plan, known: inputs.Meant) -> Plan:
    base = order.source.base
    rows, lost = inputs.with_images(planned.rows, base, known)
    loose, unfound = inputs.loose_images(planned.loose, base, known)
    faults = [*order.source.faults, *planned.faults, *lost, *unfound, *price.input_faults(rows, base, loose)]
    if order.how.again:
        again = [row for row in rows if row.wish.idempotency_key is not None]
        faults += [LineFault(row.line, UsageFault("usage.again_with_key"), row.id) for row in again]
    return Plan(rows=tuple(rows), faults=in_file_order(faults), loose=planned.loose)


async def _priced(ports: Ports, found: BatchOffer, planned: Plan, sought: Names) -> BatchOffer:
    """Price the rows, and find the batch that they are among those ``sought``."""
    lists = await _lists(ports, planned)
    order, user = found.order, found.order.defaults.user_id
    folder = None if order.shared else found.folder
    batch_id, twin = await known_as(ports.ledger, sought, found.rows, realm=ports.realm, user=user, folder=folder)
    standing = await ports.ledger.batch(batch_id)
    items = {str(item.row_id): item for item in await ports.ledger.batch_items(batch_id)}
    listed = [offer for task_type, data in lists.items() for offer in offers.read_catalogue(data, task_type)]
    prices, dear = price.priced(found.rows, listed)
    unlisted = price.loose_faults(planned.loose, listed)
    faults = in_file_order([*planned.faults, *dear, *unlisted, *_changed(found.rows, items, batch_id)])
    found = replace(
        found,
        faults=faults,
        prices=prices,
        lists=lists,
        items=items,
        spent=standing.committed if standing is not None else 0,
        batch_id=batch_id,
        twin=twin,
    )
    return found if faults else replace(found, quote=_quote(found))


async def _lists(ports: Ports, planned: Plan) -> dict[str, list[object]]:
    ports.key()
    requests = [row.request for row in planned.rows]
    requests += [one.request for one in planned.loose if one.request is not None]
    kinds = dict.fromkeys(request.task_type for request in requests)
    return {kind: await ports.service().products(kind) for kind in kinds}


def _quote(found: BatchOffer) -> BatchQuote:
    order = found.order
    return price.quote(_due(found), found.prices, concurrency=order.concurrency, rate=order.rate)


def _due(found: BatchOffer) -> list[Row]:
    """Return the rows that are to be paid for now: new ones, and ended ones where that was asked for."""
    return [row for row in found.rows if _is_due(row, found.items.get(row.id), found.order)]


def _is_due(row: Row, item: Item | None, order: Order) -> bool:
    if item is None:
        return True
    known = of_item(item, row)
    if known is None:
        return item.state not in OPEN
    return (order.retry_failed and known.state == "failed") or (order.how.again and known.state == "uncertain")


def _changed(rows: Sequence[Row], items: Mapping[str, Item], batch_id: str) -> list[LineFault]:
    """Find rows that say something else than when they were paid for."""
    return [
        LineFault(row.line, UsageFault("batch.changed", id=row.id), row.id)
        for row in rows
        if (item := items.get(row.id)) is not None and item.subject != subject_of(batch_id, row) and not is_as_new(item)
    ]


def in_file_order(faults: Sequence[LineFault]) -> tuple[LineFault, ...]:
    """Return the faults as a reader of the file meets them."""
    return tuple(sorted(faults, key=lambda one: one.line))
