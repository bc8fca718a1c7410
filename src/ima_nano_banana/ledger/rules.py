"""What may be spent, and whether anything may: limits, whose days they count, freezes, and paces.

The part of :class:`~.books.Ledger` that a person decides.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, TypeVar

from ima_nano_banana.domain.model import CLAIM_SECONDS, CONNECT_SECONDS
from ima_nano_banana.domain.realm import IMA
from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger import ahead, calendar, claims, freezes, limits, sql
from ima_nano_banana.ledger.model import Freeze, Limit, Zone

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import tzinfo

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.domain.periods import Period
    from ima_nano_banana.ledger.claims import Context

T = TypeVar("T")

_LOOK_SECONDS = 0.02


class Rules:
    """Limits, calendar, freezes and paces of a ledger."""

    shared: ClassVar[bool] = False
    """Whether other machines count days in the same books."""

    _clock: Clock
    _zone: tzinfo | None

    def _write(self, work: Callable[[sqlite3.Connection, Context], T]) -> T:
        raise NotImplementedError

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        raise NotImplementedError

    def has_limits(self, user_id: str | None = None, *, realm: str = IMA) -> bool:
        """Tell whether any stored limit or threshold of approval of the realm binds ``user_id`` (or anybody)."""

        def work(tx: sqlite3.Connection) -> bool:
            stored = limits.every(tx, realm)
            return bool(stored if user_id is None else limits.applying(stored, user_id))

        return self._read(work)

    def may_refuse(self, user_id: str, *, realm: str = IMA) -> bool:
        """Tell whether a stored limit, a threshold of approval or a freeze could keep ``user_id`` from spending."""
        return self.has_limits(user_id, realm=realm) or bool(self.freezes(realm, user_id))

    def limits_set(self, scope: str, period: Period, points: int | None, *, realm: str = IMA) -> None:
        """Store a limit in points; ``None`` removes it.

        Args:
            scope: ``"all"``, ``"each-user"`` or ``"user:<id>"``; a user's own replaces the one for each.
            period: ``"run"``, ``"day"`` or ``"month"`` (calendar, local time).
            points: The most that may be spent.
            realm: Whose points are meant, the real ones or those of the sandbox.

        Raises:
            UsageFault: such a limit makes no sense.
        """
        limits.check_words(scope, period, points)
        values = {"realm": realm, "scope": scope, "period": period, "points": points}
        self._write(lambda tx, _: tx.execute(sql.DROP_LIMIT if points is None else sql.SET_LIMIT, values).rowcount)

    def limits_show(self, now: float | None = None, user_id: str | None = None, *, realm: str = IMA) -> list[Limit]:
        """Return the limits with what is used and left and when they reset."""
        at = self._clock.time() if now is None else now
        with suppress(StorageFault):  # books that can't be written can still be read
            self._write(lambda tx, context: ahead.settle(tx, context.now))
        zone = self.time_zone(realm).tz
        days = limits.Days(realm=realm, now=at, zone=zone, own=self._zone)
        return self._read(lambda tx: limits.shown(tx, days, user_id=user_id))

    def time_zone(self, realm: str = IMA) -> Zone:
        """Return the zone that days and months are counted in.

        Raises:
            UsageFault: this machine has no data about it.
        """
        if self.shared:
            with suppress(StorageFault):  # books that can't be written can still be read
                self._write(lambda tx, context: claims.days_of(tx, realm, context))
        chosen = self._read(lambda tx: calendar.stored(tx, realm))
        if chosen is not None:
            return Zone(name=chosen, chosen=True, tz=calendar.named(chosen))
        from ima_nano_banana.local.zone import name_of

        return Zone(name=name_of(self._zone, self._clock.time()), chosen=False, tz=self._zone)

    def time_zone_set(self, name: str | None, realm: str = IMA) -> None:
        """Store the zone that days and months are counted in; ``None`` is this machine's.

        Raises:
            UsageFault: there is no zone of that name.
        """
        spelled = None if name is None else calendar.known(name)
        self._write(lambda tx, _: calendar.choose(tx, realm, spelled))

    # --- freezes ---

    def ahead(self, now: float | None = None) -> tuple[int, float]:
        """Return how many requests a clock that ran ahead dated in the future, and how far (Unix seconds)."""
        at = self._clock.time() if now is None else now
        return self._read(lambda tx: ahead.named(tx, at))

    def freeze(self, user_id: str | None = None, *, reason: str | None = None, realm: str = IMA) -> None:
        """Let no create begin any more: of one user, or of anybody. When this returns the last one has left."""
        scope, told = freezes.scope_of(user_id), freezes.plain(reason)
        self._write(lambda tx, context: freezes.set_(tx, realm, scope, told, context.now))
        # A claim that was booked before may be sent as long as it is fresh, or its connection is being opened.
        deadline = time.monotonic() + CONNECT_SECONDS + CLAIM_SECONDS
        while time.monotonic() < deadline and self._read(lambda tx: freezes.is_sending(tx, realm, scope)):
            time.sleep(_LOOK_SECONDS)

    def unfreeze(self, user_id: str | None = None, *, realm: str = IMA) -> bool:
        """End a freeze; tell whether there was one."""
        scope = freezes.scope_of(user_id)
        return self._write(lambda tx, _: freezes.lift(tx, realm, scope))

    def freezes(self, realm: str = IMA, user_id: str | None = None) -> list[Freeze]:
        """Return the freezes that stand, or those of them that bind ``user_id``; that for everybody first."""
        return self._read(lambda tx: freezes.standing(tx, realm, user_id))
