"""Whether the program at the other end of a loopback connection is run by the user whose books these are."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ROOT = 0

End = tuple[str, int]


def is_own(client: End, server: End) -> bool:
    """Tell whether a connection comes from a process of this very user (or of root), as far as the system tells.

    Where it does not tell, nobody is taken for the owner.
    """
    getuid = getattr(os, "getuid", None)
    if getuid is None:
        return False
    wanted = (_spelled(client), _spelled(server))
    return any(_uid(table, wanted) in (_ROOT, getuid()) for table in _TABLES)


def _spelled(end: End) -> str:
    """Return an end as the kernel writes it: words of four bytes, each the wrong way round, and the port."""
    packed = ipaddress.ip_address(end[0]).packed
    words = (packed[at : at + 4][::-1].hex() for at in range(0, len(packed), 4))
    return f"{''.join(words)}:{end[1]:04x}".upper()


def _uid(table: Path, wanted: tuple[str, str]) -> int | None:
    try:
        lines = table.read_text("ascii").splitlines()[1:]
    except (OSError, ValueError):
        return None
    for line in lines:
        parts = line.split()
        if tuple(parts[1:3]) == wanted:
            return int(parts[7])
    return None
