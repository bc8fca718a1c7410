"""The ledger: who paid for what. Written and synced before the network is asked to charge.

:class:`Ledger` holds the books in one SQLite file that all processes of a user share; the engine awaits
its twin :class:`AsyncLedger`. States and what moves between them are in :mod:`ima_nano_banana.domain.task`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.domain.realm import DATABASES
from ima_nano_banana.ledger.books import Ledger
from ima_nano_banana.ledger.model import (
    Ask,
    Batch,
    BatchStanding,
    Cost,
    Decider,
    Filters,
    Freeze,
    Item,
    Limit,
    Plan,
    Standing,
    Twin,
    Zone,
)
from ima_nano_banana.ledger.threaded import AsyncLedger, LedgerCalls

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from ima_nano_banana.clock import Clock

__all__ = [
    "Ask",
    "AsyncLedger",
    "Batch",
    "BatchStanding",
    "Cost",
    "Decider",
    "Filters",
    "Freeze",
    "Item",
    "Ledger",
    "LedgerCalls",
    "Limit",
    "Plan",
    "Standing",
    "Twin",
    "Zone",
    "is_shared",
    "open_ledger",
]


def is_shared(where: str | Path) -> bool:
    """Tell whether ``where`` is a database for many machines, not a file of this one."""
    return str(where).startswith(DATABASES)


def open_ledger(
    where: str | Path,
    *,
    clock: Clock | None = None,
    zone: tzinfo | None = None,
    lease: float | None = None,
    aside: Path | None = None,
) -> Ledger:
    """Return the ledger at a file's path or at ``postgresql://…``; it is opened at its first use.

    Args:
        where: The SQLite file, or the database that several machines share.
        clock: Replaces the machine's own (and the server's) clock.
        zone: Time zone of the calendar days and months of limits; ``None`` is this machine's.
        lease: Seconds after which a silent process counts as dead (shared databases only).
        aside: This machine's folder for ids that a shared database could not take; a file has its own.

    Raises:
        UsageFault: PostgreSQL is asked for, but not installed with this program.
    """
    from pathlib import Path

    if not is_shared(where):
        return Ledger(Path(where), clock=clock, zone=zone)
    try:
        from ima_nano_banana.ledger.postgres import PostgresLedger
    except ModuleNotFoundError as missing:
        from ima_nano_banana.local.installs import needs_extra

        raise needs_extra("cluster", missing.name) from missing
    if lease is None:
        return PostgresLedger(str(where), clock=clock, zone=zone, aside=aside)
    return PostgresLedger(str(where), clock=clock, zone=zone, aside=aside, lease=lease)
