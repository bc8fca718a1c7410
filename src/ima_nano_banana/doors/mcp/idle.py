"""The note about limits of this machine that hold nothing in the ledger that is spent from, as the command has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.types import CallToolResult

from ima_nano_banana import words
from ima_nano_banana.doors.mcp import answers
from ima_nano_banana.errors import StorageFault
from ima_nano_banana.ledger import is_shared
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from mcp.types import InputRequiredResult

    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.words import Language

    Answer = CallToolResult | InputRequiredResult


async def noted(house: House, language: Language, answer: Answer) -> Answer:
    """Return the answer of a tool about money with the note, where there is anything to note."""
    idle = await _idle(house) if isinstance(answer, CallToolResult) else ""
    if not idle or not isinstance(answer, CallToolResult) or answer.structured_content is None:
        return answer
    body = dict(answer.structured_content)
    body["idle_limits"] = idle.split(", ")
    body["notice"] = words.text("cluster.idle_limits", language, limits=idle)
    return answers.plain(body, *answer.content[1:], is_error=bool(answer.is_error))


async def _idle(house: House) -> str:
    if not is_shared(paths.books(house.env)):
        return ""
    from ima_nano_banana.ledger.elsewhere import idle_beside

    try:
        own = paths.ledger_file(paths.state_root(house.env))
        return await idle_beside(house.ledger, own, realm=house.realm)
    except StorageFault:  # the tool itself has said so
        return ""
