"""Which processes are still there: each holds a lock on a file of its own while it may be sending.

The operating system drops the lock the moment the process is gone, however it went, so a dead sender is
known at once and a slow one is never mistaken for dead. No timeout is guessed, no process id compared.
"""

from __future__ import annotations

import os
import time
import uuid
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ima_nano_banana.local.locks import lock
from ima_nano_banana.local.private import open_private, private_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STALE_SECONDS = 86_400.0


class Owner:
    """This ledger's sign of life. Taken when it is first needed, gone with the process at the latest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: int | None = None
        self._id = uuid.uuid4().hex
        _owners.add(self)

    def hold(self) -> str:
        """Return the owner's id, after its lock is held.

        Raises:
            OSError: the file can't be made or locked.
        """
        if self._handle is None:
            private_dir(self._folder)
            sweep(self._folder)
            self._handle = _held(_file(self._folder, self._id))
        return self._id

    @property
    def id(self) -> str | None:
        """Return the id if the lock is held."""
        return self._id if self._handle is not None else None

    def release(self) -> None:
        """Stop being alive; what is still in ``sending`` becomes uncertain at the next look."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
            with suppress(OSError):
                _file(self._folder, self._id).unlink()
            self._id = uuid.uuid4().hex

    def forget(self) -> None:
        """Give up a copy of somebody else's sign of life: a forked child must not keep its parent alive."""
        if self._handle is not None:
            with suppress(OSError):
                os.close(self._handle)
            self._handle = None
        self._id = uuid.uuid4().hex


_owners: weakref.WeakSet[Owner] = weakref.WeakSet()


def _forked() -> None:
    for owner in list(_owners):
        owner.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def is_alive(folder: Path, owner: str) -> bool:
    """Tell whether the process that holds ``owner`` is still there."""
    path = _file(folder, owner)
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        # In doubt it lives: an uncertain item that is none would cost somebody a needless search.
        return True
    try:
        lock(handle, shared=True, wait=False)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def sweep(folder: Path) -> None:
    """Remove the files that killed processes left behind long ago."""
    with suppress(OSError):
        for path in folder.glob("*.lock"):
            old = time.time() - path.stat().st_mtime > _STALE_SECONDS
            if old and not is_alive(folder, path.stem):
                with suppress(OSError):
                    path.unlink()


@contextmanager
def guard(path: Path) -> Iterator[None]:
    """Let one process at a time through (used while the ledger file is first made).

    Raises:
        OSError: the file can't be made or locked.
    """
    private_dir(path.parent)
    handle = _held(path)
    try:
        yield
    finally:
        os.close(handle)


def _file(folder: Path, owner: str) -> Path:
    return folder / f"{owner}.lock"


def _held(path: Path) -> int:
    """Open and lock ``path``; once more if it was swept away between the two."""
    while True:
        handle = open_private(path, os.O_RDWR | os.O_CREAT)
        try:
            lock(handle, shared=False, wait=True)
            if _same(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
