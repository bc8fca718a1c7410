"""A host that the real service does not have: for tests that run in another process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.asgi import as_json
from ima_nano_banana.sandbox.selection import UnknownSceneError

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.asgi import Request, Response, Routes
    from ima_nano_banana.sandbox.world import World


def control(world: World, routes: Routes) -> None:
    """Add the routes: ``GET /books``, ``GET /scene``, and ``POST /scene`` with ``{"scenes": [..], "run": ..}``."""

    async def books(_: Request) -> Response:
        return as_json(world.books.as_dict())

    async def scene(request: Request) -> Response:
        if request.method == "POST":
            wish = json.loads(await request.body())
            try:
                world.select(wish.get("scenes", []), wish.get("run"))
            except UnknownSceneError as error:
                return as_json({"unknown": error.names}, 400)
            world.task_seconds = float(wish.get("task_seconds", world.task_seconds))
        return as_json({"scenes": world.selection.names, "run": world.selection.run})

    routes.add(hosts.CONTROL, "/books", "GET", books)
    for method in ("GET", "POST"):
        routes.add(hosts.CONTROL, "/scene", method, scene)
