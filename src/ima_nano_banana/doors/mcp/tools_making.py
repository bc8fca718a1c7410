"""The tools that price, make and fetch pictures.

Annotations are read when a tool is defined, for its schema; so this file does not postpone them.
"""

from typing import Annotated, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field

from ima_nano_banana.domain.model import IMAGE_TO_IMAGE, Wish
from ima_nano_banana.doors.mcp import shapes, spending
from ima_nano_banana.doors.mcp.house import House
from ima_nano_banana.engine.ports import How

WAIT_SECONDS = 50.0
"""Clients without patience give up after a minute."""
LONGEST_WAIT = 900.0

Making = Annotated[CallToolResult, shapes.Picture] | InputRequiredResult
Pricing = Annotated[CallToolResult, shapes.Quote] | InputRequiredResult
Planning = Annotated[CallToolResult, shapes.Plan] | InputRequiredResult
Speech = Literal["zh", "en"]

_SPENDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True)
_FETCHES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
_LOOKS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True)


def add_quote(server: MCPServer[House], house: House) -> None:
    """Add ``quote_image``."""
    t = house.text

    @server.tool(title=t("quote_image.title"), description=t("quote_image"), annotations=_LOOKS)
    async def quote_image(
        ctx: Context[House],
        *,
        prompt: Annotated[str, Field(description=t("arg.prompt"))],
        images: Annotated[list[str], Field(description=t("arg.images"), max_length=14)] = [],  # noqa: B006
        model: Annotated[str | None, Field(description=t("arg.model"))] = None,
        size: Annotated[str | None, Field(description=t("arg.size"))] = None,
        aspect_ratio: Annotated[str | None, Field(description=t("arg.aspect_ratio"))] = None,
        count: Annotated[int, Field(description=t("arg.count"), ge=1, le=4)] = 1,
        max_credits: Annotated[int | None, Field(description=t("arg.max_credits"), ge=0)] = None,
        language: Annotated[Speech | None, Field(description=t("arg.language"))] = None,
    ) -> Pricing:
        wish = Wish(
            prompt=prompt,
            images=tuple(images),
            model=model,
            size=size,
            aspect_ratio=aspect_ratio,
            count=count,
            language=language,
            user_id=house.user,
        )
        return await spending.quote(house, ctx, wish, max_credits)


def add_propose(server: MCPServer[House], house: House) -> None:
    """Add ``propose_image``."""
    t = house.text

    @server.tool(title=t("propose_image.title"), description=t("propose_image"), annotations=_WRITES)
    async def propose_image(
        ctx: Context[House],
        *,
        prompt: Annotated[str, Field(description=t("arg.prompt"))],
        images: Annotated[list[str], Field(description=t("arg.images"), max_length=14)] = [],  # noqa: B006
        model: Annotated[str | None, Field(description=t("arg.model"))] = None,
        size: Annotated[str | None, Field(description=t("arg.size"))] = None,
        aspect_ratio: Annotated[str | None, Field(description=t("arg.aspect_ratio"))] = None,
        count: Annotated[int, Field(description=t("arg.count"), ge=1, le=4)] = 1,
        max_credits: Annotated[int | None, Field(description=t("arg.max_credits"), ge=0)] = None,
        language: Annotated[Speech | None, Field(description=t("arg.language"))] = None,
    ) -> Planning:
        wish = Wish(
            prompt=prompt,
            images=tuple(images),
            model=model,
            size=size,
            aspect_ratio=aspect_ratio,
            count=count,
            language=language,
            user_id=house.user,
        )
        return await spending.propose(house, ctx, wish, max_credits)


