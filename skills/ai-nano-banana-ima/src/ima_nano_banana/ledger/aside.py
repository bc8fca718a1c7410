"""What was paid for and could not be booked, or whose row is gone: kept beside the ledger and taken in again.

A server that took over without the last commits, or a file that was restored under a running program, may not know
the row of a create that was answered. Then it is written anew from memory; where nothing can be written at all, a
line in a small file of this machine holds the id until the next start. It holds no prompt.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import StorageFault, UsageFault
from ima_nano_banana.ledger import keys, outcomes, rows, sql
from ima_nano_banana.ledger.alive import guard
from ima_nano_banana.local.private import open_private, private_dir, write_whole

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ima_nano_banana.ledger.claims import Context
    from ima_nano_banana.ledger.model import Item, Named

NAME = "ima_orphans.jsonl"
_NOBODY = "gone"


class Memory:
    """What one ledger has claimed and not seen ended, and the file for what it could not book.

    Args:
        folder: Where the file lies; ``None`` keeps none.
        place: What the ledger is called; several may share the file.
    """

    def __init__(self, folder: Path | None, place: str) -> None:
        self._folder = folder
        self._place = place
        self._sent: dict[str, tuple[Item, Named | None]] = {}
        self._taken_in = False

    def claimed(self, item: Item, named: Named | None) -> None:
        """Remember a claim as it was booked."""
        self._sent[item.id] = item, named

    def known(self, item: Item) -> None:
        """Remember what its row says now."""
        self._sent[item.id] = item, self._sent.get(item.id, (item, None))[1]

    def closed(self, item_id: str) -> None:
        """Forget it."""
        self._sent.pop(item_id, None)

    def load(self, tx: sqlite3.Connection, item_id: str) -> Item:
        """Return a row; one of ours that the books have lost is written anew.

        Raises:
            UsageFault: there is none of this name, and this process knows nothing of it.
        """
        if item_id in self._sent and tx.execute(sql.ITEM, {"id": item_id}).fetchone() is None:
            return put_back(tx, *self._sent[item_id])
        return rows.load(tx, item_id)

    def unbooked(self, error: Exception, reservation: Reservation, task_id: str) -> StorageFault:
        """Keep the id of a task that could not be booked, and return the fault that tells it."""
        item, _ = self._sent.get(reservation.item_id, (None, None))
        if item is not None and self._folder is not None:
            with suppress(OSError):
                keep(self._folder, self._place, item, reservation, task_id)
        if isinstance(error, StorageFault):
            return error.moved(phase="create", charged="yes", task_id=task_id)
        gone = isinstance(error, UsageFault) and error.code == "ledger.unknown"
        code = "storage.row_gone" if gone else "storage.unbooked"
        return StorageFault(code, phase="create", charged="yes", task_id=task_id, path=self._place)

    def take_in(self, write: Callable[[Callable[[sqlite3.Connection, Context], None]], None]) -> None:
        """Give what an earlier process kept aside its rows, once in each process."""
        if self._taken_in or self._folder is None:
            return
        self._taken_in = True
        with suppress(OSError, StorageFault):
            if not (self._folder / NAME).is_file():
                return
            with guard(self._folder / f"{NAME}.lock"):
                mine, others = kept(self._folder, self._place)
                for told in mine:
                    write(partial(_take_in, told))
                write_whole(self._folder / NAME, "".join(f"{line}\n" for line in others).encode("utf-8"))


def _take_in(told: Mapping[str, object], tx: sqlite3.Connection, context: Context) -> None:
    take_in(tx, told, context.now)


def put_back(tx: sqlite3.Connection, item: Item, named: Named | None) -> Item:
    """Write the row of a claim anew, as it was known to whoever made it."""
    if item.batch_id is not None:
        taken = tx.execute(sql.ROW, {"batch_id": item.batch_id, "row_id": item.row_id}).fetchone()
        item = replace(item, row_id=None) if taken is not None else item
    item = rows.insert(tx, item)
    tx.execute(
        sql.INSERT_ATTEMPT,
        {
            "item_id": item.id,
            "attempt": item.attempt,
            "account": item.account,
            "owner": item.owner or _NOBODY,
            "size": item.size,
            "aspect_ratio": item.aspect_ratio,
            "attribute_id": None,
            "credit": item.credit or 0,
            "now": item.spent_at or item.created_at,
            "batch_id": item.batch_id,
        },
    )
    return keys.bind(tx, named, item, item.created_at)


def keep(folder: Path, place: str, item: Item, reservation: Reservation, task_id: str) -> None:
    """Append one line, durably.

    Raises:
        OSError: this can't be written either.
    """
    bare = replace(item, prompt=None, images=(), extra=(), fault=None, failures=(), folder=None)
    told = {"ledger": place, "task_id": task_id, "attempt": reservation.attempt, "item": rows.to_row(bare)}
    private_dir(folder)
    with guard(folder / f"{NAME}.lock"):
        handle = open_private(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(handle, (json.dumps(told) + "\n").encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)


def kept(folder: Path, place: str) -> tuple[list[Mapping[str, object]], list[str]]:
    """Return what was kept for this ledger, and the lines that are another's or can't be read."""
    mine: list[Mapping[str, object]] = []
    others: list[str] = []
    for line in (folder / NAME).read_text(encoding="utf-8").splitlines():
        try:
            told = json.loads(line)
            ours = told["ledger"] == place and bool(told["task_id"]) and bool(told["item"])
        except (ValueError, TypeError, KeyError):
            ours = False
        if ours:
            mine.append(told)
        elif line.strip():
            others.append(line)
    return mine, others


def take_in(tx: sqlite3.Connection, told: Mapping[str, object], now: float) -> None:
    """Give a task that was kept aside its row; one that has it already is left alone."""
    item = rows.from_row(told["item"])  # type: ignore[arg-type]
    task_id = str(told["task_id"])
    if tx.execute(sql.BY_TASK, {"name": task_id, "realm": item.realm}).fetchone() is not None:
        return
    if tx.execute(sql.ITEM, {"id": item.id}).fetchone() is None:
        put_back(tx, item, None)
    attempt = int(str(told["attempt"]))
    reservation = Reservation(item_id=item.id, attempt=attempt, credit=item.credit or 0, claimed_at=0.0)
    outcomes.created(tx, reservation, task_id, now)
