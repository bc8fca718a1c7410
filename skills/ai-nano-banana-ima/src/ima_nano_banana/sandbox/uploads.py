"""The files that clients uploaded, and the slots that wait for one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import hosts

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.store import Store

SLOT_SECONDS = 7 * 24 * 3600
"""How long a presigned URL lives (documented as about seven days)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A slot of the storage host, or the file that filled it (``data`` not ``None``)."""

    path: str
    account: str
    content_type: str
    expires: int
    data: bytes | None


def open_slot(store: Store, *, account: str, uid: str, name: str, suffix: str, content_type: str, now: float) -> Upload:
    """Reserve a path for one file. The path is shaped as documented; ``uid`` stands in it."""
    day = time.strftime("%Y/%m/%d", time.gmtime(now))
    path = f"{hosts.MARK}webAgent/privite/{day}/{int(now)}_{uid}_{name}.{suffix}"
    slot = Upload(path, account, content_type, int(now) + SLOT_SECONDS, None)
    with store.writing() as db:
        db.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, NULL)", (path, account, content_type, slot.expires))
    return slot


def fill(store: Store, path: str, data: bytes) -> None:
    """Keep the bytes of a slot."""
    with store.writing() as db:
        db.execute("UPDATE uploads SET data = ? WHERE path = ?", (data, path))


def find(store: Store, path: str) -> Upload | None:
    """Return the slot or file at a path."""
    row = store.row("SELECT path, account, content_type, expires, data FROM uploads WHERE path = ?", path)
    return None if row is None else Upload(*row)
