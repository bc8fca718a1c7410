"""Each tool, in both eras of the protocol: what goes in, what comes out, and that it fits."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mcp.types import ImageContent, ResourceLink
from mcp_kit import Rig, body, picture, willing
from PIL import Image

if TYPE_CHECKING:
    from mcp import Client

pytestmark = pytest.mark.anyio

TOOLS = [
    "quote_image",
    "propose_image",
    "generate_image",
    "edit_image",
    "resume_task",
    "list_tasks",
    "list_models",
    "get_limits",
]
RESULT_KEYS = {
    *("task_id", "url", "cover_url", "model_id", "model_name", "credit", "urls", "files", "size", "aspect_ratio"),
    *("count", "width", "height", "requested", "adjustments", "expected_seconds", "elapsed_seconds", "sandbox"),
    *("version_id", "language", "message"),
}


def tokens(result: Any) -> int:
    """The most that any client can count: half the characters of the whole reply."""
    return len(result.model_dump_json(by_alias=True, exclude_none=True)) // 2


async def made(client: Client, **wish: Any) -> Any:
    return await client.call_tool("generate_image", {"prompt": "a cat on the moon", **wish})


async def test_every_tool_is_listed_with_schemas_words_and_honest_annotations(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert list(tools) == TOOLS
    for tool in tools.values():
        assert tool.title
        assert tool.description
        assert tool.output_schema is not None
        assert tool.output_schema["type"] == "object"
        for name, schema in tool.input_schema["properties"].items():
            assert schema.get("description"), f"{tool.name}.{name}"
    for name in ("generate_image", "edit_image"):
        hints = tools[name].annotations
        assert hints is not None
        assert (hints.read_only_hint, hints.destructive_hint) == (False, False)
        assert (hints.idempotent_hint, hints.open_world_hint) == (False, True)
    for name in ("quote_image", "list_tasks", "list_models", "get_limits"):
        assert tools[name].annotations is not None
        assert tools[name].annotations.read_only_hint is True
    assert tools["resume_task"].annotations.read_only_hint is False
    assert tools["resume_task"].annotations.idempotent_hint is True


async def test_the_tools_are_described_in_the_servers_language(rig: Rig) -> None:
    async with rig.client(language="zh") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert "积分" in str(tools["generate_image"].description)
    assert "图片" in tools["generate_image"].input_schema["properties"]["prompt"]["description"]


async def test_a_quote_tells_the_price_and_costs_nothing(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        told = body(await client.call_tool("quote_image", {"prompt": "a cat", "size": "4k", "count": 2}))
    assert told["quote"]["size"] == "4K"
    assert told["quote"]["credit"] == 2 * told["quote"]["credit_each"]
    assert told["quote"]["sandbox"] is True
    assert rig.creates == 0


async def test_a_picture_comes_with_its_object_a_preview_and_a_link_that_can_be_read(rig: Rig, era: str) -> None:
    async with rig.client(era, willing()) as client:
        result = await made(client, aspect_ratio="16:9")
        told = body(result)
        assert told["status"] == "done"
        assert set(told) >= RESULT_KEYS
        assert told["credit"] == rig.world.books.points_charged()
        saved = Path(told["files"][0])
        assert saved.parent == rig.work

        preview, link = result.content[1:]
        assert isinstance(preview, ImageContent)
        assert preview.annotations.audience == ["user"]
        data = base64.b64decode(preview.data)
        with Image.open(io.BytesIO(data)) as small:
            assert max(small.size) <= 768
        assert len(data) <= 60_000

        assert isinstance(link, ResourceLink)
        assert [link.uri] == told["resources"]
        assert (link.mime_type, link.size) == ("image/png", saved.stat().st_size)
        full = (await client.read_resource(link.uri)).contents[0]
        assert base64.b64decode(full.blob) == saved.read_bytes()
        assert full.mime_type == "image/png"
    assert tokens(result) < 25_000


@pytest.mark.parametrize("wish", [{"size": "4K", "model": "pro"}, {"count": 4}])
async def test_the_largest_replies_fit_every_clients_limit(rig: Rig, wish: dict[str, Any]) -> None:
    async with rig.client(person=willing()) as client:
        result = await made(client, **wish)
        told = body(result)
        assert told["status"] == "done"
        for address, file in zip(told["resources"], told["files"], strict=True):
            full = (await client.read_resource(address)).contents[0]
            assert base64.b64decode(full.blob) == Path(file).read_bytes()
    assert max(told["width"], told["height"]) >= (4000 if "size" in wish else 1000)
    assert sum(isinstance(part, ImageContent) for part in result.content) == wish.get("count", 1)
    assert tokens(result) < 25_000


async def test_an_edit_takes_fourteen_files_and_uploads_equal_ones_once(rig: Rig, era: str) -> None:
    files = [str(picture(rig.work / f"{n}.png", color=f"#0000{n % 7:02x}")) for n in range(14)]
    async with rig.client(era, willing()) as client:
        told = body(await client.call_tool("edit_image", {"prompt": "make it pop", "images": files}))
    assert told["status"] == "done"
    assert told["task_type"] == "image_to_image"
    assert rig.world.books.count("put") == 7
    sent = json.loads(rig.world.books.creates()[0].body)
    assert len(sent["src_img_url"]) == 14


async def test_fifteen_files_are_refused_before_anything_is_sent(rig: Rig) -> None:
    files = [str(picture(rig.work / f"{n}.png")) for n in range(15)]
    async with rig.client(person=willing()) as client:
        result = await client.call_tool("edit_image", {"prompt": "make it pop", "images": files})
    assert result.is_error
    assert body(result)["error"]["kind"] == "usage"
    assert rig.creates == 0


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_an_edit_takes_base64_data_with_and_without_its_prefix(rig: Rig, prefix: str, kind: str) -> None:
    data = picture(rig.folder / "elsewhere" / "photo", "teal", (300, 200), kind).read_bytes()
    async with rig.client(person=willing()) as client:
        told = body(
            await client.call_tool(
                "edit_image", {"prompt": "make it pop", "images": [prefix + base64.b64encode(data).decode()]}
            )
        )
    assert told["status"] == "done"
    assert rig.world.books.count("put") == 1


async def test_an_edit_takes_the_newest_picture_as_its_input(rig: Rig) -> None:
    async with rig.client(person=willing()) as client:
        await made(client)
        told = body(await client.call_tool("edit_image", {"prompt": "at night", "images": ["@last"]}))
    assert told["status"] == "done"
    assert rig.creates == 2


async def test_the_books_the_models_and_the_limits_can_be_looked_at(rig: Rig, era: str) -> None:
    house = rig.house(max_credits=50)
    async with rig.client(era, willing(), house) as client:
        first = body(await made(client))
        await house.ledger.limits_set("all", "day", 100, realm="sandbox")

        tasks = body(await client.call_tool("list_tasks", {}))["tasks"]
        assert [(row["task_id"], row["state"]) for row in tasks] == [(first["task_id"], "done")]
        assert body(await client.call_tool("list_tasks", {"state": "open"}))["tasks"] == []

        models = body(await client.call_tool("list_models", {"task_type": "text_to_image"}))["models"]
        assert {row["model_id"] for row in models} == {"gemini-3.1-flash-image", "gemini-3-pro-image"}

        limits = body(await client.call_tool("get_limits", {}))
        assert limits["limits"][0]["left"] == 100 - first["credit"]
        assert limits["server"]["max_credits"] == 50


async def test_recent_pictures_are_listed_as_resources_and_nothing_else_can_be_read(rig: Rig, era: str) -> None:
    async with rig.client(era, willing()) as client:
        assert (await client.list_resources()).resources == []
        told = body(await made(client))
        listed = (await client.list_resources()).resources
        assert [one.uri for one in listed] == told["resources"]
        templates = (await client.list_resource_templates()).resource_templates
        assert templates[0].uri_template.startswith("nano-banana://")
        for uri in (
            "file:///etc/passwd",
            told["resources"][0] + "/../2",
            f"nano-banana://pictures/{told['task_id']}/2",
            f"nano-banana://pictures/{told['task_id'][:8]}/1",
            "nano-banana://pictures/unknown/1",
        ):
            with pytest.raises(Exception, match=r"(?i)resource"):
                await client.read_resource(uri)
        Path(told["files"][0]).unlink()
        assert (await client.list_resources()).resources == []


async def test_the_text_of_a_reply_is_the_language_of_the_prompt(rig: Rig) -> None:
    async with rig.client(person=willing()) as client:
        told = body(await made(client, prompt="月球上的猫"))
        assert told["language"] == "zh"
        assert "图片生成成功" in told["message"]
        told = body(await made(client, prompt="月球上的狗", language="en"))
    assert "Image generated" in told["message"]


async def test_the_schema_of_a_reply_admits_everything_that_is_sent(rig: Rig) -> None:
    """The client validates; this makes sure that it really does."""
    async with rig.client(person=willing()) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        told = body(await made(client, size="8K"))
    assert told["adjustments"][0]["from"] == "8K"
    assert "from" in json.dumps(tools["generate_image"].output_schema)
