"""``results.jsonl``: one line for each row that has an outcome, written as they come."""

from __future__ import annotations

import errno
import json
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.errors import DownloadFault, Fault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

NAME = "results.jsonl"
_SYNC_EVERY = 20


class Results:
    """The file, written anew by every run: rows that earlier runs finished come first.

    A line is whole or absent: the ledger knows every row, so a run after a crash writes what is missing.

    Args:
        folder: The output folder.

    Raises:
        UsageFault: the file can't be written. Later, when something may be paid for, it is a :class:`DownloadFault`.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.fault: Fault | None = None
        """Why lines are missing. The first one that can't be written is the last one that is tried."""
        # Beside the old file until the first news: a run that is refused leaves the old one as it was. Every run has
        # its own, as several may be at one batch; what a killed one leaves is swept away with the parts of pictures.
        self._draft = folder / f".ima-{secrets.token_hex(8)}.part"
        self._since_sync = 0
        if self.path.is_dir():
            raise UsageFault("download.folder", folder=str(self.path), reason=os.strerror(errno.EISDIR))
        try:
            self._file = self._draft.open("xb", buffering=0)
        except OSError as fault:
            raise UsageFault("download.folder", folder=str(folder), reason=_reason(fault)) from fault
        self._placed = False

    def add(self, body: Mapping[str, object]) -> None:
        """Write one line, at once visible to readers.

        Raises:
            DownloadFault: it can't be written.
        """
        if self.fault is not None:
            raise self.fault
        line = json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")
        try:
            self._write(line + b"\n")
            if self._placed:
                self._sync_some()
        except OSError as fault:
            raise self._lost(fault) from fault

    def place(self) -> None:
        """Put the file under its name, once it holds all that earlier runs finished.

        Raises:
            DownloadFault: that can't be done.
        """
        if self._placed:
            return
        try:
            os.fsync(self._file.fileno())
            if os.name == "nt":  # an open file can't be renamed there
                self._file.close()
                self._draft.replace(self.path)
                self._file = self.path.open("ab", buffering=0)
            else:
                self._draft.replace(self.path)
        except OSError as fault:
            raise self._lost(fault) from fault
        self._placed = True

    def _write(self, line: bytes) -> None:
        begin = self._file.tell()
        try:
            while line:
                line = line[self._file.write(line) or 0 :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(begin)
            raise

    def _sync_some(self) -> None:
        self._since_sync += 1
        if self._since_sync >= _SYNC_EVERY:
            self._since_sync = 0
            os.fsync(self._file.fileno())

    def _lost(self, fault: OSError) -> Fault:
        self.fault = DownloadFault(
            "batch.results_lost", phase="download", charged="unknown", path=str(self.path), reason=_reason(fault)
        )
        return self.fault

    def close(self) -> None:
        """Make all of it durable; :attr:`fault` tells if that could not be done."""
        with suppress(Fault):  # it is kept
            if self.fault is None and not self._file.closed:
                self.place()
                self._sync()
        with suppress(OSError):
            self._file.close()
            self._draft.unlink(missing_ok=True)

    def _sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as fault:
            raise self._lost(fault) from fault

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _reason(fault: OSError) -> str:
    return fault.strerror or type(fault).__name__
