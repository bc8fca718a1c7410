"""A simulated IMA: the whole service behind one ASGI app, with a world, books and faults to rehearse.

>>> world = open_world(None, scenes=["lost-create"])
>>> transport = in_process(world)        # for a client in this process
>>> world.books.points_charged()
0

It imports neither the wire nor the service of this package, so that a wrong parser cannot agree with a
wrong server. Everything heavy is imported when it is first needed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    import httpx2

    from ima_nano_banana.sandbox.asgi import ASGIApp
    from ima_nano_banana.sandbox.gallery import Draw
    from ima_nano_banana.sandbox.world import World

__all__ = ["SANDBOX_KEY", "app", "in_process", "open_world", "scene_names"]

SANDBOX_KEY = "ima_sandbox"
"""The key of the account that needs no real key."""


def open_world(
    path: Path | None,
    *,
    scenes: Sequence[str] = (),
    run: str | None = None,
    task_seconds: float = 1.8,
    points: int = 1_000_000,
    now: Callable[[], float] = time.time,
    draw: Draw | None = None,
) -> World:
    """Open the world kept at ``path``, or one in memory.

    Args:
        path: The world's file; several processes may open the same one.
        scenes: Scenes to play (each text may hold several names with commas between them).
        run: Continues the counting of "once" from an earlier opening with the same ``run``.
        task_seconds: How long a task takes.
        points: What an account holds at first.
        now: The world's clock, in Unix seconds.
        draw: Makes the pictures; the sandbox's own maker if left out.

    Raises:
        UnknownSceneError: (a :class:`ValueError`) if a scene does not exist.
    """
    from ima_nano_banana.sandbox import gallery
    from ima_nano_banana.sandbox.world import World

    maker = draw or gallery.draw
    return World(path, scenes=scenes, run=run, task_seconds=task_seconds, points=points, now=now, draw=maker)


def app(world: World, *, latency: float = 0.0) -> ASGIApp:
    """Return the ASGI app in front of ``world``; every answer takes ``latency`` seconds longer."""
    from ima_nano_banana.sandbox.app import app as build

    return build(world, latency=latency)


def in_process(
    world: World, *, stall: Callable[[float], Awaitable[None]] | None = None, latency: float = 0.0
) -> httpx2.AsyncBaseTransport:
    """Return a client transport that is answered by ``world``, without sockets.

    Args:
        world: The world behind the service.
        stall: How the service's waits pass; a fake one makes timeouts instant.
        latency: Seconds that every answer takes longer.
    """
    from ima_nano_banana.sandbox.inprocess import in_process as build

    return build(world, stall=stall, latency=latency)


def scene_names() -> list[str]:
    """Return the name of every scene; ``scenes.<name>`` is its text in the words."""
    from ima_nano_banana.sandbox.scenes import scene_names as names

    return names()
