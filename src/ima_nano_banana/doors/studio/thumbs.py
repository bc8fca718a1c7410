"""Small copies of pictures, made by a process beside the server and kept under a name that its picture alone has."""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from ima_nano_banana.local.private import private_dir, write_whole

SIDES = (256, 512)
WORKERS = 2
KEY_LENGTH = 32


def key_of(file: Path) -> str | None:
    """Return the name of a picture's copies; ``None`` if it is not where it was saved.

    Saved pictures are never changed, so place, size and date stand for the content, without reading a gigabyte.
    """
    try:
        found = file.stat()
    except OSError:
        return None
    told = f"{file}\0{found.st_size}\0{found.st_mtime_ns}"
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:KEY_LENGTH]


def _make(source: str, target: str, side: int) -> bool:
    """Make one copy; runs in the process beside."""
    from ima_nano_banana.pictures.thumbnail import webp

    try:
        data = webp(Path(source), side)
    except Exception:  # decoders fail in every way that there is; the page shows that there is no preview
        return False
    write_whole(Path(target), data)
    return True


class Thumbs:
    """The copies that there are, and the making of others; each is made once, however many ask."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool: ProcessPoolExecutor | None = None
        self._making: dict[Path, asyncio.Future[bool]] = {}

    async def copy_of(self, file: Path, side: int) -> Path | None:
        """Return the file of a copy; ``None`` if there can be none."""
        key = await asyncio.to_thread(key_of, file)
        if key is None:
            return None
        target = self._folder / key[:2] / f"{key}-{side}.webp"
        if await asyncio.to_thread(target.is_file):
            return target
        making = self._making.get(target)
        if making is None:
            making = asyncio.ensure_future(self._made(file, target, side))
            self._making[target] = making
            making.add_done_callback(lambda _: self._making.pop(target, None))
        return target if await asyncio.shield(making) else None

    async def _made(self, file: Path, target: Path, side: int) -> bool:
        await asyncio.to_thread(private_dir, target.parent)
        if self._pool is None:
            # A new interpreter: what was forked from a server with threads and open books would share them.
            self._pool = ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"))
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, _make, str(file), str(target), side)
        except BrokenProcessPool:
            self._pool = None
            return await asyncio.to_thread(_make, str(file), str(target), side)

    def close(self) -> None:
        """Make no more."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
