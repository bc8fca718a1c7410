"""Folders and files that only their owner reads (0700 and 0600), and writes that are whole or absent.

On Windows the modes mean little; there the user's profile folder keeps others out.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

DIR_MODE = 0o700
FILE_MODE = 0o600


def private_dir(path: Path) -> Path:
    """Make ``path`` and what is missing above it, closed to others; close it if it was open.

    Raises:
        OSError: it can't be made, or something else has its name.
    """
    missing = [path]
    while not missing[-1].exists() and missing[-1].parent != missing[-1]:
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(mode=DIR_MODE, exist_ok=True)
    tighten(path, DIR_MODE)
    return path


def tighten(path: Path, mode: int) -> None:
    """Take the permissions of others away, where the file system and the owner allow it.

    A device that a name leads to belongs to the machine: ``/dev/null`` closed by root stops everybody else.
    """
    with suppress(OSError):
        found = path.stat().st_mode
        if (stat.S_ISREG(found) or stat.S_ISDIR(found)) and stat.S_IMODE(found) & ~mode:
            path.chmod(mode)


def open_private(path: str | os.PathLike[str], flags: int) -> int:
    """Open a file that is 0600 from its first moment on; fits ``open(opener=…)``.

    Raises:
        OSError: it can't be opened.
    """
    return os.open(path, flags, FILE_MODE)


def write_whole(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``: a reader or a crash sees the old file or the new one, never a part.

    Raises:
        OSError: it can't be written; the old file is as it was.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        with open(part, "xb", opener=open_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    sync_dir(path.parent)


def sync_dir(folder: Path) -> None:
    """Make a new name durable (POSIX); elsewhere and on odd file systems the rename alone must do."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def open_regular(path: Path) -> BinaryIO:
    """Open a plain file for reading; a folder, a pipe or a device in its place is refused and never waited for.

    Raises:
        OSError: there is no such file, it can't be read, or it is no plain file.
    """
    _must_be_plain(path.stat())
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(path, flags)
    try:
        _must_be_plain(os.fstat(handle))  # it may have been exchanged since
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _must_be_plain(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise NotPlainError(errno.EINVAL, "not a plain file")


class NotPlainError(OSError):
    """Something other than a plain file has this name."""


def read_regular(path: Path, limit: int) -> bytes:
    """Read a plain file of at most ``limit`` bytes.

    Raises:
        OSError: as :func:`open_regular`, or the file is larger than that.
    """
    with open_regular(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"more than {limit} bytes")
    return data
