"""The part of :class:`~.books.Ledger` that somebody reads who looks on, such as the studio."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.ledger import gallery, history

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from ima_nano_banana.clock import Clock
    from ima_nano_banana.ledger.claims import Context
    from ima_nano_banana.ledger.gallery import Counts, News, Seen, Shelf, Spending
    from ima_nano_banana.ledger.model import Item, Zone

T = TypeVar("T")


class Looking:
    """A shelf of pictures, news of it, and sums."""

    _clock: Clock

    def _write(self, work: Callable[[sqlite3.Connection, Context], T]) -> T:
        raise NotImplementedError

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        raise NotImplementedError

    def time_zone(self, realm: str = "ima") -> Zone:
        """Return the zone that days and months are counted in."""
        raise NotImplementedError

    def shelf_count(self, shelf: Shelf) -> int:
        """Return how many requests are on a shelf."""
        return self._read(lambda tx: gallery.count(tx, shelf))

    def shelf_ids(self, shelf: Shelf, limit: int) -> list[str]:
        """Return the ids of a shelf, newest first."""
        return self._read(lambda tx: gallery.ids(tx, shelf, limit))

    def shelf_part(self, shelf: Shelf, offset: int, limit: int) -> list[Seen]:
        """Return a range of a shelf, newest first."""
        return self._read(lambda tx: gallery.part(tx, shelf, offset, limit))

    def seen(self, item_id: str) -> Seen | None:
        """Return the request of this very id."""
        return self._read(lambda tx: gallery.one(tx, item_id))

    def newest_change(self) -> int:
        """Return the number of the latest change."""
        return self._read(gallery.newest)

    def news(self, realm: str, after: int, limit: int = gallery.MOST_NEWS) -> list[News]:
        """Return what has changed after the change of a number, as it stands now."""
        return self._read(lambda tx: gallery.news(tx, realm, after, limit))

    def star(self, item_ids: Sequence[str], *, on: bool) -> int:
        """Give requests a star, or take it."""
        return self._write(lambda tx, context: gallery.star(tx, item_ids, context.now, on=on))

    def family(self, item: Item) -> tuple[list[Item], list[Item]]:
        """Return what a request was made from, and what was made from it."""
        return self._read(lambda tx: gallery.family(tx, item))

    def counts(self, realm: str, zone: Zone | None = None) -> Counts:
        """Return how the books stand in one line; the zone may be known from before."""
        days = (zone or self.time_zone(realm)).tz
        return self._read(lambda tx: gallery.counts(tx, realm, self._clock.time(), days))

    def spending(self, realm: str) -> Spending:
        """Add up the month by day, user and model."""
        zone = self.time_zone(realm).tz
        return self._read(lambda tx: gallery.spending(tx, realm, self._clock.time(), zone))

    def left_open(self, door: str, *, user_id: str, realm: str) -> list[Item]:
        """Return a user's paid tasks of a door that nobody alive follows, on any machine."""

        def work(tx: sqlite3.Connection, context: Context) -> list[Item]:
            found = history.to_finish(tx, user_id, realm)
            return [one for one in found if one.door == door and not (one.owner and context.lives(one.owner))]

        return self._write(work)

    def choices(self, realm: str) -> tuple[list[str], list[tuple[str, str]]]:
        """Return the users, and the batches by id and name."""
        return self._read(lambda tx: gallery.choices(tx, realm))
