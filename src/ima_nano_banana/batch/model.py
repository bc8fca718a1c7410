"""The nouns of a batch: rows, what is wrong with them, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.domain.model import Quote, Request, Result, Wish
    from ima_nano_banana.errors import Charged, Fault

COLUMNS = ("id", "prompt", "images", "model", "size", "aspect_ratio", "count", "output", "user", "idempotency_key")
"""What a row may say."""

REFERENCE = "@row:"
"""Marks an image that another row of the same file makes."""

State = Literal["done", "partial", "failed", "uncertain", "running", "waiting"]
"""How a row stands for a person. ``waiting``: nothing was sent for it."""

Held = Literal["creates", "looks"]
"""What the service may have asked to wait with."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """The cells of one row as they are written; ``line`` is the first of its lines in the file, from 1."""

    line: int
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LineFault:
    """Something wrong with the file, and where."""

    line: int
    fault: UsageFault
    row: str | None = None


class RowsFault(UsageFault):
    """Rows that don't hold together; nothing was sent. ``faults`` are all that is wrong, in the order of the rows."""

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        super().__init__("batch.faults", count=len(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Loose:
    """What is known of a row that does not hold together: its images and its price can be looked at all the same."""

    line: int
    id: str | None
    images: tuple[str, ...]
    request: Request | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that holds together.

    Attributes:
        id: Its name in the batch: as written, else made of its content.
        line: Where it stands in the file.
        wish: What it asks for, images that other rows make among them as ``@row:ID``.
        request: The wish, resolved.
        parents: The rows whose pictures it needs.
        stem: Its picture's path below the output folder, without a suffix.
        content: Digest of what it asks for, to tell a row that was changed since.
    """

    id: str
    line: int
    wish: Wish
    request: Request
    parents: tuple[str, ...]
    stem: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole file, checked."""

    rows: tuple[Row, ...]
    faults: tuple[LineFault, ...] = ()
    loose: tuple[Loose, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a row stands, with its result or the reason why there is none. Both for a partial one."""

    state: State
    result: Result | None = None
    fault: Fault | None = None

    @property
    def source(self) -> str | None:
        """Return the picture that rows which refer to this one start from."""
        if self.result is None:
            return None
        return self.result.files[0] if self.result.files else self.result.url

    @property
    def charged(self) -> Charged:
        """Return whether points were taken for the row."""
        if self.fault is not None:
            return self.fault.charged
        return "yes" if self.result is not None else "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a batch's quote: so many pictures of one model at one size."""

    model_id: str
    model_name: str
    size: str
    rows: int
    pictures: int
    credit_each: int
    credit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchQuote:
    """What is still to be paid for, and how long it will take at the limits."""

    lines: tuple[Line, ...]
    rows: int
    pictures: int
    credit: int
    seconds: float
    prices: Mapping[str, Quote] = field(repr=False)
    by_user: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How the whole batch stands.

    Attributes:
        states: How many rows are in each state; together all rows.
        committed: Points spent so far, over all runs of this batch; uncertain ones count.
        left: Points left of the budget.
        stopped: Why no further row is sent, if something stopped the batch.
        frozen: Why no row is begun at this moment, if somebody froze the ledger; the batch goes on when that ends.
        elapsed: Seconds of this run.
        remaining: Seconds that the rest will probably take; ``None`` if nothing tells.
        held: What waits at the service's word, and until when (Unix seconds).
    """

    states: Mapping[State, int]
    committed: int = 0
    left: int | None = None
    stopped: Fault | None = None
    frozen: Fault | None = None
    elapsed: float = 0.0
    remaining: float | None = None
    speed: float = 0.0
    held: Mapping[Held, float] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return sum(self.states.values())

    @property
    def complete(self) -> bool:
        """Tell whether every row is done."""
        return self.states.get("done", 0) == self.rows
