"""The first word of a server on stdio: said before the SDK is there, which takes seconds to import on a small machine.

Hosts give a server a few seconds for its answer to ``initialize``. That answer depends on nothing but constants; so a
thread of its own reads the pipe, answers, and keeps every line for the server that comes up behind it. The server hears
``initialize`` as well and its own answer, which a test holds to be the same, is left out. No import of ``mcp`` here.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

from ima_nano_banana import __version__, words

if TYPE_CHECKING:
    from ima_nano_banana.words import Language

Json = dict[str, object]

NAME = "ima-nano-banana"
HANDSHAKES = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""The versions of the protocol that begin with ``initialize``, oldest first."""
CAPABILITIES: Json = {
    "completions": {},
    "logging": {},
    "prompts": {"listChanged": False},
    "resources": {"listChanged": False, "subscribe": False},
    "tools": {"listChanged": False},
}
ICON: Json = {
    "src": (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' "
        "height='32' rx='7' fill='%23fff3c4'/%3E%3Cpath d='M7 6c1 12 8 19 19 18-3 4-9 5-14 2C6 22 4 13 7 6z' "
        "fill='%23f2b705' stroke='%237a5c00'/%3E%3C/svg%3E"
    ),
    "mimeType": "image/svg+xml",
    "sizes": ["any"],
}


def hello(version: str, language: Language) -> Json:
    """Return the result of ``initialize`` for a client that asked for ``version``."""
    spoken = version if version in HANDSHAKES else HANDSHAKES[-1]
    title = words.text("mcp.title", language)
    return {
        "protocolVersion": spoken,
        "capabilities": CAPABILITIES,
        "serverInfo": {"name": NAME, "title": title, "version": __version__, "icons": [ICON]},
        "instructions": words.text("mcp.instructions", language),
    }


class Front:
    """Standard input and output, from the first moment on.

    Attributes:
        greeted: The id of the ``initialize`` that is answered already, until the server has answered it too.
    """

    def __init__(self, source: BinaryIO, sink: BinaryIO, language: Language) -> None:
        self.greeted: object = None
        self._source = source
        self._sink = sink
        self._language: Language = language
        self._first = True
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._writing = threading.Lock()

    def open(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._listen, name="mcp-stdin", daemon=True).start()

    def _listen(self) -> None:
        try:
            for line in self._source:
                self._hear(line)
        except (OSError, ValueError):  # the pipe broke, or was closed under us: nobody speaks any more
            pass
        finally:
            self._lines.put(None)

    def _hear(self, line: bytes) -> None:
        if not line.strip():
            return
        if self._first:
            self._first = False
            self._greet(line)
        self._lines.put(line)

    def _greet(self, line: bytes) -> None:
        asked = _opening(line)
        if asked is None:
            return
        number, version = asked
        self.greeted = number
        told = {"jsonrpc": "2.0", "id": number, "result": hello(version, self._language)}
        with suppress(OSError, ValueError):
            self.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")))

    def next(self) -> bytes | None:
        """Wait for the next line; ``None`` when the client has gone."""
        return self._lines.get()

    def write(self, line: str) -> None:
        """Send one message."""
        with self._writing:
            self._sink.write(line.encode() + b"\n")
            self._sink.flush()


def _opening(line: bytes) -> tuple[int | str, str] | None:
    """Return id and version of an ``initialize`` that any server would accept; anything else is left to the SDK."""
    try:
        told = json.loads(line.decode())
        params, number = told["params"], told["id"]
        who, version = params["clientInfo"], params["protocolVersion"]
        plain = isinstance(params["capabilities"], dict) and told["jsonrpc"] == "2.0" and told["method"] == "initialize"
        named = isinstance(who["name"], str) and isinstance(who["version"], str) and isinstance(version, str)
        numbered = isinstance(number, (int, str)) and not isinstance(number, bool)
        json.dumps(told, ensure_ascii=False).encode()  # half an emoji is no text
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (number, version) if plain and named and numbered else None


def on_std(language: Language) -> Front:
    """Take standard input and output for the protocol; what else reads finds the end, what else prints is on stderr."""
    source, sink = _private(0, os.devnull, os.O_RDONLY), _private(1, None, os.O_WRONLY)
    if source is None or sink is None:
        return Front(sys.stdin.buffer, sys.stdout.buffer, language)
    return Front(os.fdopen(source, "rb"), os.fdopen(sink, "wb"), language)


def _private(number: int, other: str | None, flags: int) -> int | None:
    """Move a standard stream to a descriptor of its own and put another in its place."""
    try:
        mine = os.dup(number)
        try:
            instead = os.open(other, flags) if other else os.dup(2)
        except OSError:
            instead = os.open(os.devnull, flags)
        os.dup2(instead, number)
        os.close(instead)
    except OSError:
        return None
    return mine
