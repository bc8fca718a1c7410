"""What PostgreSQL complains about: what passes if one waits, and the fault of what does not."""

from __future__ import annotations

from psycopg import Error, OperationalError
from psycopg.conninfo import conninfo_to_dict

from ima_nano_banana.errors import InternalFault, StorageFault

# Classes and codes of SQLSTATE (PostgreSQL manual, appendix A).
_PASSING = (
    "08",  # the connection broke
    "40",  # serialisation, deadlock
    "53300",  # too many connections
    "55P03",  # a lock was not to be had in time
    "25P03",  # idle in transaction: this process was frozen
    "57P",  # the server shuts down, starts, or ended this session
)
_NAMED = {
    "28": "denied",
    "3D": "denied",
    "42501": "denied",
    "53100": "server_full",
    "53200": "server_full",
    "XX001": "server_damaged",
    "XX002": "server_damaged",
}


def passes(error: BaseException) -> bool:
    """Tell whether the same transaction may go well in a moment."""
    if isinstance(error, InternalFault):
        return error.params.get("why") == "row_changed"
    if not isinstance(error, Error):
        return False
    if error.sqlstate is None:
        # libpq's own words: the connection could not be made, or is gone.
        return isinstance(error, OperationalError)
    return error.sqlstate.startswith(_PASSING)


def fault_of(error: BaseException, place: str) -> StorageFault:
    """Return the fault of an error that did not pass. The server's own text may hold anything, so it stays out."""
    state = getattr(error, "sqlstate", None) or ""
    for start, reason in _NAMED.items():
        if state.startswith(start):
            return StorageFault(f"storage.{reason}", path=place)
    return StorageFault("storage.unreachable" if passes(error) else "storage.server_failed", path=place)


def place_of(url: str) -> str:
    """Return where a store is, without its user and password."""
    try:
        parts = conninfo_to_dict(url)
    except Error:
        return "postgresql://"
    port = f":{parts['port']}" if parts.get("port") else ""
    # libpq takes a password for a part of the host if an "@" in it is not escaped.
    host = str(parts.get("host") or "").rpartition("@")[2]
    return f"postgresql://{host}{port}/{parts.get('dbname') or ''}"
