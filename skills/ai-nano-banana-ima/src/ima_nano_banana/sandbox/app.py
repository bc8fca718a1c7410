"""The simulated service as one ASGI app; the ``Host`` header decides which host answers."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Host, Route, Router

from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.answers import Envelope
from ima_nano_banana.sandbox.call import Call
from ima_nano_banana.sandbox.faults import Drop, pause
from ima_nano_banana.sandbox.route_api import category_of, create, detail, product_list, prompt_of, task_of
from ima_nano_banana.sandbox.route_control import control
from ima_nano_banana.sandbox.route_files import put, result, uploaded
from ima_nano_banana.sandbox.route_token import token, token_get

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from ima_nano_banana.sandbox.world import World

    Handler = Callable[[Call], Response | Awaitable[Response]]


def app(world: World, *, latency: float = 0.0) -> ASGIApp:
    """Return the service in front of ``world``.

    Args:
        world: Accounts, tasks and books.
        latency: Seconds that every answer takes longer, for benchmarks.
    """
    desk = _Desk(world, latency)
    path = hosts.MARK + "{rest:path}"
    return Router(
        [
            _host(
                hosts.API,
                desk.route("list", "/open/v1/product/list", "GET", product_list, category_of),
                desk.route("create", "/open/v1/tasks/create", "POST", create, prompt_of),
                desk.route("detail", "/open/v1/tasks/detail", "POST", detail, task_of),
            ),
            _host(
                hosts.TOKENS,
                desk.route("token", "/api/rest/oss/getuploadtoken", "POST", token),
                desk.route("token_get", "/api/rest/oss/getuploadtoken", "GET", token_get),
            ),
            _host(hosts.RESULTS, desk.route("result", path, "GET", result, _path)),
            _host(hosts.STORAGE, desk.route("put", path, "PUT", put, _path)),
            _host(hosts.INPUTS, desk.route("input", path, "GET", uploaded, _path)),
            Host(hosts.CONTROL, control(world)),
        ],
        redirect_slashes=False,
        default=_nowhere,
    )


def _host(name: str, *routes: BaseRoute) -> Host:
    return Host(name, Router(routes, redirect_slashes=False, default=_nowhere))


async def _nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("no such address", 404)(scope, receive, send)


def _path(call: Call) -> str:
    return call.path


class _Desk:
    """What happens to every request: it is counted, scenes have their turn, and the books are kept."""

    def __init__(self, world: World, latency: float) -> None:
        self._world, self._latency = world, latency

    def route(
        self, endpoint: str, path: str, method: str, handler: Handler, subject: Callable[[Call], str] | None = None
    ) -> Route:
        async def serve(request: Request) -> Response:
            with self._world.serving(endpoint):
                call = await self._arrived(endpoint, request)
                call.subject = subject(call) if subject else ""
                if self._latency:
                    await pause(request.scope, self._latency)
                return await self._answer(call, handler)

        return Route(path, serve, methods=[method])

    async def _arrived(self, endpoint: str, request: Request) -> Call:
        body = await request.body()
        call = Call(self._world, endpoint, request.scope, request.headers, request.query_params, body)
        self._world.saw(request.headers["host"].partition(":")[0], request.headers, str(request.url), body)
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
