"""Who stands before this program: a person at a shell of their own, or a host that speaks for others.

What a program is told in its environment it could also have been told by the very agent that it should hold back, so
more than one sign counts, and a sign that is missing never helps. What can't be closed here is in SECURITY.md.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.ledger.model import Decider
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MARKS = ("OPENCLAW_SHELL", "OPENCLAW_CHANNEL_CONTEXT")
"""What a host sets for the commands that it runs."""

_MOST_PARENTS = 64


def decider(env: Mapping[str, str]) -> Decider:
    """Return who decides here; the sender that a host names, else whoever owns the ledger's files."""
    sender = paths.sender_id(env)
    inside = any(env.get(name, "").strip() for name in MARKS) or _started_inside()
    if inside:
        return Decider(name=sender or "-", in_host=True, sender=sender, owner=False)
    return Decider(name=_login(), owner=_is_owner(env))


def _is_owner(env: Mapping[str, str]) -> bool:
    """Tell whether the ledger's file is ours; a database that many share has its own doors."""
    books = paths.books(env)
    if not isinstance(books, Path) or sys.platform == "win32":
        return True
    try:
        return books.stat().st_uid == os.geteuid()
    except OSError:
        return True  # there is nothing in it that could be decided


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "owner"


def _started_inside() -> bool:
    """Tell whether a process above this one was started by a host: taking its marks away does not leave it."""
    marks = tuple(f"{name}=".encode() for name in MARKS)
    for pid in _parents():
        with suppress(OSError):
            told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            if any(one.startswith(marks) and one.partition(b"=")[2].strip() for one in told):
                return True
    return False


def _parents() -> Iterator[int]:
    """Yield the processes above this one, where the system tells them (Linux)."""
    if not sys.platform.startswith("linux"):
        return
    pid = os.getppid()
    for _ in range(_MOST_PARENTS):
        if pid <= 1:
            return
        yield pid
        try:
            # The name in brackets may hold anything; what follows it is the state and then the parent.
            pid = int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            return
