"""What this machine calls its own time zone."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

_HALF_A_YEAR = timedelta(days=182)


def name_of(zone: tzinfo | None, now: float | None = None, env: Mapping[str, str] | None = None) -> str:
    """Return the IANA name of a zone, or of this machine's; an offset such as ``UTC+08:00`` where nobody knows it."""
    at = time.time() if now is None else now
    if zone is not None:
        return str(getattr(zone, "key", None) or _offset(datetime.fromtimestamp(at, zone)))
    for told in _told(os.environ if env is None else env):
        if _fits(told, at):
            return told
    return _offset(datetime.fromtimestamp(at).astimezone())


def _told(env: Mapping[str, str]) -> Iterator[str]:
    """Name what the system may mean, the strongest word first."""
    yield env.get("TZ", "").removeprefix(":").rpartition("zoneinfo/")[2]
    with suppress(OSError):
        yield os.path.realpath("/etc/localtime").rpartition("zoneinfo/")[2]
    with suppress(OSError, UnicodeError):
        yield Path("/etc/timezone").read_text("utf-8").strip()


def _fits(name: str, at: float) -> bool:
    """Tell whether a name means what the system's clock shows, in summer and in winter."""
    if not name:
        return False
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    moments = (datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(at, UTC) + _HALF_A_YEAR)
    return all(one.astimezone(zone).utcoffset() == one.astimezone().utcoffset() for one in moments)


def _offset(at: datetime) -> str:
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" if not minutes else f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
