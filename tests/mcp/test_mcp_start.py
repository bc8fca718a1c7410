"""The first word comes before the SDK is there, is the SDK's own, and every line after it is answered."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS

from ima_nano_banana.doors.mcp import front
from ima_nano_banana.doors.mcp.server import serve_stdio

if TYPE_CHECKING:
    from pathlib import Path

    from mcp_kit import Rig

pytestmark = pytest.mark.anyio

WHO = {"clientInfo": {"name": "x", "version": "1"}, "capabilities": {}}


def opening(version: str, number: object = 1) -> dict[str, Any]:
    params = {**WHO, "protocolVersion": version}
    return {"jsonrpc": "2.0", "id": number, "method": "initialize", "params": params}


def line(told: object) -> bytes:
    return json.dumps(told).encode() + b"\n"


async def answers(rig: Rig, *lines: bytes, greets: bool = True, language: str = "en") -> list[dict[str, Any]]:
    """What a server writes to a client that says these lines and goes."""
    out = io.BytesIO()
    opened = front.Front(io.BytesIO(b"".join(lines)), out, language)
    if not greets:
        opened._first = False
    opened.open()
    with anyio.fail_after(30):
        await serve_stdio(rig.house(language=language), opened)
    return [json.loads(one) for one in out.getvalue().splitlines()]


def test_the_versions_are_those_of_the_sdk() -> None:
    assert front.HANDSHAKES == HANDSHAKE_PROTOCOL_VERSIONS


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("version", [*front.HANDSHAKES, "1999-01-01", "2026-07-28"])
async def test_the_early_answer_is_the_one_that_the_sdk_gives(rig: Rig, version: str, language: str) -> None:
    early = await answers(rig, line(opening(version)), language=language)
    late = await answers(rig, line(opening(version)), greets=False, language=language)
    assert early == late
    assert len(early) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}},
        {"jsonrpc": "2.0", "id": 1, "method": "initialize"},
        {**opening("2025-06-18"), "id": None},
        {"jsonrpc": "2.0", "id": 1, "method": "ping"},
        [],
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ],
)
def test_anything_but_a_plain_initialize_is_left_to_the_sdk(wrong: object) -> None:
    assert front._opening(line(wrong)) is None


async def test_what_a_client_says_right_after_its_first_word_is_answered_in_turn(rig: Rig) -> None:
    told = await answers(
        rig,
        line(opening("2025-06-18", "one")),
        line({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        line({"jsonrpc": "2.0", "id": 2, "method": "ping"}),
    )
    assert [one["id"] for one in told] == ["one", 2]
    assert told[1]["result"] == {}


CALL = (
    b'{"jsonrpc":"2.0","id":%b,"method":"tools/call","params":{"name":"generate_image","arguments":{"prompt":"%b"}}}\n'
)


@pytest.mark.parametrize(
    ("bad", "number"),
    [
        (CALL % (b"7", b"a cat \\ud83d"), 7),
        (CALL % (b'"x"', b"caf\xe9"), "x"),
        (b'{"jsonrpc":"2.0","id":7\n', None),
        (b'{"id":7}\n', 7),
    ],
)
async def test_a_line_that_is_no_text_or_no_message_is_answered_with_its_id(
    rig: Rig, bad: bytes, number: object
) -> None:
    told = await answers(rig, line(opening("2025-06-18")), bad, line({"jsonrpc": "2.0", "id": 9, "method": "ping"}))
    assert {one["id"] for one in told} == {1, number, 9}
    refused = next(one for one in told if one["id"] == number)
    assert refused["error"]["message"]
    assert rig.creates == 0


def test_the_front_needs_no_sdk() -> None:
    code = (
        "import sys; from ima_nano_banana.doors.mcp import front; front.hello('x', 'en');"
        "sys.exit(any(name.split('.')[0] in ('mcp', 'pydantic', 'anyio', 'httpx2', 'PIL') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_first_word_is_said_while_the_sdk_is_still_missing(tmp_path: Path) -> None:
    """Whatever the machine's speed: the SDK of this process is never there at all."""
    code = (
        "import sys, threading; from ima_nano_banana.doors.mcp import front;"
        "one = front.on_std('en'); one.open(); print('stray'); one.next(); sys.exit('mcp' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=line(opening("2025-06-18")), capture_output=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["result"]["protocolVersion"] == "2025-06-18"
    assert done.stderr.strip() == b"stray"


async def test_a_client_that_goes_without_a_word_is_no_fault_of_the_server(rig: Rig) -> None:
    class Gone(io.BytesIO):
        def write(self, _: object) -> int:
            raise BrokenPipeError

    ping = line({"jsonrpc": "2.0", "id": 2, "method": "ping"})
    opened = front.Front(io.BytesIO(line(opening("2025-06-18")) + b"no json\n" + ping), Gone(), "en")
    opened.open()
    with anyio.fail_after(30):
        await serve_stdio(rig.house(), opened)
