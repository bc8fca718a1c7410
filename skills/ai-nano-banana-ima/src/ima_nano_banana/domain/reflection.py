"""A create that was definitely refused: what may be tried next without paying more or hiding a change.

Interface, section 9, "Reflection". A stale price or attribute is answered with a fresh list and the same
wishes; only when that is refused too, or the backend itself broke (500 in the body), does the size step
down. Everything else is final.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.catalogue import fold
from ima_nano_banana.domain.model import Adjustment
from ima_nano_banana.domain.offers import at_size
from ima_nano_banana.domain.task import MOST_CREATES
from ima_nano_banana.errors import RejectedFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.errors import Fault

STALE_CODES = frozenset((6006, 6009, 6010))
STALE_REASON = "rejected.attribute"
"""The service's "Invalid product attribute", which comes without a code of its own."""
BACKEND_CODE = 500
SIZES_DOWN = ("4K", "2K", "1K", "512px")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next try: on a fresh list, or at a smaller size with its price and the change to be told."""

    refresh: bool = False
    quote: Quote | None = None
    adjustment: Adjustment | None = None


def after(fault: Fault, *, quote: Quote, creates: int, refreshed: bool, keep_size: bool) -> Step | None:
    """Return what to try after a refused create, or ``None`` to give up.

    Args:
        fault: The refusal.
        quote: What was refused.
        creates: How many creates were sent so far.
        refreshed: Whether the list was already fetched anew.
        keep_size: The caller would rather fail than get a smaller picture.
    """
    if creates >= MOST_CREATES or not isinstance(fault, RejectedFault) or fault.charged != "no":
        return None
    stale = fault.ima_code in STALE_CODES or fault.code == STALE_REASON
    if stale and not refreshed:
        return Step(refresh=True)
    if keep_size or not (stale or fault.ima_code == BACKEND_CODE):
        return None
    return _step_down(quote)


def _step_down(quote: Quote) -> Step | None:
    """Return the next smaller size that the offer has and that is not dearer."""
    order = [fold(size) for size in SIZES_DOWN]
    if fold(quote.size) not in order:
        return None
    for size in SIZES_DOWN[order.index(fold(quote.size)) + 1 :]:
        smaller = at_size(quote, size)
        if smaller is not None and smaller.credit <= quote.credit:
            change = Adjustment(field="size", from_=quote.size, to=smaller.size, reason="adjust.step_down")
            return Step(quote=replace(smaller, adjustments=(*quote.adjustments, change)), adjustment=change)
    return None
