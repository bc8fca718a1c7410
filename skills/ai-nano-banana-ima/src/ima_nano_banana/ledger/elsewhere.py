"""Limits that lie in another ledger than the one that is spent from, and so hold nothing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger.books import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ima_nano_banana.ledger.model import Limit
    from ima_nano_banana.ledger.threaded import AsyncLedger


def idle_limits(file: Path, spent_from: Callable[[], Sequence[Limit]], *, realm: str) -> list[Limit]:
    """Return the limits of this machine's own file that the ledger which is spent from does not have as well.

    Args:
        file: This machine's own ledger; it is not made if it is not there.
        spent_from: Reads all limits of the ledger that is spent from.
        realm: Which limits are meant.
    """
    if not file.is_file():
        return []
    try:
        with Ledger(file) as books:
            own = books.limits_show(realm=realm)
    except StorageFault:
        return []
    if not own:
        return []
    known = {(limit.scope, limit.period): limit.points for limit in spent_from()}
    rules = {(limit.scope, limit.period): limit for limit in own}
    return [limit for name, limit in rules.items() if known.get(name, limit.points + 1) > limit.points]


async def idle_beside(ledger: AsyncLedger, file: Path, *, realm: str) -> str:
    """Return such limits in a few words, for whoever awaits its ledger; nothing if there are none.

    Args:
        ledger: The one that is spent from.
        file: This machine's own ledger.
        realm: Which limits are meant.
    """
    books = ledger.ledger
    return listed(await ledger.run(lambda: idle_limits(file, lambda: books.limits_show(realm=realm), realm=realm)))


def listed(limits: Sequence[Limit]) -> str:
    """Return limits in a few words that every language reads."""
    return ", ".join(f"{limit.scope}/{limit.period} {limit.points}" for limit in limits)