def add_generate(server: MCPServer[House], house: House) -> None:
    """Add ``generate_image``."""
    t = house.text

    @server.tool(title=t("generate_image.title"), description=t("generate_image"), annotations=_SPENDS)
    async def generate_image(
        ctx: Context[House],
        *,
        prompt: Annotated[str, Field(description=t("arg.prompt"))],
        model: Annotated[str | None, Field(description=t("arg.model"))] = None,
        size: Annotated[str | None, Field(description=t("arg.size"))] = None,
        aspect_ratio: Annotated[str | None, Field(description=t("arg.aspect_ratio"))] = None,
        count: Annotated[int, Field(description=t("arg.count"), ge=1, le=4)] = 1,
        max_credits: Annotated[int | None, Field(description=t("arg.max_credits"), ge=0)] = None,
        keep_size: Annotated[bool, Field(description=t("arg.keep_size"))] = False,
        again: Annotated[bool, Field(description=t("arg.again"))] = False,
        idempotency_key: Annotated[str | None, Field(description=t("arg.idempotency_key"), max_length=200)] = None,
        wait_seconds: Annotated[float, Field(description=t("arg.wait_seconds"), ge=0, le=LONGEST_WAIT)] = WAIT_SECONDS,
        language: Annotated[Speech | None, Field(description=t("arg.language"))] = None,
    ) -> Making:
        wish = Wish(
            prompt=prompt,
            model=model,
            size=size,
            aspect_ratio=aspect_ratio,
            count=count,
            language=language,
            user_id=house.user,
            idempotency_key=idempotency_key,
        )
        how = How(max_credits=max_credits, keep_size=keep_size, again=again)
        return await spending.make(house, ctx, wish, how, wait_seconds)


def add_edit(server: MCPServer[House], house: House) -> None:
    """Add ``edit_image``."""
    t = house.text

    @server.tool(title=t("edit_image.title"), description=t("edit_image"), annotations=_SPENDS)
    async def edit_image(
        ctx: Context[House],
        *,
        prompt: Annotated[str, Field(description=t("arg.edit_prompt"))],
        images: Annotated[list[str], Field(description=t("arg.images"), min_length=1, max_length=14)],
        model: Annotated[str | None, Field(description=t("arg.model"))] = None,
        size: Annotated[str | None, Field(description=t("arg.size"))] = None,
        aspect_ratio: Annotated[str | None, Field(description=t("arg.aspect_ratio"))] = None,
        count: Annotated[int, Field(description=t("arg.count"), ge=1, le=4)] = 1,
        max_credits: Annotated[int | None, Field(description=t("arg.max_credits"), ge=0)] = None,
        keep_size: Annotated[bool, Field(description=t("arg.keep_size"))] = False,
        again: Annotated[bool, Field(description=t("arg.again"))] = False,
        idempotency_key: Annotated[str | None, Field(description=t("arg.idempotency_key"), max_length=200)] = None,
        wait_seconds: Annotated[float, Field(description=t("arg.wait_seconds"), ge=0, le=LONGEST_WAIT)] = WAIT_SECONDS,
        language: Annotated[Speech | None, Field(description=t("arg.language"))] = None,
    ) -> Making:
        wish = Wish(
            prompt=prompt,
            images=tuple(images),
            task_type=IMAGE_TO_IMAGE,
            model=model,
            size=size,
            aspect_ratio=aspect_ratio,
            count=count,
            language=language,
            user_id=house.user,
            idempotency_key=idempotency_key,
        )
        how = How(max_credits=max_credits, keep_size=keep_size, again=again)
        return await spending.make(house, ctx, wish, how, wait_seconds)


def add_resume(server: MCPServer[House], house: House) -> None:
    """Add ``resume_task``."""
    t = house.text

    @server.tool(title=t("resume_task.title"), description=t("resume_task"), annotations=_FETCHES)
    async def resume_task(
        ctx: Context[House],
        *,
        task_id: Annotated[str, Field(description=t("arg.task_id"))],
        wait_seconds: Annotated[float, Field(description=t("arg.wait_seconds"), ge=0, le=LONGEST_WAIT)] = WAIT_SECONDS,
        language: Annotated[Speech | None, Field(description=t("arg.language"))] = None,
    ) -> Making:
        return await spending.resume(house, ctx, task_id, language, wait_seconds)
