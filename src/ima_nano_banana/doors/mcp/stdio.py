"""The server's end of the pipe: every line is answered, also one that holds no text."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from mcp.shared.message import SessionMessage
from mcp.types import INVALID_REQUEST, PARSE_ERROR, JSONRPCError, JSONRPCResponse, jsonrpc_message_adapter
from pydantic import ValidationError

from ima_nano_banana import words
from ima_nano_banana.wire.redact import keyless

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp.types import JSONRPCMessage

    from ima_nano_banana.doors.mcp.front import Front
    from ima_nano_banana.words import Language

    Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
    Outgoing = MemoryObjectSendStream[SessionMessage]


@asynccontextmanager
async def streams(front: Front, language: Language) -> AsyncIterator[tuple[Incoming, Outgoing]]:
    """Connect the SDK to a pipe that somebody else has opened."""
    heard_in, heard = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    told, told_out = anyio.create_memory_object_stream[SessionMessage](0)

    async def reader() -> None:
        async with heard_in:
            while (line := await anyio.to_thread.run_sync(front.next, abandon_on_cancel=True)) is not None:
                message = understood(line)
                if message is None:
                    await anyio.to_thread.run_sync(front.write, refusal(line, language))
                else:
                    await heard_in.send(SessionMessage(message))

    async def writer() -> None:
        async with told_out:
            async for one in told_out:
                if not _said(front, one.message):
                    await anyio.to_thread.run_sync(front.write, keyless(_text(one.message)))

    async with anyio.create_task_group() as group:
        group.start_soon(_until_closed, reader)
        group.start_soon(_until_closed, writer)
        yield heard, told


async def _until_closed(work: Callable[[], Awaitable[None]]) -> None:
    """Work until either end is closed; a client that went without a word is no fault of the server."""
    with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        await work()


def understood(line: bytes) -> JSONRPCMessage | None:
    """Return the message, or ``None`` if it is none."""
    try:
        return jsonrpc_message_adapter.validate_json(line.decode(), by_name=False)
    except (ValidationError, UnicodeDecodeError):
        return None


def refusal(line: bytes, language: Language) -> str:
    """Return the error for a line that is no message, with its id where one can be made out."""
    number: object = None
    code, key = PARSE_ERROR, "mcp.no_json"
    with suppress(ValueError, RecursionError):
        told = json.loads(line.decode(errors="replace"))
        code, key = INVALID_REQUEST, "mcp.no_message"
        found = told.get("id") if isinstance(told, dict) else None
        number = found if isinstance(found, (int, str)) and not isinstance(found, bool) else None
        if not _is_text(line, told):
            key = "mcp.no_text"
    error = {"code": code, "message": words.text(key, language)}
    return json.dumps({"jsonrpc": "2.0", "id": number, "error": error})


def _is_text(line: bytes, told: object) -> bool:
    try:
        line.decode()
        json.dumps(told, ensure_ascii=False).encode()
    except UnicodeError:
        return False
    return True


def _said(front: Front, message: JSONRPCMessage) -> bool:
    """Tell whether this is the answer to ``initialize`` that the client has already."""
    if front.greeted is None or not isinstance(message, JSONRPCResponse) or message.id != front.greeted:
        return False
    front.greeted = None
    return True


def _text(message: JSONRPCMessage) -> str:
    try:
        return message.model_dump_json(by_alias=True, exclude_unset=True)
    except ValueError:  # a name of a file that is no text
        if not isinstance(message, (JSONRPCResponse, JSONRPCError)):
            return message.model_dump_json(by_alias=True, exclude_unset=True, fallback=repr)
        told = message.model_dump(by_alias=True, exclude_unset=True)
        return json.dumps(told).encode("utf-8", "replace").decode()
