"""The operational log: what was asked of the service and how it went, for seven days (interface, section 7).

It holds no prompts, no keys, no signed URLs and no query strings. Nothing happens when this module is
imported, and a log that can't be written never stops a run or prints a word.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import traceback
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.local import paths
from ima_nano_banana.local.locks import Busy, locked
from ima_nano_banana.local.private import FILE_MODE, open_private, private_dir, tighten
from ima_nano_banana.wire.redact import redact, remember

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "ima_nano_banana"
KEPT_DAYS = 7
MAX_BYTES = 10_000_000

_NAME = re.compile(r"ima_create_(\d{8})(\.\d+)?\.log")
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def configure(root: Path, key: str | None = None) -> LogFile:
    """Send this process's log to the state folder; the last call wins.

    Args:
        root: The state folder.
        key: The API key, to be blotted out wherever it turns up, like every other that was met.
    """
    close()
    handler = LogFile(paths.logs_dir(root))
    remember(key)
    # On the root, so that no library falls back to printing its complaints (and tracebacks) on the terminal.
    logging.getLogger().addHandler(handler)
    logging.getLogger(PACKAGE).setLevel(logging.INFO)
    for talkative in ("httpx2", "httpcore2"):  # whole URLs, at INFO and DEBUG
        logging.getLogger(talkative).setLevel(logging.WARNING)
    handler.sweep()
    return handler


def close() -> None:
    """Stop logging to a file, and to whoever reads along."""
    for handler in logging.getLogger().handlers[:]:
        if isinstance(handler, (LogFile, _Echo)):
            logging.getLogger().removeHandler(handler)
            handler.close()


def echo(write: Callable[[str], object]) -> None:
    """Let somebody read along, until :func:`close`: each line without secrets, as in the file."""
    logging.getLogger().addHandler(_Echo(write))


def report(error: BaseException) -> str:
    """Log a defect of this program and return the id under which it is found.

    Only types and places are written: the text of an exception may hold a prompt.
    """
    number = secrets.token_hex(4)
    if _ours():
        logging.getLogger(PACKAGE).error("internal error, report %s", number, exc_info=error)
    return number


def _ours() -> list[LogFile]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, LogFile)]


class _Echo(logging.Handler):
    """Hands each line of this program's own log on."""

    def __init__(self, write: Callable[[str], object]) -> None:
        super().__init__(logging.INFO)
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(PACKAGE):
            self._write(f"{_moment(record):%H:%M:%S} {redact(record.getMessage()).rstrip()}")


class LogFile(logging.Handler):
    """Appends one JSON object a line to the day's file.

    The file is opened for each line: several processes share it, days change under long runs, and the
    standard library's rotating handler expects to be alone.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self.folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a full disk or a missing permission loses the line and nothing else."""
        with suppress(Exception):
            self._append(json.dumps(self._row(record), ensure_ascii=False) + "\n")

    def sweep(self) -> None:
        """Remove our files of more than seven days ago, by the day in their names."""
        oldest = (datetime.now().astimezone() - timedelta(days=KEPT_DAYS)).strftime("%Y%m%d")
        with suppress(OSError):
            for file in self.folder.iterdir():
                named = _NAME.fullmatch(file.name)
                if named and named[1] < oldest:
                    with suppress(OSError):
                        file.unlink()

    def _row(self, record: logging.LogRecord) -> dict[str, object]:
        when = _moment(record).isoformat(timespec="milliseconds")
        row: dict[str, object] = {"time": when, "level": record.levelname, "pid": record.process, "at": record.name}
        # What other packages log may hold anything; that they logged is worth knowing, the text is not.
        if record.name == PACKAGE or record.name.startswith(PACKAGE + "."):
            row["message"] = redact(record.getMessage())
        if record.exc_info and record.exc_info[1] is not None:
            row["error"] = _places(record.exc_info[1])
        return row

    def _append(self, line: str) -> None:
        path = private_dir(self.folder) / f"ima_create_{datetime.now().astimezone():%Y%m%d}.log"
        self._rotate(path)
        handle = open_private(path, _APPEND)
        try:
            os.write(handle, line.encode("utf-8", "backslashreplace"))
        finally:
            os.close(handle)
        tighten(path, FILE_MODE)

    def _rotate(self, path: Path) -> None:
        """Give a file of ten megabytes a number; one process does it, the others go on writing."""
        if not _is_full(path):
            return
        with suppress(Busy), locked(self.folder / ".rotate.lock", patience=0.0):
            if _is_full(path):
                numbers = (path.with_suffix(f".{number}.log") for number in range(1, 10_000))
                path.rename(next(name for name in numbers if not name.exists()))


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created).astimezone()


def _is_full(path: Path) -> bool:
    try:
        return path.stat().st_size >= MAX_BYTES
    except FileNotFoundError:
        return False


def _places(error: BaseException) -> list[str]:
    """Return the types of an error and its causes, each with where it was raised; no values, no whole paths."""
    found: list[str] = []
    current: BaseException | None = error
    while current is not None and len(found) < 10:
        frames = traceback.extract_tb(current.__traceback__)[-8:]
        where = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames))
        found.append(f"{type(current).__name__} at {where}" if where else type(current).__name__)
        current = current.__cause__ or current.__context__
    return found
