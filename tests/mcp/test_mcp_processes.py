"""Real processes on stdin and stdout, and real sockets: what only they can show."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import pytest
from mcp_kit import Rig, body, drawn_flat, rig_in, willing

from ima_nano_banana import sandbox
from ima_nano_banana.doors.mcp.server import serve_http
from mcp import Client, StdioServerParameters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.anyio, pytest.mark.loopback]

COMMAND = [sys.executable, "-c", "import sys; from ima_nano_banana.doors.cli.main import main; sys.exit(main())"]
CAT = {"prompt": "a cat on the moon"}
PRICE = 6


@pytest.fixture
def world_env(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "work").mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(tmp_path / "home"), "OPENCLAW_STATE_DIR": str(tmp_path / "state")}


def server_of(tmp_path: Path, env: dict[str, str], *flags: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=COMMAND[0], args=[*COMMAND[1:], "mcp", "--sandbox", *flags], env=env, cwd=tmp_path / "work"
    )


def books_of(tmp_path: Path) -> Any:
    return sandbox.open_world(tmp_path / "state" / "memory" / "ima_sandbox.sqlite3").books


async def test_every_tool_works_over_stdio(tmp_path: Path, world_env: dict[str, str]) -> None:
    person = willing()
    async with Client(
        server_of(tmp_path, world_env), elicitation_callback=person.elicited, read_timeout_seconds=60
    ) as client:
        assert len((await client.list_tools()).tools) == 8
        assert body(await client.call_tool("quote_image", CAT))["quote"]["credit"] == PRICE
        made = body(await client.call_tool("generate_image", CAT, progress_callback=person.told))
        assert Path(made["files"][0]).parent == tmp_path / "work"
        edit = {"prompt": "at night", "images": ["@last"], "wait_seconds": 0}
        running = body(await client.call_tool("edit_image", edit))
        assert running["status"] == "running"
        assert body(await client.call_tool("resume_task", {"task_id": running["task_id"]}))["status"] == "done"
        assert len(body(await client.call_tool("list_tasks", {}))["tasks"]) == 2
        for name in ("list_models", "get_limits"):
            assert not (await client.call_tool(name, {})).is_error
        assert len((await client.list_resources()).resources) == 2
    assert len(person.progress) >= 3
    assert len(person.asked) == 2
    assert books_of(tmp_path).points_charged() == 2 * PRICE


class Raw:
    """A server process, spoken to line by line, so that each line of its stdout is seen."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._next = 0

    async def send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        await self.process.stdin.drain()

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._next += 1
        await self.send(id=self._next, method=method, params=params)
        return await self.until(lambda line: line.get("id") == self._next)

    async def until(self, wanted: Any) -> dict[str, Any]:
        assert self.process.stdout is not None
        with anyio.fail_after(60):
            while True:
                line = await self.process.stdout.readline()
                assert line, "the server is gone"
                message: dict[str, Any] = json.loads(line)
                assert message["jsonrpc"] == "2.0"
                self.lines.append(message)
                if wanted(message):
                    return message


