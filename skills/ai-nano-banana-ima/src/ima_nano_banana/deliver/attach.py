"""Puts a picture where OpenClaw may read it, small enough for the channel. The original is left alone."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.local.paths import OUTBOUND
from ima_nano_banana.pictures import place
from ima_nano_banana.pictures.fit import fit
from ima_nano_banana.pictures.measure import UnusableError

if TYPE_CHECKING:
    from pathlib import Path


def readable_folders(root: Path) -> tuple[Path, Path]:
    """Return the folders under the state root that OpenClaw attaches files from."""
    return (root / "media", root / "workspace")


def attachable(file: Path, limit: int, root: Path) -> Path | None:
    """Return a path that OpenClaw may attach, or ``None`` if there can be none.

    Args:
        file: A saved picture.
        limit: Bytes that the channel takes.
        root: OpenClaw's state folder; a copy goes to its ``media/outbound``.
    """
    outbound = root.joinpath(*OUTBOUND)
    try:
        fitting = fit(file, limit, outbound, now=time.time())
        if fitting is None or _inside(fitting, readable_folders(root)):
            return fitting
        return _copied(fitting, outbound)
    except (OSError, UnusableError):
        return None


def _inside(file: Path, folders: tuple[Path, ...]) -> bool:
    real = file.resolve()
    return any(real.is_relative_to(folder.resolve()) for folder in folders)


def _copied(file: Path, folder: Path) -> Path:
    part, copy = place.part_file(folder, time.time())
    try:
        with copy, file.open("rb") as original:
            shutil.copyfileobj(original, copy)
            copy.flush()
            os.fsync(copy.fileno())
        return place.settle(part, file.stem, file.suffix.removeprefix("."))
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
