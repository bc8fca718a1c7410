"""Putting a finished file into a folder without ever replacing another one, whoever else is writing there."""

from __future__ import annotations

import errno
import filecmp
import os
import secrets
import tempfile
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local.paths import OUTBOUND
from ima_nano_banana.local.private import private_dir, sync_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_PARTS = ".ima-*.part"
_STALE_SECONDS = 86_400.0
# What os.link answers where a file system or a platform knows no second name for a file.
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EOPNOTSUPP, errno.EXDEV, errno.EMLINK, errno.EINVAL}


def ready_folder(folder: Path) -> Path:
    """Make the folder and prove that it can be written, before anything is paid.

    Raises:
        UsageFault: it can't be made or written.
    """
    try:
        _make(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or type(fault).__name__
        raise UsageFault("download.folder", folder=str(folder), reason=reason) from None
    return folder.absolute()


def part_file(folder: Path, now: float) -> tuple[Path, BinaryIO]:
    """Open a new part file in ``folder``; parts that a killed process left a day ago are swept away.

    Raises:
        OSError: the folder can't be written.
    """
    _make(folder)
    for old in folder.glob(_PARTS):
        with suppress(OSError):
            if now - old.stat().st_mtime > _STALE_SECONDS:
                old.unlink()
    path = folder.absolute() / f".ima-{secrets.token_hex(8)}.part"
    return path, path.open("xb")


def _make(folder: Path) -> None:
    """Make a folder; in the state folder, what we make first is closed to others, whose pictures these are not."""
    for one in (folder, *folder.parents):
        if one.parts[-2:] == OUTBOUND and not one.exists():
            private_dir(one)
    folder.mkdir(parents=True, exist_ok=True)


def settle(part: Path, stem: str, suffix: str) -> Path:
    """Give ``part`` its name in its folder: ``stem.suffix``, or ``stem (2).suffix`` and so on if that is taken.

    If the very same bytes lie there under that name (a run that was killed after its last step), that file
    is the answer and no second copy is made.

    Raises:
        OSError: the folder can't be written; ``part`` is still there.
    """
    for target in _names(part.parent, stem, suffix):
        if _moved(part, target):
            sync_dir(part.parent)
            return target
        with suppress(OSError):
            if filecmp.cmp(part, target, shallow=False):
                part.unlink(missing_ok=True)
                return target
    raise AssertionError("names never end")


def _names(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{stem}.{suffix}"
    for number in count(2):
        yield folder / f"{stem} ({number}).{suffix}"


def _moved(part: Path, target: Path) -> bool:
    """Move unless the target exists; true if it was moved.

    A second name for the same file (a hard link) either appears whole or fails: no moment in which
    another writer's file could be replaced.
    """
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    except OSError as fault:
        if fault.errno not in _NO_LINKS:
            raise
        return _claimed(part, target)
    with suppress(OSError):
        part.unlink()
    return True


def _claimed(part: Path, target: Path) -> bool:
    """Do the same without links: the name is claimed by an empty file first, then that is replaced."""
    try:
        target.open("xb").close()
    except FileExistsError:
        return False
    part.replace(target)
    return True
