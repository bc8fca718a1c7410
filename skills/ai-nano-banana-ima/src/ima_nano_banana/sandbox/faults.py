"""Faults that no HTTP answer can express. The adapter or the socket server acts them out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

PAUSE = "sandbox.pause"
"""ASGI extension: how to wait. In process it is the adapter's clock, on sockets it is real time."""

BODY = "sandbox.body"
"""ASGI extension: takes over the iterator of a streamed body, so that nothing is buffered."""

FOREVER = 3600.0
"""Seconds that are longer than any client waits for one answer."""


class Drop(Exception):
    """The connection breaks, after ``after_bytes`` of the body or before any answer (``None``)."""

    def __init__(self, after_bytes: int | None = None) -> None:
        super().__init__(after_bytes)
        self.after_bytes = after_bytes


class Refuse(Exception):
    """The connection is refused: nothing of the request reached the service."""


def extension(scope: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - as open as the ASGI scope
    """Return an ASGI extension of the sandbox, or ``None`` on a server that does not offer it."""
    return (scope.get("extensions") or {}).get(name)


async def pause(scope: Mapping[str, Any], seconds: float) -> None:
    """Let ``seconds`` pass as the one who called the app counts them."""
    wait: Callable[[float], Awaitable[None]] = extension(scope, PAUSE) or asyncio.sleep
    await wait(seconds)
