"""The ledger on PostgreSQL 14 or newer, for machines that share one set of books.

:class:`PostgresLedger` is the :class:`~ima_nano_banana.ledger.Ledger` of one file with the same rules, run on
the same statements; only the lock, the clock and the sign of life are the server's.
"""

from __future__ import annotations

from ima_nano_banana.ledger.postgres.books import PostgresLedger

__all__ = ["PostgresLedger"]
