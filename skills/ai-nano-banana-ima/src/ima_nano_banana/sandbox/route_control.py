"""A host that the real service does not have: for tests that run in another process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route, Router

from ima_nano_banana.sandbox.selection import UnknownSceneError

if TYPE_CHECKING:
    from starlette.requests import Request

    from ima_nano_banana.sandbox.world import World


def control(world: World) -> Router:
    """Return the routes: ``GET /books``, ``GET /scene``, and ``POST /scene`` with ``{"scenes": [..], "run": ..}``."""

    async def books(_: Request) -> JSONResponse:
        return JSONResponse(world.books.as_dict())

    async def scene(request: Request) -> JSONResponse:
        if request.method == "POST":
            wish = json.loads(await request.body())
            try:
                world.select(wish.get("scenes", []), wish.get("run"))
            except UnknownSceneError as error:
                return JSONResponse({"unknown": error.names}, 400)
            world.task_seconds = float(wish.get("task_seconds", world.task_seconds))
        return JSONResponse({"scenes": world.selection.names, "run": world.selection.run})

    return Router([Route("/books", books), Route("/scene", scene, methods=["GET", "POST"])])
