"""The last word of a run: a request is closed only when somebody was told how it ended.

Saved and booked is not closed. The row of a request that has ended keeps ``told_at`` empty until the door has
handed the end over; until then the same request is handed it again instead of being paid again. Every door
gives the engine a :data:`Tell`; none of them touches the books.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ima_nano_banana.domain.events import Failed, Succeeded
from ima_nano_banana.engine.going import with_its_task
from ima_nano_banana.engine.notes import noted
from ima_nano_banana.errors import Fault, GenerationFault, PartialFault, RejectedFault

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.engine.ports import Emit, EnginePorts, Trace

Last = Succeeded | Failed
Tell = Callable[[Last], Awaitable[bool]]
"""Hands the last word over. ``True``: whoever ordered it has it. ``False``: it goes on, but nobody is known to
have it. A :class:`Fault` that it raises takes the place of the run's own end."""


async def to_the_end(
    run: Coroutine[object, object, Result], ports: EnginePorts, trace: Trace, emit: Emit, tell: Tell | None
) -> Result:
    """Await ``run``, have its end told, and then close the request.

    Args:
        run: The run itself.
        ports: Its books.
        trace: Knows the row of the request, once there is one.
        emit: Hears the last event if there is no ``tell``.
        tell: Hands the end over; ``None`` if whoever awaits this call is told by its end.
    """
    try:
        result = await run
    except Fault as fault:
        await _told(Failed(fault=with_its_task(fault, trace)), ports, trace, emit, tell)
        raise
    await _told(Succeeded(result=result), ports, trace, emit, tell)
    return result


def is_end(last: Last) -> bool:
    """Tell whether the last word of a run is how its request ended.

    Who is told that it still runs, or could not be fetched, has not heard of the end that another run of the same
    request may have booked meanwhile.
    """
    if isinstance(last, Succeeded):
        return True
    return last.fault.charged == "no" or isinstance(last.fault, (GenerationFault, PartialFault, RejectedFault))


async def _told(last: Last, ports: EnginePorts, trace: Trace, emit: Emit, tell: Tell | None) -> None:
    trace.at_its_end = is_end(last)
    if tell is None:
        if trace.acknowledged:  # a run that never began has no last event
            emit(last)
        await _closed_by_return(ports, trace)
    elif await tell(last) and trace.at_its_end and trace.item_id is not None:
        await noted(ports.ledger.told(trace.item_id))


async def _closed_by_return(ports: EnginePorts, trace: Trace) -> None:
    """Close the request for a caller who is told by the end of the call, unless he leaves in this very moment."""
    if trace.item_id is None or not trace.at_its_end:
        return
    closing = asyncio.ensure_future(ports.ledger.told(trace.item_id))
    try:
        await noted(asyncio.shield(closing))
    except asyncio.CancelledError:
        await asyncio.wait({closing})
        if not closing.cancelled() and closing.exception() is None and closing.result():
            await noted(ports.ledger.untold(trace.item_id))
        raise
