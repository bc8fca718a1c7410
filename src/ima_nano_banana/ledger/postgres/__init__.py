"""The ledger on PostgreSQL 14 or newer, for machines that share one set of books.

:class:`PostgresLedger` is the :class:`~ima_nano_banana.ledger.Ledger` of one file with the same rules, run on
the same statements; only the lock, the clock and the sign of life are the server's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.ledger.postgres.books import PostgresLedger

if TYPE_CHECKING:
    from ima_nano_banana.ledger.books import Ledger

__all__ = ["PostgresLedger", "as_shared"]


def as_shared(ledger: Ledger) -> PostgresLedger:
    """Return the ledger as what it is where many machines share it.

    Raises:
        TypeError: it is one of this machine alone; a defect of ours.
    """
    if not isinstance(ledger, PostgresLedger):
        raise TypeError("only a shared ledger has wishes for many machines")
    return ledger