@asynccontextmanager
async def raw_server(tmp_path: Path, env: dict[str, str], *flags: str) -> AsyncIterator[Raw]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("mcp", "--sandbox", *flags),
        env=env,
        cwd=tmp_path / "work",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    raw = Raw(process)
    try:
        about = {"name": "raw", "version": "1"}
        await raw.ask("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=about)
        await raw.send(method="notifications/initialized")
        yield raw
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def made_of(answer: dict[str, Any]) -> dict[str, Any]:
    return dict(answer["result"]["structuredContent"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_a_killed_servers_task_is_fetched_by_a_new_one_at_no_further_cost(
    tmp_path: Path, world_env: dict[str, str]
) -> None:
    async with raw_server(tmp_path, world_env, "--max-credits", "10") as raw:
        answer = await raw.ask("tools/call", name="generate_image", arguments={**CAT, "wait_seconds": 0})
        told = made_of(answer)
        assert told["status"] == "running"
        raw.process.send_signal(signal.SIGKILL)
        await raw.process.wait()
    assert list((tmp_path / "work").iterdir()) == []

    async with raw_server(tmp_path, world_env, "--no-spend") as raw:
        tasks = made_of(await raw.ask("tools/call", name="list_tasks", arguments={"state": "open"}))["tasks"]
        assert [row["task_id"] for row in tasks] == [told["task_id"]]
        answer = await raw.ask("tools/call", name="resume_task", arguments={"task_id": told["task_id"]})
        done = made_of(answer)
    assert done["status"] == "done"
    assert Path(done["files"][0]).is_file()
    assert books_of(tmp_path).points_charged() == PRICE


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_told_to_stop_closes_its_books(tmp_path: Path, world_env: dict[str, str], number: int) -> None:
    async with raw_server(tmp_path, world_env, "--max-credits", "10") as raw:
        await raw.ask("tools/call", name="generate_image", arguments={**CAT, "wait_seconds": 0})
        raw.process.send_signal(number)
        with anyio.fail_after(15):
            assert await raw.process.wait() == 130
        assert raw.process.stderr is not None
        assert b"Traceback" not in await raw.process.stderr.read()


async def test_a_client_that_cancels_and_one_that_closes_the_pipe_lose_nothing(
    tmp_path: Path, world_env: dict[str, str]
) -> None:
    async with raw_server(tmp_path, world_env, "--max-credits", "10") as raw:
        meta = {"progressToken": "t"}
        await raw.send(id=77, method="tools/call", params={"name": "generate_image", "arguments": CAT, "_meta": meta})
        await raw.until(lambda line: "The task is created" in json.dumps(line, ensure_ascii=False))
        await raw.send(method="notifications/cancelled", params={"requestId": 77, "reason": "bored"})
        tasks = made_of(await raw.ask("tools/call", name="list_tasks", arguments={"state": "open"}))["tasks"]
        assert len(tasks) == 1
        assert not [line for line in raw.lines if line.get("id") == 77]
        assert [line for line in raw.lines if line.get("method") == "notifications/progress"]
        assert raw.process.stdin is not None
        raw.process.stdin.close()
        with anyio.fail_after(20):
            assert await raw.process.wait() == 0
    async with raw_server(tmp_path, world_env) as raw:
        answer = await raw.ask("tools/call", name="resume_task", arguments={"task_id": tasks[0]["task_id"]})
        assert made_of(answer)["status"] == "done"
    assert books_of(tmp_path).points_charged() == PRICE


async def test_nothing_but_the_protocol_is_written_to_stdout_and_no_prompt_to_the_log(
    tmp_path: Path, world_env: dict[str, str]
) -> None:
    prompt = "a very private walrus"
    async with raw_server(tmp_path, world_env, "--max-credits", "10") as raw:
        await raw.ask("tools/call", name="generate_image", arguments={"prompt": prompt})
        await raw.ask("tools/call", name="generate_image", arguments={"prompt": prompt, "count": 99})
        await raw.ask("tools/call", name="generate_image", arguments={"prompt": prompt, "size": "3K"})
        await raw.ask("no/such/method")
        # Nobody sent a progress token.
        assert not [line for line in raw.lines if line.get("method") == "notifications/progress"]
        assert raw.process.stdin is not None
        raw.process.stdin.close()
        await raw.process.wait()
        assert raw.process.stderr is not None
        complaints = await raw.process.stderr.read()
    assert b"walrus" not in complaints
    assert b"Traceback" not in complaints
    for log in (tmp_path / "state" / "logs").rglob("*.log"):
        assert "walrus" not in log.read_text(encoding="utf-8")


async def run_command(tmp_path: Path, env: dict[str, str], *words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *words,
        env=env,
        cwd=tmp_path / "work",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_two_servers_and_a_command_line_at_once_keep_a_daily_limit(
    tmp_path: Path, world_env: dict[str, str]
) -> None:
    code, _ = await run_command(tmp_path, world_env, "limits", "set", "--daily", str(3 * PRICE), "--sandbox")
    assert code == 0
    outcomes: list[str] = []

    async def through_a_server(name: str) -> None:
        async with Client(server_of(tmp_path, world_env), read_timeout_seconds=90) as client:

            async def one(number: int) -> None:
                told = body(await client.call_tool("generate_image", {"prompt": f"{name} {number}"}))
                outcomes.append(told["status"] if "error" not in told else told["error"]["kind"])

            async with anyio.create_task_group() as group:
                for number in range(3):
                    group.start_soon(one, number)

    async def through_the_command(number: int) -> None:
        words = ("generate", f"shell {number}", "--sandbox", "--json")
        code, _ = await run_command(tmp_path, world_env, *words)
        outcomes.append({0: "done", 5: "budget"}.get(code, str(code)))

    async with anyio.create_task_group() as group:
        group.start_soon(through_a_server, "first")
        group.start_soon(through_a_server, "second")
        for number in range(2):
            group.start_soon(through_the_command, number)
    assert sorted(outcomes) == ["budget"] * 5 + ["done"] * 3
    assert books_of(tmp_path).points_charged() == 3 * PRICE


@asynccontextmanager
async def over_http(rig: Rig) -> AsyncIterator[str]:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.ensure_future(serve_http(rig.house(), 0, told.set_result))
    try:
        await asyncio.wait({told, serving}, return_when=asyncio.FIRST_COMPLETED)
        yield told.result()
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_the_tools_work_over_http_in_both_eras(tmp_path: Path, era: str) -> None:
    rig = rig_in(tmp_path, draw=drawn_flat)
    person = willing()
    async with (
        over_http(rig) as url,
        Client(url, mode=era, elicitation_callback=person.elicited, read_timeout_seconds=60) as client,
    ):
        told = body(await client.call_tool("generate_image", CAT, progress_callback=person.told))
        assert told["status"] == "done"
        full = (await client.read_resource(told["resources"][0])).contents[0]
        assert full.mime_type == "image/png"
    assert len(person.asked) == 1
    assert person.progress
    assert rig.creates == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_a_server_on_http_says_where_it_is_and_ends_without_a_word(
    tmp_path: Path, world_env: dict[str, str]
) -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("mcp", "--sandbox", "--http", "--port", "0"),
        env=world_env,
        cwd=tmp_path / "work",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    with anyio.fail_after(30):
        line = (await process.stderr.readline()).decode()
        url = line.split("http://")[1].split("/mcp")[0]
        async with Client(f"http://{url}/mcp") as client:
            assert len((await client.list_tools()).tools) == 8
        process.terminate()
        out, err = await process.communicate()
    assert process.returncode == 130
    assert (out, err) == (b"", b"")


async def test_a_port_that_is_taken_is_a_usage_error(tmp_path: Path, world_env: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _ = await run_command(tmp_path, world_env, "mcp", "--sandbox", "--http", "--port", port)
    assert code == 2


@pytest.mark.parametrize("header", [{"host": "evil.example"}, {"origin": "https://evil.example"}])
async def test_a_web_page_from_elsewhere_cannot_reach_the_server(tmp_path: Path, header: dict[str, str]) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"accept": "application/json, text/event-stream"}
    async with over_http(rig_in(tmp_path)) as url, httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.post(url, json=message, headers={**accept, **header})
    assert answer.status_code in (403, 421)
