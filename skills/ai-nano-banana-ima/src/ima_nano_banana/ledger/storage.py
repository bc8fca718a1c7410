"""What the disk and SQLite complain about, as the one fault that stops all spending."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

from ima_nano_banana.errors import StorageFault
from ima_nano_banana.local import disks

if TYPE_CHECKING:
    from pathlib import Path

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_SQLITE = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_READONLY: "no_access",
    sqlite3.SQLITE_PERM: "no_access",
    sqlite3.SQLITE_CANTOPEN: "no_access",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
_ERRNO = {
    errno.ENOSPC: "full",
    getattr(errno, "EDQUOT", errno.ENOSPC): "full",
    errno.EROFS: "no_access",
    errno.EACCES: "no_access",
    errno.EPERM: "no_access",
    errno.EISDIR: "no_file",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "no_folder",
}


def primary(error: BaseException) -> int:
    """Return SQLite's primary result code, ``0`` if there is none (Python's own misuse errors)."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def is_busy(error: BaseException) -> bool:
    """Tell whether waiting helps: another process holds the lock."""
    return isinstance(error, sqlite3.OperationalError) and primary(error) in _BUSY


def storage_fault(error: sqlite3.Error | OSError, path: Path) -> StorageFault:
    """Return the fault for ``error``. The file itself is left as it is, damaged or not."""
    if isinstance(error, OSError):
        reason = _ERRNO.get(error.errno or 0, "failed")
    else:
        reason = _SQLITE.get(primary(error), "failed")
    return StorageFault(f"storage.{reason}", path=str(path))


def refuse_network_disk(folder: Path, mounts: str | None = None) -> None:
    """Refuse a folder whose disk several machines may see, by what it resolves to.

    Args:
        folder: Where the ledger lies.
        mounts: The table of ``/proc/self/mounts``; read if it is not given.

    Raises:
        StorageFault: SQLite's locks can't be trusted there, so two machines could pay for one request.
    """
    found = disks.judge(str(folder), mounts)
    if found is not None:
        verdict, kind = found
        raise StorageFault(f"storage.{verdict}", path=str(folder), kind=kind, switch=disks.SWITCH)
