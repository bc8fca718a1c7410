"""When a reply has been sent, as far as the SDK lets anybody know.

A handler that returns has sent nothing yet. Its task ends once the answer was handed to the transport, and a
request that was cancelled, by its client or by a connection that broke, never gets there: its handler is torn out
of the middle. So the end of that task, after the handler has returned, is the moment.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

IN_PROCESS = "direct"
"""The SDK's name of a client in this very process: the handler runs in the client's own task, and has told it."""


def when_sent(session: object, then: Callable[[], None]) -> None:
    """Call ``then`` when the reply of the handler that calls this, as its last act, has been sent."""
    task = asyncio.current_task()
    outbound = getattr(session, "_request_outbound", None)
    if task is None or getattr(getattr(outbound, "transport", None), "kind", None) == IN_PROCESS:
        asyncio.get_running_loop().call_soon(then)
        return
    task.add_done_callback(lambda sent: None if sent.cancelled() or sent.exception() is not None else then())
