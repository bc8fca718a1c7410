"""The configuration that is documented is one that starts a server."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from mcp_kit import Rig

from ima_nano_banana.doors import order
from ima_nano_banana.doors.cli.mcp import COMMAND, settings_of
from ima_nano_banana.doors.reading import read
from ima_nano_banana.doors.session import Session

PAGE = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")
CLIENTS = ("Claude Code", "Claude Desktop", "Cursor", "VS Code", "Gemini CLI")


def section(client: str) -> str:
    return PAGE.split(f"### {client}\n")[1].split("\n### ")[0]


def snippet(client: str) -> dict[str, Any]:
    (found,) = re.findall(r"```json\n(.*?)```", section(client), re.DOTALL)
    return dict(json.loads(found))


def parsed(words: list[str]) -> Session:
    """Read the options the way the command does, without starting anything."""
    known = {flag.name: flag for flag in COMMAND.flags}
    session = Session(read(words), resume=("nano-banana", "resume"))
    values: dict[str, object] = {}
    rest = words[1:]
    while rest:
        flag = known[rest.pop(0)]
        name = flag.dest
        if flag.kind == "switch":
            values[name] = True
        elif flag.kind == "many":
            values[name] = (*order.many(values, name), rest.pop(0))
        else:
            values[name] = rest.pop(0)
    session.settle(values)
    return session


@pytest.mark.parametrize("client", CLIENTS)
def test_each_clients_snippet_starts_the_server_with_options_that_exist(client: str) -> None:
    config = snippet(client)
    (server,) = (config.get("servers") or config["mcpServers"]).values()
    assert server["command"] == "nano-banana"
    assert server["args"][0] == COMMAND.name
    settings_of(parsed(server["args"]))
    assert set(server.get("env", {})) <= {"IMA_API_KEY"}
    # The key itself never stands in a file.
    assert all("IMA_API_KEY" in value or "${input:" in value for value in server.get("env", {}).values())


def test_the_desktop_snippet_means_what_it_says() -> None:
    (server,) = snippet("Claude Desktop")["mcpServers"].values()
    settings = settings_of(parsed(server["args"]))
    assert settings.max_credits == 20
    assert settings.output_dir == Path.home() / "Pictures" / "nano-banana"
    assert settings.allow_paths == (Path.home() / "Pictures",)


def test_every_console_line_is_one_that_exists() -> None:
    lines = re.findall(r"^\$ (?:claude mcp add nano-banana -- )?(nano-banana mcp.*?)(?:#.*)?$", PAGE, re.MULTILINE)
    assert len(lines) >= 3
    for line in lines:
        settings_of(parsed(shlex.split(line)[1:]))


def test_every_option_of_the_command_is_documented() -> None:
    for flag in COMMAND.flags:
        assert f"`{flag.name}" in PAGE, flag.name


@pytest.mark.anyio
async def test_every_tool_is_documented(rig: Rig) -> None:
    async with rig.client() as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
    assert names == set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))


def test_every_text_of_the_room_fits_its_twin() -> None:
    from string import Formatter

    from ima_nano_banana.words.mcp import TEXTS

    for key, (zh, en) in TEXTS.items():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
        assert fields[0] == fields[1], key
