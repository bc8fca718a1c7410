"""The nouns of a shared batch, and how they are written down. The key is in none of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ima_nano_banana.domain.model import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.batch.model import Row

State = Literal["open", "done", "partial", "failed", "uncertain", "cancelled"]
STATES: tuple[State, ...] = ("done", "partial", "failed", "uncertain", "cancelled", "open")

STORED = "@stored:"
"""Marks an image whose bytes lie in the database; digest and suffix follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRow:
    """One row as every worker sees it.

    Attributes:
        id: Its name in the batch.
        wish: What it asks for; local pictures are ``@stored:DIGEST.SUFFIX``, those of other rows ``@row:ID``.
        stem: Its picture's path below the output folder or ``--files``, without a suffix.
        content: Digest of what it asks for.
        parents: The rows whose pictures it needs.
        max_credits: The price that was agreed to.
        leads: Other rows wait for this one.
    """

    id: str
    wish: Wish
    stem: str
    content: str
    parents: tuple[str, ...] = ()
    max_credits: int | None = None
    leads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A row as it stands in the database.

    Attributes:
        row: ``None`` if its wish was forgotten.
        how: The batch's options.
        replaces: The failed item that may be replaced by another paid run.
        cancelled: Nothing new of the batch may be paid for.
        turn: How often the row was opened anew; an ending is matched by it.
    """

    batch_id: str
    state: State
    row: SharedRow | None
    how: Mapping[str, Any]
    replaces: str | None = None
    cancelled: bool = False
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a shared batch stands: rows by state, points, and whether it was called off."""

    id: str
    name: str
    rows: int
    states: Mapping[str, int]
    running: int
    committed: int
    budget: int | None
    cancelled: bool
    faults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Tell whether no row is left to be run."""
        return self.states.get("open", 0) == 0

    @property
    def complete(self) -> bool:
        """Tell whether every row is done."""
        return self.states.get("done", 0) == self.rows


def shared_row(row: Row, images: Mapping[str, str], *, max_credits: int | None, leads: bool) -> SharedRow:
    """Return a planned row with its local pictures replaced by what they are stored as."""
    told = {name: getattr(row.wish, name) for name in Wish.__slots__}
    wish = Wish(**{**told, "images": tuple(images.get(one, one) for one in row.wish.images)})
    return SharedRow(
        id=row.id,
        wish=wish,
        stem=row.stem,
        content=row.content,
        parents=row.parents,
        max_credits=max_credits,
        leads=leads,
    )


def to_json(row: SharedRow) -> str:
    """Return a row as text."""
    told = {name: getattr(row, name) for name in SharedRow.__slots__}
    return json.dumps({**told, "wish": asdict(row.wish)}, separators=(",", ":"))


def from_json(text: str) -> SharedRow:
    """Return the row of a text."""
    told: dict[str, Any] = json.loads(text)
    wish = told.pop("wish")
    wish["images"] = tuple(wish["images"])
    told["parents"] = tuple(told["parents"])
    return SharedRow(wish=Wish(**wish), **told)
