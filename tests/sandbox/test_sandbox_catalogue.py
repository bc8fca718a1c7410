"""The product list has the shape that was seen live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

WIDE = ["1:1", "1:4", "1:8", "2:3", "3:2", "3:4", "4:1", "4:3", "4:5", "5:4", "8:1", "9:16", "16:9", "21:9"]
PLAIN = ["1:1", "3:2", "2:3", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"]
PRICES = {
    "gemini-3.1-flash-image": {
        "512px": (4, 4400, 4404),
        "1K": (6, 4401, 4405),
        "2K": (10, 4402, 4406),
        "4K": (13, 4403, 4407),
    },
    "gemini-3-pro-image": {"1K": (10, 2399, 2402), "2K": (10, 2400, 2403), "4K": (18, 2401, 2404)},
}


async def _ours(client: Any, category: str) -> dict[str, Any]:
    tree = (await client.list(category)).json()["data"]
    return {leaf["model_id"]: leaf for group in tree for leaf in group["children"] if leaf["model_id"] in PRICES}


@pytest.mark.parametrize("category", ["text_to_image", "image_to_image"])
async def test_each_category_lists_both_models_with_the_published_prices(
    worlds: Callable[..., Any], clients: Callable[..., Any], category: str
) -> None:
    column = 1 if category == "text_to_image" else 2
    for model_id, leaf in (await _ours(clients(worlds()), category)).items():
        rules = {rule["attributes"]["size"]: (rule["points"], rule["attribute_id"]) for rule in leaf["credit_rules"]}
        assert rules == {size: (row[0], row[column]) for size, row in PRICES[model_id].items()}


async def test_leaves_and_groups_have_the_live_fields_and_string_types(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    answer = (await clients(worlds()).list("image_to_image")).json()
    assert answer["code"] in {0, 200}
    assert isinstance(answer["timestamp"], int)
    assert {group["type"] for group in answer["data"]} == {"2"}
    leaf = (await _ours(clients(worlds()), "image_to_image"))["gemini-3.1-flash-image"]
    live = (
        "id parent_id type name icon model_id tags model_types description"
        " category_code category_name form_config files credit_rules"
    )
    assert set(live.split()) <= set(leaf)
    assert (leaf["type"], leaf["id"], leaf["category_name"]) == ("3", "gemini-3.1-flash-image-preview", "图生图")
    assert leaf["files"] == {
        "component": "card",
        "acceptType": ["image/jpg,png"],
        "category": "image_to_image",
        "minLimit": 1,
        "maxLimit": 14,
    }


async def test_forms_offer_the_live_ratios_and_sizes_with_their_defaults(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    leaves = await _ours(clients(worlds()), "text_to_image")
    for model_id, ratios in (("gemini-3.1-flash-image", WIDE), ("gemini-3-pro-image", PLAIN)):
        ratio, size = leaves[model_id]["form_config"]
        assert (ratio["field"], ratio["value"], [o["value"] for o in ratio["options"]]) == (
            "aspect_ratio",
            "1:1",
            ratios,
        )
        assert (size["field"], size["label"], size["value"]) == ("size", "Quality", "1K")
        assert [o["value"] for o in size["options"]] == list(PRICES[model_id])
        assert "files" not in leaves[model_id]


@pytest.mark.parametrize(
    ("options", "scene", "eet"),
    [({}, "", ["2~3s"] * 2), ({"task_seconds": 30}, "", ["20~35s", "25~45s"]), ({}, "live-eet", ["20~35s", "25~45s"])],
)
async def test_the_expected_time_fits_the_pace_of_the_world(
    worlds: Callable[..., Any], clients: Callable[..., Any], options: dict[str, Any], scene: str, eet: list[str]
) -> None:
    leaves = await _ours(clients(worlds(scene, **options)), "text_to_image")
    tags = [tag["tag_value"] for leaf in leaves.values() for tag in leaf["tags"] if tag["tag_type"] == "EET"]
    assert tags == eet


async def test_a_stranger_gets_401_and_an_unknown_category_an_empty_list(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds()
    refused = await clients(world, "not-a-key").list()
    assert (refused.status_code, refused.json()["code"]) == (401, 401)
    assert (await clients(world).list("text_to_speech")).json()["data"] == []
    assert (await clients(world).list(app="webAgent")).json()["code"] == 400
