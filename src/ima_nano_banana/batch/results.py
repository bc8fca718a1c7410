"""``results.jsonl``: one line for each row that has an outcome, written as they come."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault

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
        UsageFault: the file can't be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        # Beside the old file until the first news: a run that is refused leaves the old one as it was.
        self._draft = folder / f".{NAME}.part"
        self._since_sync = 0
        try:
            self._file = self._draft.open("wb")
        except OSError as fault:
            raise _fault(folder, fault) from fault
        self._placed = False

    def add(self, body: Mapping[str, object]) -> None:
        """Write one line, at once visible to readers.

        Raises:
            UsageFault: it can't be written.
        """
        try:
            self._file.write(json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace"))
            self._file.write(b"\n")
            if self._placed:
                self._flush()
        except OSError as fault:
            raise _fault(self.path, fault) from fault

    def place(self) -> None:
        """Put the file under its name, once it holds all that earlier runs finished."""
        if self._placed:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            if os.name == "nt":  # an open file can't be renamed there
                self._file.close()
                self._draft.replace(self.path)
                self._file = self.path.open("ab")
            else:
                self._draft.replace(self.path)
        except OSError as fault:
            raise _fault(self.path, fault) from fault
        self._placed = True

    def _flush(self) -> None:
        self._file.flush()
        self._since_sync += 1
        if self._since_sync >= _SYNC_EVERY:
            self._since_sync = 0
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Make all of it durable."""
        if not self._file.closed:
            self.place()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _fault(path: Path, fault: OSError) -> UsageFault:
    return UsageFault("download.folder", folder=str(path), reason=fault.strerror or type(fault).__name__)
