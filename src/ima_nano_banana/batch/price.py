"""What the rows of a batch cost and how long they will take, from one product list. Pure but for the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.batch.model import BatchQuote, Line, LineFault, Loose, Row
from ima_nano_banana.batch.plan import local_images
from ima_nano_banana.domain import offers
from ima_nano_banana.domain.model import TEXT_TO_IMAGE
from ima_nano_banana.domain.schedule import expected_seconds
from ima_nano_banana.errors import RejectedFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ima_nano_banana.domain.model import Offer, Quote, Request

LOOK_SECONDS = 2.0
"""What noticing and fetching a picture takes on average, on top of making it."""

Priced = tuple[dict[str, "Quote"], list[LineFault]]


def input_faults(rows: Iterable[Row], cwd: Path, loose: Iterable[Loose] = ()) -> list[LineFault]:
    """Look at every input file once and say which rows name one that can't be used."""
    from ima_nano_banana.pictures import inputs

    seen: dict[str, UsageFault | None] = {}
    faults = []
    named = [Loose(row.line, row.id, row.wish.images) for row in rows]
    for row in (*named, *loose):
        for image in local_images(row.images):
            if image not in seen:
                try:
                    inputs.look(image, cwd)
                except UsageFault as fault:
                    seen[image] = fault
                else:
                    seen[image] = None
            found = seen[image]
            if found is not None:
                faults.append(LineFault(row.line, found, row.id))
    return faults


def priced(rows: Iterable[Row], listed: Sequence[Offer]) -> Priced:
    """Price every row; a size, ratio or model that the list does not have is a fault of its line."""
    known: dict[object, Quote | UsageFault] = {}
    prices: dict[str, Quote] = {}
    faults: list[LineFault] = []
    for row in rows:
        request = row.request
        kind = (request.task_type, request.model_id, request.size, request.aspect_ratio, request.count)
        kind = (*kind, len(request.images), request.adjustments)  # type: ignore[assignment]
        if kind not in known:
            known[kind] = _price(request, listed)
        found = known[kind]
        if isinstance(found, UsageFault):
            faults.append(LineFault(row.line, found, row.id))
        else:
            prices[row.id] = found
    return prices, faults


def loose_faults(loose: Iterable[Loose], listed: Sequence[Offer]) -> list[LineFault]:
    """Say what the list lacks for rows that have other faults besides."""
    found = [(row, _price(row.request, listed)) for row in loose if row.request is not None]
    return [LineFault(row.line, fault, row.id) for row, fault in found if isinstance(fault, UsageFault)]


def _price(request: Request, listed: Sequence[Offer]) -> Quote | UsageFault:
    try:
        fitting = [offer for offer in listed if offer.task_type == request.task_type]
        quote = offers.price(offers.choose(fitting, request), request)
        if request.task_type != TEXT_TO_IMAGE:
            offers.check_images(quote.offer, len(request.images))
    except UsageFault as fault:
        return fault
    except RejectedFault as fault:  # the list has no price for it: as much a fault of the line
        refused = UsageFault(fault.code, phase=fault.phase)
        refused.params = fault.params
        return refused
    return quote


def quote(
    rows: Sequence[Row], prices: Mapping[str, Quote], *, concurrency: int, rate: tuple[int, float] | None
) -> BatchQuote:
    """Add up the rows that are still to be paid for.

    Args:
        rows: Those rows.
        prices: The quote of each.
        concurrency: How many may be in flight at once.
        rate: At most so many creates in so many seconds.
    """
    groups: dict[tuple[str, str, int], list[Quote]] = {}
    by_user: dict[str, int] = {}
    for row in rows:
        found = prices[row.id]
        by_user[row.wish.user_id] = by_user.get(row.wish.user_id, 0) + found.credit
        groups.setdefault((found.offer.model_id, found.size, found.credit_each), []).append(found)
    lines = tuple(
        Line(
            model_id=model_id,
            model_name=many[0].offer.name,
            size=size,
            rows=len(many),
            pictures=sum(one.count for one in many),
            credit_each=each,
            credit=sum(one.credit for one in many),
        )
        for (model_id, size, each), many in sorted(groups.items())
    )
    return BatchQuote(
        lines=lines,
        rows=len(rows),
        pictures=sum(line.pictures for line in lines),
        credit=sum(line.credit for line in lines),
        seconds=seconds(rows, prices, concurrency=concurrency, rate=rate),
        prices=prices,
        by_user=by_user,
    )


def seconds(
    rows: Sequence[Row], prices: Mapping[str, Quote], *, concurrency: int, rate: tuple[int, float] | None
) -> float:
    """Return about how long the rows take: the slots, the rate, or the longest chain, whichever is slowest."""
    if not rows:
        return 0.0
    took = {row.id: _seconds(prices[row.id]) for row in rows}
    busy = sum(took.values()) / max(1, min(concurrency, len(rows)))
    sent = (len(rows) - 1) // rate[0] * rate[1] if rate else 0.0
    chains: dict[str, float] = {}
    for row in in_order(rows):
        before = max((chains.get(parent, 0.0) for parent in row.parents), default=0.0)
        chains[row.id] = before + took[row.id]
    return max(busy, *chains.values(), sent + max(took.values()))


def _seconds(priced: Quote) -> float:
    low, high = priced.offer.eet or expected_seconds(priced.offer.model_id)
    return (low + high) / 2 + LOOK_SECONDS


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Return the rows, each after those that it waits for; otherwise as in the file."""
    by_id = {row.id: row for row in rows}
    placed: dict[str, Row] = {}
    for row in rows:
        waiting = [row]
        while waiting:
            one = waiting[-1]
            missing = [by_id[name] for name in one.parents if name in by_id and name not in placed]
            if missing:
                waiting += missing
            else:
                placed.setdefault(waiting.pop().id, one)
    return list(placed.values())
