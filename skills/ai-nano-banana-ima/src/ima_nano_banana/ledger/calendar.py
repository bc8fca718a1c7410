"""Whose days and months these are: the time zone that is stored with the limits of a realm.

A ledger of one machine keeps that machine's days until somebody chooses a zone. Machines that share a ledger must
agree, so the first of them that needs a day writes its own zone down.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.ledger import sql

if TYPE_CHECKING:
    import sqlite3

_OFFSET = re.compile(r"UTC(?:([+-])(\d\d):(\d\d))?")
_NO_NAMES = frozenset({"localtime", "Factory", "posixrules"})


def setting(realm: str) -> str:
    """Return the name under which the zone of a realm is kept."""
    return f"time_zone.{realm}"


def known(name: str) -> str:
    """Return the right spelling of an IANA name.

    Raises:
        UsageFault: there is no such zone.
    """
    from zoneinfo import available_timezones

    wanted = name.strip().casefold()
    found = [one for one in available_timezones() if one.casefold() == wanted and one not in _NO_NAMES]
    if not found:
        raise UsageFault("ledger.bad_zone", zone=name)
    return found[0]


def named(name: str) -> tzinfo:
    """Return the zone of a name that is stored.

    Raises:
        UsageFault: this machine has no data about it, so nobody can tell here when its days begin.
    """
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        length = timedelta(hours=int(offset[2] or 0), minutes=int(offset[3] or 0))
        return timezone(-length if offset[1] == "-" else length)
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as missing:
        raise UsageFault("ledger.no_zone_data", zone=name) from missing


def stored(tx: sqlite3.Connection, realm: str) -> str | None:
    """Return the name of the zone that was chosen, if one was."""
    row = tx.execute(sql.SETTING, {"name": setting(realm)}).fetchone()
    return None if row is None else str(row[0])


def zone_of(tx: sqlite3.Connection, realm: str, own: tzinfo | None) -> tzinfo | None:
    """Return the zone that days are counted in: the one that is stored, else this machine's ``own``."""
    name = stored(tx, realm)
    return own if name is None else named(name)


def choose(tx: sqlite3.Connection, realm: str, name: str | None) -> None:
    """Store a zone; ``None`` forgets it."""
    values = {"name": setting(realm), "value": name}
    tx.execute(sql.DROP_SETTING if name is None else sql.SET_SETTING, values)


def agree(tx: sqlite3.Connection, realm: str, own: tzinfo | None, now: float) -> None:
    """Write this machine's zone down, unless another one was first."""
    from ima_nano_banana.local import zone as machine

    tx.execute(sql.KEEP_SETTING, {"name": setting(realm), "value": machine.name_of(own, now)})


def local_time(at: float, zone: tzinfo | None = None) -> str:
    """Return a time the way people write it, in a zone or in that of this machine."""
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"


def moment_in(at: float, zone: tzinfo | None, own: tzinfo | None) -> str:
    """Return a time of the calendar; the zone is named where the clocks of this machine show another time."""
    told = local_time(at, zone)
    if told == local_time(at, own):
        return told
    from ima_nano_banana.local import zone as machine

    return f"{told} {machine.name_of(zone, at)}"
