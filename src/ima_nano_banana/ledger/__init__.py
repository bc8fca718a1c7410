"""The ledger: who paid for what. Written and synced before the network is asked to charge.

:class:`Ledger` holds the books in one SQLite file that all processes of a user share; the engine awaits
its twin :class:`AsyncLedger`. States and what moves between them are in :mod:`ima_nano_banana.domain.task`.
"""

from __future__ import annotations

from ima_nano_banana.ledger.books import Ledger
from ima_nano_banana.ledger.limits import Pace
from ima_nano_banana.ledger.model import Ask, Batch, BatchStanding, Cost, Filters, Item, Limit, Standing
from ima_nano_banana.ledger.threaded import AsyncLedger

__all__ = [
    "Ask",
    "AsyncLedger",
    "Batch",
    "BatchStanding",
    "Cost",
    "Filters",
    "Item",
    "Ledger",
    "Limit",
    "Pace",
    "Standing",
]
