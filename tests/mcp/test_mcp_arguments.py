"""An argument is taken as it is meant, or refused with the one that was meant: never dropped, never another spend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mcp_kit import body, willing

from ima_nano_banana.doors.mcp.arguments import HOSTS_OWN

if TYPE_CHECKING:
    from mcp_kit import Rig

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat"}


@pytest.mark.parametrize(
    ("more", "meant"),
    [
        ({"aspectRatio": "16:9"}, "aspect_ratio"),
        ({"Aspect-Ratio": "16:9"}, "aspect_ratio"),
        ({"resolution": "4K"}, "size"),
        ({"maxCredits": 5}, "max_credits"),
        ({"max_credit": 5}, "max_credits"),
        ({"num_images": 2}, "count"),
        ({"dry_run": True}, "quote_image"),
        ({"images": ["a.png"]}, "edit_image"),
        ({"reference_image": "a.png"}, "edit_image"),
        ({"keepSize": True}, "keep_size"),
    ],
)
async def test_an_unknown_argument_is_an_error_that_names_the_one_that_was_meant(
    rig: Rig, era: str, more: dict[str, Any], meant: str
) -> None:
    person = willing()
    async with rig.client(era, person) as client:
        result = await client.call_tool("generate_image", {**CAT, **more})
    error = body(result)["error"]
    assert (error["kind"], error["charged"]) == ("usage", "no")
    assert meant in error["message"]
    assert next(iter(more)) in error["message"]
    assert "keep_size" in error["suggestion"]
    assert rig.creates == 0
    assert person.asked == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"prompt": "一只猫", "尺寸": "4K"}, "没有这些参数"),
        ({"prompt": "一只猫", "count": "two"}, "count 应为整数"),
        ({"prompt": "a cat", "language": "zh-CN", "max_credits": -1}, "max_credits 超出了范围"),
        ({"prompt": "a cat", "count": 2.5}, "count must be a whole number"),
        ({"prompt": ["a cat"]}, "prompt must be text"),
        ({"prompt": "一只猫", "keep_size": "maybe"}, "keep_size 应为 true 或 false"),
    ],
)
async def test_what_is_wrong_is_said_in_the_language_of_the_prompt_and_in_our_own_words(
    rig: Rig, given: dict[str, Any], told: str
) -> None:
    async with rig.client() as client:
        error = body(await client.call_tool("generate_image", given))["error"]
    assert told in error["message"]
    assert "Input should" not in error["message"]
    assert rig.creates == 0


@pytest.mark.parametrize(
    "tool", ["quote_image", "edit_image", "resume_task", "list_tasks", "list_models", "get_limits"]
)
async def test_no_tool_drops_what_it_does_not_know(rig: Rig, tool: str) -> None:
    async with rig.client() as client:
        error = body(await client.call_tool(tool, {"colour": "red"}))["error"]
    assert error["kind"] == "usage"
    assert "colour" in error["message"]


async def test_every_schema_says_that_nothing_else_is_taken(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        tools = (await client.list_tools()).tools
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools)


async def test_what_hosts_add_by_themselves_is_tolerated(rig: Rig, era: str) -> None:
    async with rig.client(era, willing()) as client:
        told = body(await client.call_tool("generate_image", {**CAT, **dict.fromkeys(HOSTS_OWN, "x")}))
    assert told["status"] == "done"
    assert rig.creates == 1


@pytest.mark.parametrize("empty", [None, "", "  "])
async def test_an_optional_argument_that_is_empty_is_as_if_left_out(rig: Rig, empty: str | None) -> None:
    async with rig.client(person=willing()) as client:
        names = [one for one in (await client.list_tools()).tools if one.name == "generate_image"]
        optional = [name for name in names[0].input_schema["properties"] if name != "prompt"]
        told = body(await client.call_tool("generate_image", {**CAT, **dict.fromkeys(optional, empty)}))
    assert told["status"] == "done"
    assert (told["count"], told["adjustments"]) == (1, [])


async def test_a_prompt_that_is_empty_is_not_left_out_but_refused(rig: Rig) -> None:
    async with rig.client(person=willing()) as client:
        for prompt in ("", None):
            assert body(await client.call_tool("generate_image", {"prompt": prompt}))["error"]["kind"] == "usage"


@pytest.mark.parametrize(
    ("more", "key", "value"),
    [
        ({"count": "2"}, "count", 2),
        ({"count": 2.0}, "count", 2),
        ({"size": 512}, "size", "512px"),
        ({"again": "true"}, "count", 1),
        ({"max_credits": "100"}, "count", 1),
    ],
)
async def test_a_value_that_can_mean_one_thing_only_is_taken_so(
    rig: Rig, more: dict[str, Any], key: str, value: object
) -> None:
    async with rig.client(person=willing()) as client:
        told = body(await client.call_tool("generate_image", {**CAT, **more}))
    assert told[key] == value


@pytest.mark.parametrize(
    "more",
    [
        {"count": True},
        {"count": 2.5},
        {"count": "two"},
        {"count": [2]},
        {"max_credits": False},
        {"max_credits": 10.5},
        {"max_credits": "ten"},
        {"wait_seconds": True},
        {"again": "perhaps"},
        {"keep_size": 2},
        {"size": ["4K"]},
        {"size": True},
        {"model": 3},
        {"aspect_ratio": 1.78},
    ],
)
async def test_a_value_that_would_have_to_be_guessed_is_refused(rig: Rig, more: dict[str, Any]) -> None:
    async with rig.client(person=willing()) as client:
        error = body(await client.call_tool("generate_image", {**CAT, **more}))["error"]
    assert error["kind"] == "usage"
    assert rig.creates == 0


async def test_one_image_stands_for_a_list_of_one(rig: Rig) -> None:
    given = {"prompt": "at night", "images": "https://example.com/a.png"}
    async with rig.client(person=willing()) as client:
        assert body(await client.call_tool("edit_image", given))["status"] == "done"


async def test_half_a_letter_in_a_task_id_is_an_unknown_task_and_no_fault_of_the_program(rig: Rig) -> None:
    async with rig.client() as client:
        told = body(await client.call_tool("resume_task", {"task_id": "a\ud800"}))
    assert told["error"]["kind"] == "usage"
