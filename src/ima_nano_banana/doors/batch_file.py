"""From a batch's file and options to rows that can be sent: read, checked, priced."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.batch.model import REFERENCE, LineFault, Loose, Plan, Row
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.domain.request import is_url
from ima_nano_banana.doors import order
from ima_nano_banana.errors import Fault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ima_nano_banana.batch.identity import Names
    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.ledger import Item, Twin

CONCURRENCY = 16
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_RATE = re.compile(
    r"\s*(\d{1,6})\s*/\s*(\d{1,6}(?:\.\d+)?)?\s*"
    r"(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was told about a batch.

    Attributes:
        data: The whole file.
        source: What a person calls it.
        base: Where relative paths begin.
        batch_id: Its name in the books.
        names: All that it may be called there.
        folder: Where the pictures go.
        concurrency: How many rows at once.
        rate: At most so many creates in so many seconds.
        max_credits: Its budget.
        notes: What programs should read beside the result.
    """

    data: bytes
    source: str
    base: Path
    batch_id: str
    names: Names
    folder: Path
    concurrency: int
    rate: tuple[int, float] | None
    max_credits: int | None
    notes: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Checked:
    """A file that was looked at, and the list that prices it."""

    plan: Plan
    prices: Mapping[str, Quote] = field(default_factory=dict)
    faults: Sequence[LineFault] = ()
    lists: Mapping[str, list[object]] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    spent: int = 0
    batch_id: str
    twin: Twin | None = None


def order_of(desk: Desk) -> Order:
    """Read the options and the file.

    Raises:
        UsageFault: one of them can't be read.
    """
    from ima_nano_banana.batch.identity import names_of
    from ima_nano_banana.local import paths

    values = desk.values
    told = order.text(values, "file") or order.STDIN
    data, path = _data(told)
    names = names_of(desk.realm, desk.user, told=order.text(values, "name"), path=path, data=data)
    folder = order.text(values, "output_dir")
    return Order(
        data=data,
        source=path.name if path else (order.text(values, "name") or "-"),
        base=path.parent if path else paths.working_folder() or Path("/"),
        batch_id=names.own,
        names=names,
        folder=paths.from_here(Path(folder)) if folder else _default(desk, path, names.own),
        concurrency=order.whole(values, "concurrency", least=1) or CONCURRENCY,
        rate=rate_of(order.text(values, "rate")),
        max_credits=order.whole(values, "max_credits"),
    )


def _default(desk: Desk, path: Path | None, batch_id: str) -> Path:
    """Return a folder of its own where pictures go when nobody said."""
    from ima_nano_banana.local import paths

    parent = paths.from_here(paths.default_folder(desk.env, paths.working_folder()))
    return parent / (path.stem if path else f"batch-{batch_id[:6]}")


def _data(told: str) -> tuple[bytes, Path | None]:
    try:
        if told == order.STDIN:
            return sys.stdin.buffer.read(), None
        path = Path(told).expanduser().absolute()
        return path.read_bytes(), path
    except (OSError, ValueError, RuntimeError) as fault:
        reason = getattr(fault, "strerror", None) or type(fault).__name__
        raise UsageFault("batch.no_file", path=told, reason=reason) from fault


def rate_of(told: str | None) -> tuple[int, float] | None:
    """Return creates and seconds of ``20/minute``, ``5/2s`` or ``100/3600``.

    Raises:
        UsageFault: it is no rate.
    """
    if told is None:
        return None
    found = _RATE.fullmatch(told)
    if found is None or not (found[2] or found[3]) or not int(found[1]) or (found[2] and not float(found[2])):
        raise UsageFault("batch.bad_rate", value=told)
    return int(found[1]), float(found[2] or 1) * _UNITS[(found[3] or "s")[0].lower()]


def planned(desk: Desk, told: Order, root: Path) -> Plan:
    """Find the rows of the file and all that is wrong with them without the network."""
    from ima_nano_banana.batch import plan, price, read
    from ima_nano_banana.local import preferences

    raw, faults = read.rows_of(told.data, told.source, order.text(desk.values, "encoding"))
    found = plan.plan(raw, _defaults(desk), preferred=partial(preferences.read, root, sandbox=desk.sandbox))
    rows, lost = _with_images(desk, found.rows, told.base)
    if order.on(desk.values, "again"):
        faults += [_again_fault(row) for row in rows if row.wish.idempotency_key is not None]
    loose, unfound = _loose_images(desk, found.loose, told.base)
    faults += [*found.faults, *lost, *unfound, *price.input_faults(rows, told.base, loose)]
    return Plan(rows=tuple(rows), faults=in_file_order(faults), loose=found.loose)


def _again_fault(row: Row) -> LineFault:
    return LineFault(row.line, UsageFault("usage.again_with_key"), row.id)


def _defaults(desk: Desk) -> Wish:
    values = desk.values
    return Wish(
        model=order.text(values, "model_id"),
        size=order.text(values, "size"),
        aspect_ratio=order.text(values, "aspect_ratio"),
        count=order.whole(values, "count", least=1),
        language=order.text(values, "language"),
        user_id=desk.user,
    )


