"""Puts the server together and runs it, on stdio or on loopback HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from mcp.server.caching import CacheHint
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, CallToolResult, Icon, InputRequiredResult
from pydantic import ValidationError

from ima_nano_banana import __version__, words
from ima_nano_banana.doors.mcp import answers, beside, shelf, stdio, tools_looking, tools_making
from ima_nano_banana.doors.mcp.arguments import field_fault, name_choices, spoken, understood
from ima_nano_banana.doors.mcp.front import ICON, NAME, Front, on_std
from ima_nano_banana.doors.mcp.guard import guarded
from ima_nano_banana.doors.mcp.house import House
from ima_nano_banana.doors.mcp.tasks import Tasks
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from mcp.types import Resource, ResourceTemplate
    from pydantic import AnyUrl

    from ima_nano_banana.words import Language

HOST = "127.0.0.1"
PORT = 8808
PATH = "/mcp"
BODY_BYTES = 600_000_000
"""Fourteen pictures of 30 MB in base64."""
STOPPED = 130
TOOLS_LIST_MS = 3_600_000


class Server(MCPServer[House]):
    """The SDK's server, with resources from the ledger and our own words for wrong arguments."""

    def __init__(self, house: House) -> None:
        self.house = house

        @asynccontextmanager
        async def lifespan(_: MCPServer[House]) -> AsyncIterator[House]:
            async with house.open():
                yield house

        super().__init__(
            NAME,
            title=house.text("title"),
            instructions=house.text("instructions"),
            version=__version__,
            icons=[Icon.model_validate(ICON)],
            lifespan=lifespan,
            log_level="WARNING",
            extensions=[Tasks(house)],
            cache_hints={"tools/list": CacheHint(ttl_ms=TOOLS_LIST_MS)},
        )
        for add in (
            tools_making.add_quote,
            tools_making.add_propose,
            tools_making.add_generate,
            tools_making.add_edit,
            tools_making.add_resume,
            tools_looking.add_tasks,
            tools_looking.add_models,
            tools_looking.add_limits,
        ):
            add(self, house)
        beside.add_prompts(self, house)
        beside.add_completions(self, house)
        beside.add_logging(self)
        for tool in self._tool_manager.list_tools():
            tool.parameters["additionalProperties"] = False
            name_choices(tool.parameters)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[House, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; arguments that won't do are answered with the error object, as any other fault."""
        tool = self._tool_manager.get_tool(name)
        if tool is None:
            raise MCPError(code=INVALID_PARAMS, message=f"Unknown tool: {name}")
        language = spoken(arguments, self.house.settings.language_asked, self.house.language)
        try:
            told = understood(arguments, tool.parameters, language)
            return await super().call_tool(name, told, context)
        except UsageFault as fault:
            return await answers.failed(fault, language, self.house)
        except ToolError as refused:
            if not isinstance(refused.__cause__, ValidationError):
                raise
            wrong = UsageFault("mcp.bad_arguments", fields=_fields(refused.__cause__, language))
            return await answers.failed(wrong, language, self.house)

    async def list_resources(self) -> list[Resource]:
        """Return the user's newest pictures."""
        return await shelf.recent(self.house)

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        """Return the form of a picture's address."""
        return [shelf.template(self.house)]

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[House, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Return a picture, byte for byte."""
        data, mime_type = await shelf.read(self.house, str(uri))
        return [ReadResourceContents(content=data, mime_type=mime_type)]


def _fields(wrong: ValidationError, language: Language) -> list[str]:
    """Name what is wrong with each argument; the rejected values are the caller's and stay out."""
    return [
        words.text(f"mcp.{field_fault(one['type'])}", language, name=".".join(str(part) for part in one["loc"]))
        for one in wrong.errors()
    ]


async def serve_stdio(house: House, front: Front | None = None) -> None:
    """Serve one client on stdin and stdout until it goes; nothing but the protocol is written to stdout.

    Args:
        house: The engine, the books, the rules.
        front: Who has opened the pipe already, if somebody has.
    """
    if front is None:
        front = on_std(house.language)
        front.open()
    server = Server(house)._lowlevel_server  # noqa: SLF001 -- the high-level server opens a pipe of its own
    async with house.open(), stdio.streams(front, house.language) as (heard, told):
        with _stopped_by_signals(house):
            await server.run(heard, told, server.create_initialization_options())


class _stopped_by_signals:  # noqa: N801 -- a context manager
    """Close the books when the process is told to stop.

    The thread that reads stdin can't be interrupted, so the process ends right after the books are closed.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._loop = asyncio.get_running_loop()
        self._numbers = [signal.SIGINT, signal.SIGTERM] if sys.platform != "win32" else []
        self._stopping: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        for number in self._numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                self._loop.add_signal_handler(number, self._stop)

    def __exit__(self, *_: object) -> None:
        for number in self._numbers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                self._loop.remove_signal_handler(number)

    def _stop(self) -> None:
        if self._stopping is None:
            self._stopping = self._loop.create_task(self._end())

    async def _end(self) -> None:
        await self._house.runs.close()
        os._exit(STOPPED)


async def serve_http(house: House, port: int, ready: Callable[[str], None], token: str | None = None) -> None:
    """Serve any number of clients on loopback HTTP until the process is stopped.

    Only loopback addresses are taken for ``Host`` and ``Origin`` (no DNS rebinding). With a ``token``, only requests
    that bear it are.

    Raises:
        UsageFault: the port can't be used.
    """
    import socket

    import uvicorn

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()  # whoever is told the address may come at once
    except (OSError, OverflowError) as taken:
        listener.close()
        raise UsageFault("mcp.port_taken", port=port) from taken
    app = Server(house).streamable_http_app(
        streamable_http_path=PATH, host=HOST, max_request_body_size=BODY_BYTES, session_idle_timeout=None
    )
    # Its access log would go to stdout.
    config = uvicorn.Config(guarded(app, token), log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    try:
        async with house.open():
            ready(f"http://{HOST}:{listener.getsockname()[1]}{PATH}")
            await uvicorn.Server(config).serve(sockets=[listener])
    finally:
        listener.close()
