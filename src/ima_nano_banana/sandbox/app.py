"""The simulated service as one ASGI app; the ``Host`` header decides which host answers."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.answers import Envelope
from ima_nano_banana.sandbox.asgi import Response, Routes
from ima_nano_banana.sandbox.call import Call
from ima_nano_banana.sandbox.faults import Drop, pause
from ima_nano_banana.sandbox.route_api import category_of, create, detail, product_list, prompt_of, task_of
from ima_nano_banana.sandbox.route_control import control
from ima_nano_banana.sandbox.route_files import put, result, uploaded
from ima_nano_banana.sandbox.route_token import token, token_get

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ima_nano_banana.sandbox.asgi import ASGIApp, Receive, Request, Scope, Send
    from ima_nano_banana.sandbox.world import World

    Handler = Callable[[Call], Response | Awaitable[Response]]


def app(world: World, *, latency: float = 0.0) -> ASGIApp:
    """Return the service in front of ``world``.

    Args:
        world: Accounts, tasks and books.
        latency: Seconds that every answer takes longer, for benchmarks.
    """
    serving = _Serving(world, latency)
    routes = Routes(_nowhere)
    all_paths = f"{hosts.MARK}*"
    for host, endpoint, method, path, handler, subject in (
        (hosts.API, "list", "GET", "/open/v1/product/list", product_list, category_of),
        (hosts.API, "create", "POST", "/open/v1/tasks/create", create, prompt_of),
        (hosts.API, "detail", "POST", "/open/v1/tasks/detail", detail, task_of),
        (hosts.TOKENS, "token", "POST", "/api/rest/oss/getuploadtoken", token, None),
        (hosts.TOKENS, "token_get", "GET", "/api/rest/oss/getuploadtoken", token_get, None),
        (hosts.RESULTS, "result", "GET", all_paths, result, _path),
        (hosts.STORAGE, "put", "PUT", all_paths, put, _path),
        (hosts.INPUTS, "input", "GET", all_paths, uploaded, _path),
    ):
        routes.add(host, path, method, serving.served(endpoint, handler, subject))
    control(world, routes)
    return routes


async def _nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    await Response("no such address", 404, media_type="text/plain")(scope, receive, send)


def _path(call: Call) -> str:
    return call.path


class _Serving:
    """What happens to every request: it is counted, scenes have their turn, and the books are kept."""

    def __init__(self, world: World, latency: float) -> None:
        self._world, self._latency = world, latency

    def served(
        self, endpoint: str, handler: Handler, subject: Callable[[Call], str] | None
    ) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            with self._world.serving(endpoint):
                call = await self._arrived(endpoint, request)
                call.subject = subject(call) if subject else ""
                if self._latency:
                    await pause(request.scope, self._latency)
                return await self._answer(call, handler)

        return serve

    async def _arrived(self, endpoint: str, request: Request) -> Call:
        body = await request.body()
        call = Call(self._world, endpoint, request.scope, request.headers, request.query_params, body)
        self._world.saw(request.headers["host"].partition(":")[0], request.headers, request.url, body)
        return call

    async def _answer(self, call: Call, handler: Handler) -> Response:
        try:
            answer = await self._played(call, handler)
        except Drop:
            self._note(call, None)
            raise
        self._note(call, answer)
        return answer

    async def _played(self, call: Call, handler: Handler) -> Response:
        """Give the scenes their turns before and after what the service does."""
        scenes = self._world.selection.at(call.endpoint)
        for scene in scenes:
            if scene.before and self._world.selection.due(scene, call.subject):
                call.spoiled_by = scene.name
                instead = scene.before(call)
                if instead is not None:
                    return instead
                call.spoiled_by = ""
        made = handler(call)
        answer = await made if inspect.isawaitable(made) else made
        for scene in scenes if _spoilable(call, answer) else ():
            if scene.after and self._world.selection.due(scene, call.subject):
                call.spoiled_by = scene.name
                answer = scene.after(call, answer)
        return answer

    def _note(self, call: Call, answer: Response | None) -> None:
        """Write a create into the books; an accepted one is there already and changes only if it was spoiled."""
        if call.endpoint != "create" or (call.accepted and not call.spoiled_by):
            return
        code = answer.code if isinstance(answer, Envelope) and isinstance(answer.code, int) else None
        status = None if answer is None else answer.status_code
        self._world.note(call, code=code, status=status, answered=call.spoiled_by or "answer")


def _spoilable(call: Call, answer: Response) -> bool:
    """A scene spoils the answer to something that was done, not a refusal."""
    if call.endpoint == "create":
        return call.accepted
    if isinstance(answer, Envelope):
        return answer.code in {0, 200}
    return answer.status_code < 300
