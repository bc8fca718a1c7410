"""The tools that only look: history, prices, limits.

Annotations are read when a tool is defined, for its schema; so this file does not postpone them.
"""

from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field

from ima_nano_banana.domain import offers
from ima_nano_banana.domain.model import TASK_TYPES
from ima_nano_banana.domain.task import OPEN
from ima_nano_banana.doors import books
from ima_nano_banana.doors.mcp import answers, shapes
from ima_nano_banana.doors.mcp.house import House
from ima_nano_banana.doors.mcp.idle import noted
from ima_nano_banana.doors.mcp.spending import Answer, answered
from ima_nano_banana.ledger.model import Filters

MOST_ROWS = 50
PROMPT_LETTERS = 200

State = Literal["open", "done", "failed", "uncertain"]
TaskType = Literal["text_to_image", "image_to_image"]

_ROW = ("task_id", "state", "user", "model_id", "size", "aspect_ratio", "count", "credit", "created_at", "files")

_LIVE = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
_LOCAL = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def add_tasks(server: MCPServer[House], house: House) -> None:
    """Add ``list_tasks``."""
    t = house.text

    @server.tool(title=t("list_tasks.title"), description=t("list_tasks"), annotations=_LOCAL)
    async def list_tasks(
        state: Annotated[State | None, Field(description=t("arg.state"))] = None,
        limit: Annotated[int, Field(description=t("arg.limit"), ge=1, le=MOST_ROWS)] = 20,
    ) -> Annotated[CallToolResult, shapes.Tasks] | InputRequiredResult:
        async def work() -> Answer:
            states = tuple(one.value for one in OPEN) if state == "open" else (state,) if state else ()
            filters = Filters(user_id=house.user, realm=house.realm, states=states, limit=limit)
            found = [books.item_object(item) for item in await house.ledger.tasks(filters)]
            rows: list[answers.Json] = []
            for one in found:
                prompt = one["prompt"]
                short = prompt[:PROMPT_LETTERS] if isinstance(prompt, str) else None
                rows.append({**{key: one[key] for key in _ROW}, "prompt": short})
            return answers.plain({"tasks": rows})

        return await answered(house, house.language, work)


def add_models(server: MCPServer[House], house: House) -> None:
    """Add ``list_models``."""
    t = house.text

    @server.tool(title=t("list_models.title"), description=t("list_models"), annotations=_LIVE)
    async def list_models(
        task_type: Annotated[TaskType | None, Field(description=t("arg.task_type"))] = None,
    ) -> Annotated[CallToolResult, shapes.Models] | InputRequiredResult:
        async def work() -> Answer:
            found = await house.engine.models((task_type,) if task_type else TASK_TYPES)
            return answers.plain({"models": offers.rows(found)})

        return await answered(house, house.language, work)


def add_limits(server: MCPServer[House], house: House) -> None:
    """Add ``get_limits``."""
    t = house.text

    @server.tool(title=t("get_limits.title"), description=t("get_limits"), annotations=_LOCAL)
    async def get_limits() -> Annotated[CallToolResult, shapes.Limits] | InputRequiredResult:
        async def work() -> Answer:
            found = await house.ledger.limits_show(user_id=house.user, realm=house.realm)
            rows = [books.limit_object(limit) for limit in found]
            zone = await house.ledger.time_zone(house.realm)
            frozen = await house.ledger.freezes(house.realm, house.user)
            rules = house.settings
            server_rules = {
                "no_spend": rules.no_spend,
                "confirm_above": rules.confirm_above,
                "max_credits": rules.max_credits,
                "sandbox": rules.sandbox,
            }
            stopped = [{"user": one.user_id, "reason": one.reason} for one in frozen]
            thresholds, approvers = await house.ledger.approvals(house.realm)
            body: dict[str, object] = {
                "frozen": stopped,
                "limits": rows,
                "approvals": [books.threshold_object(one) for one in thresholds],
                "approvers": approvers,
                "time_zone": zone.name,
                "server": server_rules,
            }
            return answers.plain(body)

        return await noted(house, house.language, await answered(house, house.language, work))