def _with_images(desk: Desk, rows: Sequence[Row], base: Path) -> tuple[list[Row], list[LineFault]]:
    """Put pictures of the history in the place of ``@last`` and its like, and make paths absolute."""
    found: list[Row] = []
    faults = []
    for row in rows:
        try:
            of_key = partial(_own, desk, row.wish.idempotency_key)
            images = tuple(_image(one, base, of_key) for one in row.wish.images)
        except UsageFault as fault:
            faults.append(LineFault(row.line, fault, row.id))
            images = ()
        found.append(replace(row, wish=replace(row.wish, images=images)))
    return found, faults


def _own(desk: Desk, key: str | None, name: str) -> str:
    from ima_nano_banana.doors import references

    return references.resolved(desk, (name,), key=key)[0]


def _loose_images(desk: Desk, loose: Sequence[Loose], base: Path) -> tuple[list[Loose], list[LineFault]]:
    """Do the same for rows that don't hold together, so that all their faults are told at once."""
    found = []
    faults = []
    for row in loose:
        try:
            images = [_image(one, base, partial(_own, desk, None)) for one in row.images]
        except UsageFault as fault:
            faults.append(LineFault(row.line, fault, row.id))
        else:
            found.append(replace(row, images=tuple(images)))
    return found, faults


def _image(told: str, base: Path, resolved: Callable[[str], str]) -> str:
    if told.startswith(REFERENCE) or is_url(told) or told.lower().startswith("file:"):
        return told
    if told.startswith("@"):
        told = resolved(told)
        if is_url(told):
            return told
    try:
        path = Path(told).expanduser()
    except RuntimeError:
        return told
    # Beside the file that names it; else where the command is run.
    beside, here = base / path, path.absolute()
    return str(here if not beside.exists() and here.exists() else beside)


def in_file_order(faults: Sequence[LineFault]) -> tuple[LineFault, ...]:
    """Return the faults as a reader of the file meets them."""
    return tuple(sorted(faults, key=lambda one: one.line))


async def checked(ports: Ports, told: Order, plan: Plan, *, user: str, shared: bool) -> Checked:
    """Price every row on one product list, and look up what the books know of the batch.

    Raises:
        Fault: the list can't be read; not if the file has faults of its own, as those are told then.
    """
    from ima_nano_banana.batch import price
    from ima_nano_banana.batch.identity import known_as
    from ima_nano_banana.domain import offers

    lists: dict[str, list[object]] = {}
    try:
        ports.key()
        requests = [
            *(row.request for row in plan.rows),
            *(one.request for one in plan.loose if one.request is not None),
        ]
        for task_type in dict.fromkeys(request.task_type for request in requests):
            lists[task_type] = await ports.service().products(task_type)
        folder = None if shared else told.folder
        batch_id, twin = await known_as(
            ports.ledger, told.names, plan.rows, realm=ports.realm, user=user, folder=folder
        )
        standing = await ports.ledger.batch(batch_id)
        items = {str(item.row_id): item for item in await ports.ledger.batch_items(batch_id)}
    except Fault:
        if plan.faults:
            return Checked(plan=plan, faults=plan.faults, batch_id=told.batch_id)
        raise
    listed = [offer for task_type, data in lists.items() for offer in offers.read_catalogue(data, task_type)]
    prices, dear = price.priced(plan.rows, listed)
    faults = in_file_order(
        [*plan.faults, *dear, *price.loose_faults(plan.loose, listed), *_changed(plan.rows, items, batch_id)]
    )
    spent = standing.committed if standing is not None else 0
    return Checked(
        plan=plan,
        prices=prices,
        faults=faults,
        lists=lists,
        items=items,
        spent=spent,
        batch_id=batch_id,
        twin=twin,
    )


def _changed(rows: Sequence[Row], items: Mapping[str, Item], batch_id: str) -> list[LineFault]:
    """Find rows that say something else than when they were paid for."""
    from ima_nano_banana.batch.gate import subject_of
    from ima_nano_banana.ledger.batches import is_as_new

    return [
        LineFault(row.line, UsageFault("batch.changed", id=row.id), row.id)
        for row in rows
        if (item := items.get(row.id)) is not None and item.subject != subject_of(batch_id, row) and not is_as_new(item)
    ]


def due(found: Checked, *, retry: bool, again: bool) -> list[Row]:
    """Return the rows that are to be paid for now: new ones, and ended ones where that was asked for."""
    from ima_nano_banana.batch.outcome import of_item
    from ima_nano_banana.domain.task import OPEN

    rows = []
    for row in found.plan.rows:
        item = found.items.get(row.id)
        if item is None:
            rows.append(row)
            continue
        known = of_item(item, row)
        new = known is None and item.state not in OPEN
        repeated = known is not None and ((retry and known.state == "failed") or (again and known.state == "uncertain"))
        if new or repeated:
            rows.append(row)
    return rows


def before(found: Checked) -> tuple[int, int]:
    """Return how many rows earlier runs finished, and how many are paid for and under way."""
    from ima_nano_banana.domain.task import OPEN, State

    states = [found.items[row.id].state for row in found.plan.rows if row.id in found.items]
    return sum(state is State.DONE for state in states), sum(state in OPEN for state in states)
