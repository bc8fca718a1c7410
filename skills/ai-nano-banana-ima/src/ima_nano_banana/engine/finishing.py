"""Finishes every paid task there is, several at a time; each is closed when somebody was told of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.engine.going import ended
from ima_nano_banana.engine.notes import noted
from ima_nano_banana.engine.ports import Trace
from ima_nano_banana.engine.telling import is_end
from ima_nano_banana.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.engine.flow import Engine
    from ima_nano_banana.engine.ports import How
    from ima_nano_banana.engine.telling import Last
    from ima_nano_banana.ledger import Item
    from ima_nano_banana.words import Language

AT_ONCE = 8
"""Tasks that are followed side by side: one that is slow keeps nobody waiting, and nobody is flooded with looks."""

Ends = list[tuple["Item", "Last"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told.

    Attributes:
        speaks: The language of each task.
        hear: Every event, with its task.
        tell: The end of one task; returns whether it was handed over for good by that.
        close: All ends so far, and whether it was interrupted; returns whether they are handed over now.
    """

    speaks: Callable[[Item], Language]
    hear: Callable[[Item, Event], None]
    tell: Callable[[Item, Last], bool]
    close: Callable[[Ends, bool], bool]


async def finish(engine: Engine, items: Sequence[Item], how: How, listener: Listener) -> Ends:
    """Finish ``items`` and return how each ended, in their order.

    An interrupt stops what still runs; what has ended by then is told before the interrupt goes on.
    """
    found: dict[str, Last] = {}
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: Item) -> None:
        async def tell(last: Last) -> bool:
            found[item.id] = last
            return listener.tell(item, last)

        async with gate:
            try:
                await engine.resume(
                    str(item.task_id),
                    how,
                    lambda event: listener.hear(item, event),
                    Trace(),
                    language=listener.speaks(item),
                    user_id=item.user_id,
                    tell=tell,
                )
            except Fault:
                return  # it was told

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    stopped = True
    try:
        defects = [one for one in await asyncio.gather(*tasks, return_exceptions=True) if one is not None]
        stopped = False
    finally:
        for task in tasks:
            task.cancel()
        await ended(tasks)
        ends: Ends = [(item, found[item.id]) for item in items if item.id in found]
        if listener.close(ends, stopped):
            for item in (item for item, last in ends if is_end(last)):
                await noted(engine.ledger.told(item.id))
    for defect in defects:  # of this program: it has cost no other task its end
        raise defect
    return ends
