"""Replies of the tools: the object that programs read, the same as text, previews and links."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from mcp.types import Annotations, CallToolResult, ContentBlock, ImageContent, ResourceLink, TextContent

from ima_nano_banana import words
from ima_nano_banana.domain.events import Started
from ima_nano_banana.domain.schedule import expected_seconds
from ima_nano_banana.doors import approving, present
from ima_nano_banana.doors.mcp import previews
from ima_nano_banana.doors.messages import fetchable
from ima_nano_banana.doors.resume import OF_COMMAND, command_line
from ima_nano_banana.wire.redact import keyless

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Quote, Result
    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.doors.mcp.runs import Run
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.ledger import Plan
    from ima_nano_banana.words import Language

Json = dict[str, object]

SCHEME = "nano-banana"
MIME_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


def plain(body: Json, *more: ContentBlock, is_error: bool = False) -> CallToolResult:
    """Return a reply with ``body`` as structured content and as text."""
    body = keyless(body)
    text = json.dumps(body, ensure_ascii=False)
    return CallToolResult(
        content=[TextContent(type="text", text=text), *more], structured_content=body, is_error=is_error
    )


async def made(result: Result, language: Language) -> CallToolResult:
    """Return a finished picture: the result object, a preview of each picture, a link to each file."""
    body: Json = {"status": "done", **present.result(result, language), "resources": uris(result)}
    return plain(body, *await pictures(result, language))


def uris(result: Result) -> list[str]:
    """Return the addresses under which the files can be read from this server."""
    return [uri(result.task_id, number) for number, _ in enumerate(result.files, start=1)]


def uri(task_id: str, number: int) -> str:
    """Return the address of one picture; it stays the same wherever the file is moved to."""
    return f"{SCHEME}://pictures/{task_id}/{number}"


async def pictures(result: Result, language: Language) -> list[ContentBlock]:
    """Return previews for the user's eyes and links to the full files."""
    found: list[ContentBlock] = []
    small = await anyio.to_thread.run_sync(previews.previews, result.files)
    user = Annotations(audience=["user"], priority=1.0)
    for data in small:
        if data is not None:
            text = base64.b64encode(data).decode()
            found.append(ImageContent(type="image", data=text, mime_type=previews.MIME_TYPE, annotations=user))
    found += [link(result.task_id, number, Path(file), language) for number, file in enumerate(result.files, start=1)]
    return found


def link(task_id: str, number: int, file: Path, language: Language) -> ResourceLink:
    """Return the link to a full file."""
    return ResourceLink(
        type="resource_link",
        uri=uri(task_id, number),
        name=keyless(file.name),
        title=words.text("mcp.picture", language, number=number, task_id=task_id),
        description=keyless(str(file)),
        mime_type=MIME_TYPES.get(file.suffix.lower(), "application/octet-stream"),
        size=file.stat().st_size if file.is_file() else None,
        annotations=Annotations(audience=["user", "assistant"], priority=1.0),
    )


async def failed(fault: Fault, language: Language, house: House, **beside: object) -> CallToolResult:
    """Return a failure as a result, never as a protocol error; pictures that were made come along."""
    body: Json = {"status": "failed", **failure(fault, language, house), **beside}
    more: list[ContentBlock] = []
    if fault.result is not None and fault.result.files:
        body["resources"] = uris(fault.result)
        more = await pictures(fault.result, language)
    return plain(body, *more, is_error=True)


def failure(fault: Fault, language: Language, house: House) -> Json:
    """Return the error object, with the tool and the command that fetch a paid picture."""
    can_fetch = fetchable(fault) and fault.task_id is not None
    command = resume_command(fault.task_id, house) if can_fetch and fault.task_id else None
    sandbox = house.settings.sandbox
    approve = approving.of_fault(fault, sandbox=sandbox, env=house.env)
    body = present.failure(
        fault, language, sandbox=sandbox, resume_command=command, approve_command=approve, reader="chat"
    )
    error = body["error"]
    if can_fetch and isinstance(error, dict):
        error["resume_tool"] = "resume_task"
    return body


def resume_command(task_id: str, house: House) -> str:
    """Return the command that fetches a picture without this server."""
    sandbox = ("--sandbox",) if house.settings.sandbox else ()
    return command_line((*OF_COMMAND, task_id, *sandbox))


def running(run: Run, house: House) -> CallToolResult:
    """Return what is known of a task that goes on without the caller."""
    task_id = str(run.trace.task_id)
    body: Json = {
        "status": "running",
        "task_id": task_id,
        **_known(run),
        "charged": "yes",
        "elapsed_seconds": round(run.elapsed, 1),
        "sandbox": house.settings.sandbox,
        "language": run.language,
        "message": words.text(words.in_chat("mcp.running"), run.language),
        "resume_tool": "resume_task",
        "resume_command": resume_command(task_id, house),
    }
    return plain(body)


def _known(run: Run) -> Json:
    """Return what the run has told of its task so far."""
    started = next((event for event in run.events if isinstance(event, Started)), None)
    if started is None:
        return {"expected_seconds": list(expected_seconds(None))}
    return {
        "model_name": started.model_name,
        "task_type": started.task_type,
        "size": started.size,
        "aspect_ratio": started.aspect_ratio,
        "count": started.count,
        "credit": started.credit,
        "expected_seconds": list(started.expected_seconds),
    }


def planned(plan: Plan, language: Language, house: House) -> Json:
    """Return the plan object of ``nano-banana plan``."""
    return present.plan(plan, language, approving.commands(plan.plan_id, sandbox=plan.sandbox, env=house.env))


def priced(quote: Quote, language: Language, house: House) -> Json:
    """Return the quote object of ``--dry-run``."""
    expected = expected_seconds(quote.offer.model_id)
    return present.quote(quote, language, sandbox=house.settings.sandbox, expected=expected)
