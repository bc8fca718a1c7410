"""The ledger itself on PostgreSQL: the same methods, held together by the server's locks and clock."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.clock import SystemClock
from ima_nano_banana.ledger import claims
from ima_nano_banana.ledger.aside import Memory
from ima_nano_banana.ledger.books import Ledger
from ima_nano_banana.ledger.claims import Context
from ima_nano_banana.ledger.postgres import wishes
from ima_nano_banana.ledger.postgres.database import PostgresDatabase
from ima_nano_banana.ledger.postgres.leases import LEASE_SECONDS, Lease, lives

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.domain.model import Quote, Reservation
    from ima_nano_banana.ledger.model import Ask, Filters, Standing

T = TypeVar("T")


class PostgresLedger(Ledger):
    """Every request of every machine, its price, its task and its outcome.

    Times are the server's, so that a rate holds although the machines' clocks differ.

    Args:
        url: ``postgresql://user@host/database``.
        clock: Replaces the server's clock and this machine's (tests).
        zone: Time zone of the calendar days and months of limits; ``None`` is this machine's.
        lease: Seconds after which a process that has not been heard of counts as dead.
        aside: This machine's folder for ids that could not be booked.
    """

    shares = False
    shared = True

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        zone: tzinfo | None = None,
        lease: float = LEASE_SECONDS,
        aside: Path | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._own_clock = clock is not None and not isinstance(clock, SystemClock)
        self._zone = zone
        self._gated = threading.local()
        self.store = PostgresDatabase(url, lost=self._lost)
        self.database = self.store
        self._memory = Memory(aside, self.store.place)
        self._lease = Lease(self.store, lease)
        self._owner = self._lease

    def reserve(self, ask: Ask) -> Reservation | Standing:
        """As for the file."""
        with self._gate():
            return super().reserve(ask)

    def further(self, reservation: Reservation, quote: Quote) -> Reservation:
        """As for the file."""
        with self._gate():
            return super().further(reservation, quote)

    def bury(self) -> None:
        """Settle what dead processes left; whoever works on shared books does so now and then."""
        with self._gate():
            self._write(claims.bury)

    def forget(self, filters: Filters | None = None, *, ids: Sequence[str] | None = None) -> int:
        """As for the file; what batches still keep of the same rows goes too."""
        changed = super().forget(filters, ids=ids)
        self._write(lambda tx, _: wishes.forget(tx))
        self.database.scrub()
        return changed

    def _lost(self) -> None:
        """Be somebody else, if it can't be known whether a claim was booked: nobody may wait for its sender then."""
        self._lease.abandon()

    def _hold(self) -> None:
        self._lease.hold()

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Let what is written in here exclude everybody else who may spend."""
        self._gated.on = True
        try:
            yield
        finally:
            self._gated.on = False

    def _write(self, work: Callable[[sqlite3.Connection, Context], T]) -> T:
        self._memory.take_in(self._write)

        def with_context(tx: sqlite3.Connection) -> T:
            return work(
                tx,
                Context(
                    now=self._clock.time() if self._own_clock else self.store.now,
                    zone=self._zone,
                    owner=self._lease.id,
                    lives=lambda owner: lives(tx, owner),
                    monotonic=self._clock.monotonic() if self._own_clock else self.store.monotonic,
                    shared=self.shared,
                ),
            )

        return self.store.write(with_context, gated=getattr(self._gated, "on", False))
