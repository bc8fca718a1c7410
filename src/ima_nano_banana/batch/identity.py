"""Which batch a file is: the one way in which the same file, however it is named, is the same batch.

A file is known by what its path resolves to. Books of earlier releases know it by the path as it was typed, and a
path that no name leads to (another case, a hard link, a mount) is recognised by its rows. A copy of a file is
another file; but if its rows were paid for into the same folder, somebody has to say that they are wanted twice.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.batch.gate import subject_of
from ima_nano_banana.batch.results import NAME as RESULTS
from ima_nano_banana.ledger.batches import is_as_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ima_nano_banana.batch.model import Row
    from ima_nano_banana.ledger import AsyncLedger, Item, Twin

MOST_ROWS = 200
"""So many rows of a file are looked for in other batches."""

_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a batch may be called in the books.

    Attributes:
        own: Its id, if nothing is known.
        earlier: The ids that earlier releases gave it.
        path: What its file resolves to; ``None`` for standard input, and if it was named.
        told: The name that somebody gave it with ``--name``.
    """

    own: str
    earlier: tuple[str, ...] = ()
    path: str | None = None
    told: str | None = None


def names_of(realm: str, user: str, *, told: str | None, path: Path | None, data: bytes) -> Names:
    """Return the names of a batch.

    Args:
        realm: ``"ima"`` or ``"sandbox"``.
        user: Whose batch it is.
        told: The name that somebody gave it.
        path: Its file, absolute, as it was typed; ``None`` is standard input.
        data: The whole file.
    """

    def named(name: str) -> str:
        facts = "\0".join(("batch", realm, user, name))
        return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    if told is not None:
        return Names(own=named(told), told=told)
    if path is None:
        return Names(own=named(hashlib.sha256(data).hexdigest()))
    real = os.path.realpath(path)
    return Names(own=named(real), earlier=tuple({named(str(path)), named(os.path.normpath(path))}), path=real)


async def known_as(
    ledger: AsyncLedger, names: Names, rows: Sequence[Row], *, realm: str, user: str, folder: Path | None
) -> tuple[str, Twin | None]:
    """Return the id under which the books know the file, and another batch of the same rows if they don't.

    Args:
        ledger: The books.
        names: What it may be called.
        rows: The rows of the file.
        realm: Which books.
        user: Whose batches.
        folder: Where its pictures go; ``None`` if others choose that.

    Raises:
        StorageFault: the books can't be read.
    """
    if names.told is not None:
        return await _as_told(ledger, names, realm, user), None
    for name in (names.own, *names.earlier):
        known = await ledger.batch_file(name)
        if known is not None:
            return known, None
    twins = await ledger.batch_twins(realm, user, [row.id for row in _some(rows)])
    twins = [twin for twin in twins if _same(twin, rows)]
    for twin in twins:
        if names.path is not None and any(_is_same_file(names.path, one) for one in twin.paths):
            return twin.batch_id, None
    least = 1 if folder is not None else len(_some(rows)) / 2
    return names.own, next((one for one in twins if len(_same(one, rows)) >= least and _meets(one, rows, folder)), None)


async def _as_told(ledger: AsyncLedger, names: Names, realm: str, user: str) -> str:
    """Return the batch of a name; the id of one that is there is a name too."""
    if names.told is not None and _ID.fullmatch(names.told):
        found = await ledger.batch(names.told)
        if found is not None and (found.batch.realm, found.batch.user_id) == (realm, user):
            return names.told
    return names.own


def _some(rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows from all over the file."""
    return rows[:: max(1, -(-len(rows) // MOST_ROWS))]


def _same(twin: Twin, rows: Iterable[Row]) -> list[Item]:
    """Return what another batch has made, or begun, of the same rows under the same ids."""
    by_id = {str(item.row_id): item for item in twin.items}
    same = []
    for row in rows:
        item = by_id.get(row.id)
        if item is not None and item.subject == subject_of(twin.batch_id, row) and not is_as_new(item):
            same.append(item)
    return same


def _meets(twin: Twin, rows: Sequence[Row], folder: Path | None) -> bool:
    """Tell whether its pictures went where these would go."""
    if folder is None:
        return True
    here = Path(os.path.realpath(folder))
    places = [place for item in _same(twin, rows) for place in (*item.files, *([item.folder] if item.folder else []))]
    if not places:
        return (folder / RESULTS).is_file()
    return any(Path(os.path.realpath(place)).is_relative_to(here) for place in places)


def _is_same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False
