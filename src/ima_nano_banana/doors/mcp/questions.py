"""What is asked of the client while a tool runs: consent to a spend, and its roots.

Up to 2025-11-25 a question is a request from the server; from 2026-07-28 on the call ends with the
question and comes again with the answer, beside a state that the SDK seals and binds to the arguments.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import anyio
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata
from mcp.types import (
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
)
from mcp.types.version import is_version_at_least
from pydantic import ValidationError

from ima_nano_banana.errors import BudgetFault

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context
    from mcp.types import InputRequest

    from ima_nano_banana.doors.mcp.house import House

Call: TypeAlias = "Context[House]"

ROUNDS_SINCE = "2026-07-28"
ROOTS_SECONDS = 10.0
TASKS = "io.modelcontextprotocol/tasks"


class AskedError(Exception):
    """The call must end with this question and come again."""

    def __init__(self, question: InputRequiredResult) -> None:
        super().__init__("a question for the client")
        self.question = question


class Questions:
    """The questions of one call."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._by_rounds = is_version_at_least(call.protocol_version or "", ROUNDS_SINCE)
        self._state: dict[str, object] = {}
        if self._by_rounds and call.request_state:
            with suppress(ValueError):
                told = json.loads(call.request_state)
                self._state = told if isinstance(told, dict) else {}

    @property
    def can_ask_consent(self) -> bool:
        """Whether the client can show its user a form."""
        able = self._call.client_capabilities
        elicitation = able.elicitation if able is not None else None
        # A bare `elicitation: {}`, the only form before there were modes, means forms.
        forms = elicitation is not None and (elicitation.form is not None or elicitation.url is None)
        return forms and (self._by_rounds or self._call.session.can_send_request)

    @property
    def wants_tasks(self) -> bool:
        """Whether the client speaks the tasks extension."""
        able = self._call.client_capabilities
        return self._by_rounds and able is not None and TASKS in (able.extensions or {})

    async def consent(self, credit: int, message: str, label: str) -> bool:
        """Ask for consent to a spend that ``message`` names.

        Raises:
            AskedError: the answer comes with the next round.
            BudgetFault: the client can't make sense of the question.
        """
        schema = {"type": "object", "properties": {"spend": {"type": "boolean", "title": label, "default": True}}}
        asked = ElicitRequestFormParams(message=message, requested_schema=schema)
        if self._by_rounds:
            answer = (self._call.input_responses or {}).get("consent")
            # An answer counts for the amount that was named, and for no other.
            if not isinstance(answer, ElicitResult) or self._state.get("credit") != credit:
                raise self._ask("consent", ElicitRequest(params=asked), credit=credit)
            return _agreed(answer)
        try:
            return _agreed(
                await self._call.session.elicit_form(message, schema, related_request_id=self._call.request_id)
            )
        except (MCPError, ValidationError) as error:
            raise BudgetFault("mcp.bad_answer") from error

    async def roots(self) -> list[str]:
        """Return the client's roots as URIs; none if it has none or does not tell.

        Raises:
            AskedError: the answer comes with the next round.
        """
        able = self._call.client_capabilities
        if able is None or able.roots is None:
            return []
        if self._by_rounds:
            return self._roots_by_rounds()
        if not self._call.session.can_send_request:
            return []
        with suppress(MCPError, ValidationError), anyio.move_on_after(ROOTS_SECONDS):
            related = ServerMessageMetadata(related_request_id=self._call.request_id)
            found = await self._call.session.send_request(ListRootsRequest(), ListRootsResult, metadata=related)
            return [str(root.uri) for root in found.roots]
        return []

    def _roots_by_rounds(self) -> list[str]:
        answer = (self._call.input_responses or {}).get("roots")
        if isinstance(answer, ListRootsResult):
            self._state["roots"] = [str(root.uri) for root in answer.roots]
        known = self._state.get("roots")
        if not isinstance(known, list):
            raise self._ask("roots", ListRootsRequest())
        return [str(one) for one in known]

    def _ask(self, key: str, request: InputRequest, **state: object) -> AskedError:
        self._state.update(state)
        return AskedError(InputRequiredResult(input_requests={key: request}, request_state=json.dumps(self._state)))


def _agreed(answer: ElicitResult) -> bool:
    """Accepting without touching the form takes its default; an unticked box is a no."""
    return answer.action == "accept" and (answer.content or {}).get("spend", True) is True
