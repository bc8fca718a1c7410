"""What one worker has done: rows that ended in its hands, points that it spent, and what it leaves open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ima_nano_banana.domain.task import OPEN
from ima_nano_banana.domain.task import State as ItemState

if TYPE_CHECKING:
    from ima_nano_banana.cluster.model import State
    from ima_nano_banana.ledger import Item

    Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Before:
    """How a row stood when this worker first took it."""

    item_id: str | None
    committed: int


@dataclass(slots=True)
class Tally:
    """The sums of one worker. A row that others paid for costs it nothing.

    Attributes:
        states: How many rows ended in its hands, by how.
        spent: Points that it spent, as the books have them; uncertain ones count.
        left: Rows that it paid for and that have not ended.
        spent_on_left: Points among ``spent`` that are those rows'.
    """

    states: Counter[State] = field(default_factory=Counter)
    spent: int = 0
    left: int = 0
    spent_on_left: int = 0
    _taken: dict[Place, _Before] = field(default_factory=dict, repr=False)

    def taken(self, place: Place, item: Item | None) -> None:
        """Note how a row stands before anything is done for it here."""
        if item is None:
            self._taken.setdefault(place, _Before(None, 0))
        else:
            self._taken.setdefault(place, _Before(item.id, item.committed))

    def ended(self, place: Place, state: State, item: Item | None) -> None:
        """Note how a row ended."""
        self.states[state] += 1
        self.spent += self._added(self._taken.pop(place, None), item)

    def passed(self, place: Place) -> None:
        """Note that a row turned out to be somebody else's."""
        self._taken.pop(place, None)

    @property
    def unended(self) -> list[Place]:
        """Return the rows that this worker took and that did not end in its hands."""
        return list(self._taken)

    def closed(self, place: Place, item: Item | None) -> None:
        """Note how a row stands that the worker leaves behind."""
        points = self._added(self._taken.pop(place, None), item)
        self.spent += points
        if item is not None and points and (item.state in OPEN or item.state is ItemState.UNCERTAIN):
            self.left += 1
            self.spent_on_left += points

    def _added(self, before: _Before | None, item: Item | None) -> int:
        """Return the points that were committed for a row since it was taken."""
        if before is None or item is None:
            return 0
        return max(0, item.committed - (before.committed if item.id == before.item_id else 0))
