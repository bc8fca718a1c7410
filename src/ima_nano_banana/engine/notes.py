"""Booking what became of a task that is paid for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ima_nano_banana.errors import StorageFault

if TYPE_CHECKING:
    from collections.abc import Awaitable

_log = logging.getLogger(__name__)


async def noted(booking: Awaitable[object]) -> None:
    """Book it as well as the disk allows.

    Once the points are spent, books that can't be written must not cost the picture as well: the row then
    stays as it was, and the same command fetches the picture again without paying.
    """
    try:
        await booking
    except StorageFault as fault:
        _log.error("the outcome of a paid task could not be booked: %s", fault.code)
