"""What a server offers beside its tools: prompts to begin with, completions, and log messages for whoever wants them.

Annotations are read when a prompt is defined; so this file does not postpone them.
"""

import warnings
from typing import Annotated, Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.prompts import Prompt
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    EmptyResult,
    LoggingLevel,
    PromptReference,
    ResourceTemplateReference,
    SetLevelRequestParams,
)
from pydantic import Field

from ima_nano_banana.domain.pixels import RATIOS
from ima_nano_banana.doors.mcp import shelf
from ima_nano_banana.doors.mcp.front import HANDSHAKES, NAME
from ima_nano_banana.doors.mcp.house import House
from ima_nano_banana.doors.mcp.questions import Call
from ima_nano_banana.ledger.model import Filters

MOST = 100
"""Completions that one answer may hold."""
_LEVEL = "log_level"
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")


def add_prompts(server: MCPServer[House], house: House) -> None:
    """Add the prompts: each asks for the price first, and leads to one tool."""
    t = house.text

    def product_shot(
        product: Annotated[str, Field(description=t("prompt.product"))],
        background: Annotated[str, Field(description=t("prompt.background"))] = "",
    ) -> str:
        where = background.strip() or t("prompt.background_default")
        return t("prompt.product_shot.text", product=product, background=where)

    def poster(
        title: Annotated[str, Field(description=t("prompt.title"))],
        subject: Annotated[str, Field(description=t("prompt.subject"))] = "",
        aspect_ratio: Annotated[str, Field(description=t("arg.aspect_ratio"))] = "",
    ) -> str:
        shown, shape = subject.strip() or title, aspect_ratio.strip() or "2:3"
        return t("prompt.poster.text", title=title, subject=shown, aspect_ratio=shape)

    def restyle(
        style: Annotated[str, Field(description=t("prompt.style"))],
        image: Annotated[str, Field(description=t("prompt.image"))] = "",
    ) -> str:
        return t("prompt.restyle.text", style=style, image=image.strip() or "@last")

    for made in (product_shot, poster, restyle):
        name = made.__name__
        title, about = t(f"prompt.{name}.title"), t(f"prompt.{name}")
        server.add_prompt(Prompt.from_function(made, name=name, title=title, description=about))


def add_completions(server: MCPServer[House], house: House) -> None:
    """Complete the addresses of pictures from the books, and what prompts may be given."""

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        given = (context.arguments if context else None) or {}
        if isinstance(ref, ResourceTemplateReference):
            values = await _of_pictures(house, argument.name, given) if ref.uri == shelf.TEMPLATE else []
        else:
            values = _of_prompts(house, argument.name)
        found = [one for one in values if one.casefold().startswith(argument.value.casefold())]
        return Completion(values=found[:MOST], total=len(found), has_more=len(found) > MOST)


async def _of_pictures(house: House, name: str, given: dict[str, str]) -> list[str]:
    if name == "number":
        item = await house.ledger.find(given.get("task_id", ""), realm=house.realm) if given.get("task_id") else None
        own = item is not None and item.user_id == house.user
        return [str(number) for number in range(1, 1 + (len(item.files) if item is not None and own else 0))]
    items = await house.ledger.tasks(Filters(user_id=house.user, realm=house.realm, limit=MOST))
    return [item.task_id for item in items if item.task_id and item.files]


def _of_prompts(house: House, name: str) -> list[str]:
    if name == "aspect_ratio":
        return list(RATIOS)
    if name == "image":
        return ["@last", "@2"]
    known = {"style": "prompt.styles", "background": "prompt.backgrounds"}.get(name)
    return house.text(known).split("|") if known else []


def add_logging(server: MCPServer[House]) -> None:
    """Let a client say from which level on it wants to be told what happens."""

    async def set_level(ctx: ServerRequestContext[Any, Any], params: SetLevelRequestParams) -> EmptyResult:
        ctx.session._connection.state[_LEVEL] = params.level  # noqa: SLF001 -- a session lives for one call
        return EmptyResult()

    handlers = server._lowlevel_server  # noqa: SLF001 -- the high-level server has no door for it
    handlers.add_request_handler("logging/setLevel", SetLevelRequestParams, set_level)


async def log(call: Call, level: LoggingLevel, data: object) -> None:
    """Send a log message to a client that has asked for such; the others read progress."""
    wanted = call.session._connection.state.get(_LEVEL)  # noqa: SLF001
    told_now = call.protocol_version not in HANDSHAKES
    if not told_now and (wanted is None or LEVELS.index(level) < LEVELS.index(wanted)):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated since 2026-07-28, where the SDK lets only those through who ask
        await call.session.send_log_message(level, data, NAME, related_request_id=call.request_id)
