"""Booking what became of a task that is paid for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ima_nano_banana.errors import StorageFault, UsageFault
from ima_nano_banana.wire.redact import without

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ima_nano_banana.engine.ports import Emit
    from ima_nano_banana.errors import Fault

_log = logging.getLogger(__name__)


async def caught_up(emit: Emit) -> None:
    """Wait for a listener that takes its time: whoever hears the price before it is spent may still say no."""
    wait = getattr(emit, "caught_up", None)
    if wait is not None:
        await wait()


async def noted(booking: Awaitable[object]) -> bool:
    """Book it as well as the disk allows, and tell whether it worked.

    Once the points may be spent, books that can't be written must cost neither the picture nor the truth:
    the row then stays as it was. What is ``sending`` turns uncertain at the next look (nobody waits for it), what is
    running or ready is fetched by the same command without paying.
    """
    try:
        await booking
    except (StorageFault, UsageFault) as fault:
        # A row that the books have lost (`ledger.unknown`) is a trouble of the books, not of whoever asked.
        _log.info("what became of a create could not be booked: %s", fault.code)
        return False
    return True


def heard(fault: Fault, prompt: str) -> None:
    """Log what the service said in its own words, for whoever looks into it; a prompt that it repeats is taken out."""
    if fault.detail:
        _log.info(
            "the service said (%s, code %s, HTTP %s): %s",
            fault.code,
            fault.ima_code,
            fault.http_status,
            without(fault.detail, prompt),
        )
