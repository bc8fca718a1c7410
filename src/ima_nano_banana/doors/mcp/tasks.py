"""The tasks extension (``io.modelcontextprotocol/tasks``, 2026-07-28): a paid task is a task of the protocol.

The protocol's task id is the service's own, and the ledger knows it; so a client can go on polling after
this server was killed and another one started.
Source: the extension's specification, 2026-07-28 (modelcontextprotocol/ext-tasks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp.server.extension import Extension, MethodBinding
from mcp.server.mcpserver.server import require_client_extension
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, CallToolResult, RequestParams

from ima_nano_banana import words
from ima_nano_banana.domain.events import Acknowledged
from ima_nano_banana.domain.language import language_of
from ima_nano_banana.doors import messages
from ima_nano_banana.doors.mcp import questions, spending
from ima_nano_banana.engine.ports import How

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
    from mcp.types import CallToolRequestParams

    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.doors.mcp.runs import Run

POLL_MS = 3000
MODERN = frozenset({"2026-07-28"})
MAKING = frozenset({"generate_image", "edit_image", "resume_task"})


class TaskParams(RequestParams):
    """What all three methods take; ``tasks/update`` carries answers to questions that are never asked here."""

    task_id: str


class Tasks(Extension):
    """Hands out a task instead of waiting, to clients that speak the extension."""

    identifier = questions.TASKS

    def __init__(self, house: House) -> None:
        self._house = house

    def methods(self) -> Sequence[MethodBinding]:
        """Return ``tasks/get``, ``tasks/update`` and ``tasks/cancel``."""
        return (
            MethodBinding("tasks/get", TaskParams, self._get, MODERN),
            MethodBinding("tasks/update", TaskParams, self._update, MODERN),
            MethodBinding("tasks/cancel", TaskParams, self._cancel, MODERN),
        )

    async def intercept_tool_call(
        self, params: CallToolRequestParams, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        """Turn "still running" into a task of the protocol, for a client that declared the extension."""
        result = await call_next(ctx)
        able = ctx.session.client_capabilities
        speaks = ctx.protocol_version in MODERN and able is not None and self.identifier in (able.extensions or {})
        if not speaks or params.name not in MAKING or not isinstance(result, CallToolResult):
            return result
        body = result.structured_content
        if not isinstance(body, dict) or body.get("status") != "running":
            return result
        run = self._house.runs.find(str(body["task_id"]))
        return result if run is None else {"resultType": "task", **_seed(run)}

    async def _get(self, ctx: ServerRequestContext[Any, Any], params: TaskParams) -> dict[str, object]:
        run = await self._run(ctx, params)
        if run.abandoned:
            stopped = words.text(words.in_chat("mcp.stopped"), run.language)
            return {"resultType": "complete", **_seed(run), "status": "cancelled", "statusMessage": stopped}
        if not run.done:
            return {"resultType": "complete", **_seed(run)}
        reply = await spending.outcome(self._house, run, ctx.session)
        told = reply.model_dump(by_alias=True, mode="json", exclude_none=True)
        return {"resultType": "complete", **_seed(run), "status": "completed", "result": told}

    async def _update(self, ctx: ServerRequestContext[Any, Any], params: TaskParams) -> dict[str, object]:
        await self._run(ctx, params)
        return {"resultType": "complete"}

    async def _cancel(self, ctx: ServerRequestContext[Any, Any], params: TaskParams) -> dict[str, object]:
        """Stop waiting. What is paid stays paid, and ``resume_task`` fetches it."""
        run = await self._run(ctx, params)
        if not run.done:
            run.abandon()
        return {"resultType": "complete"}

    async def _run(self, ctx: ServerRequestContext[Any, Any], params: TaskParams) -> Run:
        """Return the run that follows the task; one that another server began is taken over.

        Raises:
            MCPError: the client did not declare the extension, or the task is not in the books.
        """
        require_client_extension(ctx, self.identifier)
        run = self._house.runs.find(params.task_id)
        if run is not None:
            return run
        house = self._house
        item = await house.ledger.find(params.task_id, realm=house.realm)
        if item is None or item.task_id != params.task_id:
            raise MCPError(code=INVALID_PARAMS, message="Failed to retrieve task: Task not found")
        language = language_of(item.prompt, house.settings.language_asked)
        run = house.resume(params.task_id, How(output_dir=house.output_dir), language)
        # Not yet known under its id: it learns that when the ledger has answered it.
        run.trace.task_id = params.task_id
        return run


def _seed(run: Run) -> dict[str, object]:
    """Return the task as the protocol shows it."""
    event = run.events[-1] if run.events else Acknowledged()
    return {
        "taskId": str(run.trace.task_id),
        "status": "working",
        "statusMessage": messages.of(event, run.language, run.elapsed, "chat"),
        "createdAt": run.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "lastUpdatedAt": run.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        # The ledger forgets no task.
        "ttlMs": None,
        "pollIntervalMs": POLL_MS,
    }
