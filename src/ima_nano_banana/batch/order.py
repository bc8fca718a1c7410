"""What was told about a batch, whoever told it: where its rows come from, and how they are to be made."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.batch import identity, read
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ima_nano_banana.batch.model import LineFault, RawRow
    from ima_nano_banana.engine.ports import Ports

CONCURRENCY = 16
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_RATE = re.compile(
    r"\s*(\d{1,6})\s*/\s*(\d{1,6}(?:\.\d+)?)?\s*"
    r"(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rows of a batch come from, and what they are.

    Attributes:
        title: What a person calls it.
        content: What it is known by if neither a file nor somebody gives it a name.
        base: Where relative paths begin.
        raw: The rows as they are written.
        faults: What is wrong with its form.
        path: Its file, absolute, as it was typed.
    """

    title: str
    content: bytes
    base: Path
    raw: tuple[RawRow, ...]
    faults: tuple[LineFault, ...] = ()
    path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A batch as it was ordered.

    Attributes:
        source: Its rows.
        defaults: What holds where a row says nothing: model, size, ratio, count, user, language.
        how: How each row should behave; its ceiling is that of the quote, whatever stands here.
        name: What it is to be called in the books, if somebody said so.
        folder: Where the pictures go, if somebody said so.
        concurrency: How many rows at once.
        rate: At most so many creates in so many seconds.
        max_credits: Its budget, over all its runs.
        retry_failed: Rows that failed are paid for once more.
        shared: Other machines may make rows of it, and keep the pictures where they like.
    """

    source: Source
    defaults: Wish = Wish()  # noqa: RUF009 -- frozen
    how: How = How()  # noqa: RUF009 -- frozen
    name: str | None = None
    folder: Path | None = None
    concurrency: int = CONCURRENCY
    rate: tuple[int, float] | None = None
    max_credits: int | None = None
    retry_failed: bool = False
    shared: bool = False

    @property
    def title(self) -> str:
        """Return what a person calls it."""
        return self.source.title if self.source.path is not None else self.name or self.source.title

    def names(self, realm: str) -> identity.Names:
        """Return all that it may be called in the books."""
        own = self.source
        return identity.names_of(realm, self.defaults.user_id, told=self.name, path=own.path, data=own.content)

    def place(self, ports: Ports, batch_id: str) -> Path:
        """Return where the pictures go: a folder of its own when nobody said."""
        if self.folder is not None:
            return self.folder
        parent = paths.from_here(ports.default_folder, ports.cwd)
        return parent / (self.source.path.stem if self.source.path else f"batch-{batch_id[:6]}")


def file_source(told: str | os.PathLike[str], encoding: str | None = None) -> Source:
    """Return the rows of a file.

    Raises:
        UsageFault: it can't be read, or no such encoding is known.
    """
    try:
        path = Path(told).expanduser().absolute()
        data = path.read_bytes()
    except (OSError, ValueError, RuntimeError) as fault:
        raise unreadable(os.fspath(told), fault) from fault
    raw, faults = read.rows_of(data, path.name, encoding)
    return Source(title=path.name, content=data, base=path.parent, raw=tuple(raw), faults=tuple(faults), path=path)


def data_source(data: bytes, encoding: str | None = None, *, name: str | None = None) -> Source:
    """Return the rows of a file that came without one, as on standard input.

    Raises:
        UsageFault: no such encoding is known.
    """
    raw, faults = read.rows_of(data, name or "-", encoding)
    return Source(title="-", content=data, base=_here(), raw=tuple(raw), faults=tuple(faults))


def rows_source(told: Iterable[object]) -> Source:
    """Return the rows that a program has: mappings with the columns of a batch file, or prompts alone."""
    raw, faults = read.rows_from(told)
    content = json.dumps([dict(sorted(row.cells.items())) for row in raw], default=str).encode("ascii")
    return Source(
        title="rows",
        content=hashlib.sha256(content).digest(),
        base=_here(),
        raw=tuple(raw),
        faults=tuple(faults),
    )


def unreadable(told: str, fault: Exception) -> UsageFault:
    """Return what is said of a file that can't be read."""
    return UsageFault("batch.no_file", path=told, reason=getattr(fault, "strerror", None) or type(fault).__name__)


def rate_of(told: str | None) -> tuple[int, float] | None:
    """Return creates and seconds of ``20/minute``, ``5/2s`` or ``100/3600``.

    Raises:
        UsageFault: it is no rate.
    """
    if told is None:
        return None
    found = _RATE.fullmatch(told)
    if found is None or not (found[2] or found[3]) or not int(found[1]) or (found[2] and not float(found[2])):
        raise UsageFault("batch.bad_rate", value=told)
    return int(found[1]), float(found[2] or 1) * _UNITS[(found[3] or "s")[0].lower()]


def _here() -> Path:
    return paths.working_folder() or Path(os.sep)
