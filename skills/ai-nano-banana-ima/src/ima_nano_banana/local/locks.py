"""One process at a time: a lock that the operating system lets go of when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ima_nano_banana.local.private import open_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 10.0
_STEP = 0.01


class Busy(Exception):
    """Somebody else holds the lock for longer than we care to wait."""


@contextmanager
def locked(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock file ``path`` (made if missing, never removed) for the length of a ``with`` block.

    Raises:
        Busy: it could not be had within ``patience`` seconds.
        OSError: the file can't be made.
    """
    handle = open_private(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0))
    try:
        _wait(handle, patience)
        try:
            yield
        finally:
            with suppress(OSError):
                _release(handle)
    finally:
        os.close(handle)


def _wait(handle: int, patience: float) -> None:
    until = time.monotonic() + patience
    while not _taken(handle):
        if time.monotonic() >= until:
            raise Busy
        time.sleep(_STEP)


def _taken(handle: int) -> bool:
    try:
        lock(handle)
    except HELD:
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    HELD: type[OSError] = OSError

    def lock(handle: int, *, shared: bool = False, wait: bool = False) -> None:
        """Lock a file; Windows knows no shared locks.

        Raises:
            OSError: somebody else holds it.
        """
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    def _release(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    HELD: type[OSError] = BlockingIOError

    def lock(handle: int, *, shared: bool = False, wait: bool = False) -> None:
        """Lock a file, for oneself or shared, now or as soon as it can be had.

        Raises:
            OSError: somebody else holds it, or the file system has no locks.
        """
        # flock, not lockf: the latter is lost as soon as any descriptor of the file is closed.
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))

    def _release(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
