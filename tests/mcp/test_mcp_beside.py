"""What a server offers beside its tools: choices, prompts, completions, log messages, and a token on HTTP."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from mcp.types import PromptReference, ResourceTemplateReference
from mcp_kit import body, rig_in, willing

from ima_nano_banana.domain.model import MODEL_IDS
from ima_nano_banana.domain.pixels import RATIOS
from ima_nano_banana.doors.mcp import guard, shelf
from ima_nano_banana.doors.mcp.server import serve_http
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from mcp_kit import Rig

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat"}
TOKEN = "0123456789abcdef0123"


async def test_the_schemas_name_what_may_be_chosen(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        tools = {tool.name: tool.input_schema["properties"] for tool in (await client.list_tools()).tools}
    for name in ("quote_image", "generate_image", "edit_image"):
        choices = {key: tools[name][key]["anyOf"][0]["enum"] for key in ("model", "size", "aspect_ratio")}
        assert set(choices["model"]) >= {"flash", "pro", "budget", *MODEL_IDS}
        assert choices["size"] == ["512px", "1K", "2K", "4K"]
        assert choices["aspect_ratio"] == RATIOS
    assert "enum" not in json.dumps(tools["generate_image"]["prompt"])


async def test_the_live_list_offers_nothing_that_the_schemas_do_not_name(rig: Rig) -> None:
    async with rig.client() as client:
        rows = body(await client.call_tool("list_models", {}))["models"]
        tools = {tool.name: tool.input_schema["properties"] for tool in (await client.list_tools()).tools}
    named = tools["generate_image"]
    for row in rows:
        assert {one["size"] for one in row["sizes"]} <= set(named["size"]["anyOf"][0]["enum"])
        assert set(row["aspect_ratios"]) <= set(named["aspect_ratio"]["anyOf"][0]["enum"])


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_description_says_when_not_to_use_it_what_it_costs_and_what_comes_back(
    rig: Rig, language: str
) -> None:
    wanted = {"en": ("Use it", "not", "Returns"), "zh": ("用它", "不", "返回")}[language]
    async with rig.client(language=language) as client:
        for tool in (await client.list_tools()).tools:
            about = tool.description or ""
            assert all(word in about for word in wanted), tool.name
            assert ("free" in about.lower() or "免费" in about) != ("spends" in about or "消耗" in about), tool.name
            assert all("description" in one for one in tool.input_schema["properties"].values()), tool.name


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_prompts_ask_for_the_price_first(rig: Rig, era: str, language: str) -> None:
    given = {"product_shot": {"product": "a mug"}, "poster": {"title": "Jazz"}, "restyle": {"style": "pixel art"}}
    async with rig.client(era, language=language) as client:
        listed = (await client.list_prompts()).prompts
        assert [one.name for one in listed] == list(given)
        for one in listed:
            assert one.title
            assert one.description
            told = (await client.get_prompt(one.name, given[one.name])).messages[0].content.text
            assert "quote_image" in told
            assert next(iter(given[one.name].values())) in told
            assert "{" not in told


async def test_addresses_of_pictures_are_completed_from_ones_own_books(rig: Rig) -> None:
    template = ResourceTemplateReference(uri=shelf.TEMPLATE)
    async with rig.client(person=willing()) as client:
        task_id = body(await client.call_tool("generate_image", CAT))["task_id"]
        found = await client.complete(template, {"name": "task_id", "value": task_id[:3]})
        assert found.completion.values == [task_id]
        number = await client.complete(template, {"name": "number", "value": ""}, {"task_id": task_id})
        assert number.completion.values == ["1"]
        nobody = await client.complete(template, {"name": "task_id", "value": "zzz"})
        assert nobody.completion.values == []
    async with rig.client(user_id="somebody-else") as client:
        other = await client.complete(template, {"name": "task_id", "value": ""})
        assert other.completion.values == []


async def test_what_prompts_take_is_completed(rig: Rig) -> None:
    async with rig.client() as client:
        style = await client.complete(PromptReference(name="restyle"), {"name": "style", "value": "w"})
        shape = await client.complete(PromptReference(name="poster"), {"name": "aspect_ratio", "value": "16"})
    assert style.completion.values == ["watercolour"]
    assert shape.completion.values == ["16:9"]


@pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")
@pytest.mark.parametrize(("level", "heard"), [("info", True), ("error", False), (None, False)])
async def test_log_messages_go_to_whoever_asked_for_them(rig: Rig, level: Any, heard: bool) -> None:
    told: list[Any] = []

    async def logged(params: Any) -> None:
        told.append(params)

    async with rig.client("legacy", willing(), logging_callback=logged) as client:
        if level is not None:
            await client.set_logging_level(level)
        assert body(await client.call_tool("generate_image", CAT))["status"] == "done"
    assert bool(told) == heard
    assert "a cat" not in str([one.data for one in told])


@asynccontextmanager
async def over_http(rig: Rig, token: str | None) -> AsyncIterator[str]:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.ensure_future(serve_http(rig.house(), 0, told.set_result, token))
    try:
        await asyncio.wait({told, serving}, return_when=asyncio.FIRST_COMPLETED)
        yield told.result()
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest.mark.loopback
async def test_a_server_with_a_token_hears_only_who_bears_it(tmp_path: Path) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    accept = {"accept": "application/json, text/event-stream"}
    wrong = [{}, {"authorization": f"Bearer {TOKEN}x"}, {"authorization": f"Basic {TOKEN}"}, {"authorization": TOKEN}]
    async with over_http(rig_in(tmp_path), TOKEN) as url, httpx2.AsyncClient(trust_env=False) as client:
        for headers in wrong:
            answer = await client.post(url, json=message, headers={**accept, **headers})
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
        right = {**accept, "authorization": f"bearer {TOKEN}"}
        answer = await client.post(url, json=message, headers=right)
        assert answer.status_code not in (401, 403)
        answer = await client.post(url, json=message, headers={**right, "origin": "https://evil.example"})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "content", [b"", b"short", b"two words of a token", "密钥密钥密钥密钥密钥".encode(), bytes(5000)]
)
def test_a_file_that_holds_no_token_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(UsageFault):
        guard.token_of(tmp_path / "token")


def test_a_token_is_read_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\r\n")
    assert guard.token_of(tmp_path / "token") == TOKEN
    with pytest.raises(UsageFault):
        guard.token_of(tmp_path / "none")
