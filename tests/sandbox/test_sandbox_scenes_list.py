"""Product lists that are legal but not what a client expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox_kit import changed, order

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

VERSION = "parameters.0.model_version"


async def _leaves(client: Any, model_id: str = "gemini-3.1-flash-image") -> list[dict[str, Any]]:
    tree = (await client.list()).json()["data"]
    return [leaf for group in tree for leaf in group.get("children") or [] if leaf["model_id"] == model_id]


async def _rule(client: Any, **wanted: str) -> dict[str, Any]:
    (leaf,) = await _leaves(client)
    return next(rule for rule in leaf["credit_rules"] if rule["attributes"] == wanted)


async def _code(client: Any, rule: dict[str, Any], **inner: object) -> int:
    body = order(attribute_id=rule["attribute_id"], credit=rule["points"], **inner)
    return int((await client.create(body)).json()["code"])


@pytest.mark.parametrize(
    ("scene", "quoted", "code", "then"),
    [
        ("stale-catalogue", 6, 6010, 6),
        ("stale-attribute", 6, 400, 6),
        ("stale-price", 7, 6006, 6),
        ("dearer", 6, 6006, 11),
    ],
)
async def test_a_stale_list_is_refused_once_and_the_next_one_is_right(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str, quoted: int, code: int, then: int
) -> None:
    client = clients(worlds(scene))
    old = await _rule(client, size="1K")
    assert (old["points"], await _code(client, old)) == (quoted, code)
    new = await _rule(client, size="1K")
    assert (new["points"], await _code(client, new)) == (then, 200)


@pytest.mark.parametrize(
    ("scene", "field", "defaults"),
    [("default-size-changes", "size", ["1K", "512px"]), ("default-ratio-changes", "aspect_ratio", ["1:1", "16:9"])],
)
async def test_a_default_may_change_between_two_lists(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str, field: str, defaults: list[str]
) -> None:
    client = clients(worlds(scene))
    seen = []
    for _ in defaults:
        (leaf,) = await _leaves(client)
        seen += [one["value"] for one in leaf["form_config"] if one["field"] == field]
    assert seen == defaults
    assert [await _code(client, await _rule(client, size="1K")) for _ in range(2)] == [6009, 200]


async def test_a_version_may_appear_between_two_lists(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    client = clients(worlds("version-changes"))
    assert [len(await _leaves(client)) for _ in range(2)] == [1, 2]


async def test_types_may_be_numbers_and_codes_strings(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    answer = (await clients(worlds("list-numeric-types")).list()).json()
    assert answer["code"] == "0"
    assert {group["type"] for group in answer["data"]} == {2}
    assert {leaf["type"] for group in answer["data"] for leaf in group["children"]} == {3}


@pytest.mark.parametrize(("scene", "points"), [("list-two-leaves", 99), ("list-two-leaves-same-price", 6)])
async def test_flash_may_have_two_versions_and_both_can_be_bought(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str, points: int
) -> None:
    client = clients(worlds(scene))
    first, second = await _leaves(client)
    rule = second["credit_rules"][1]
    assert (first["credit_rules"][1]["points"], rule["points"]) == (6, points)
    body = changed(VERSION, second["id"], order(attribute_id=rule["attribute_id"], credit=points))
    assert (await client.create(body)).json()["code"] == 200


async def test_rules_and_fields_may_come_in_another_order(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    (leaf,) = await _leaves(clients(worlds("list-reordered")))
    assert [rule["attributes"]["size"] for rule in leaf["credit_rules"]] == ["4K", "2K", "1K", "512px"]
    assert [field["field"] for field in leaf["form_config"]] == ["size", "aspect_ratio"]


async def test_size_may_be_a_virtual_field_that_is_sent_as_another(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    client = clients(worlds("list-virtual"))
    (leaf,) = await _leaves(client)
    field = leaf["form_config"][-1]
    assert (field["is_ui_virtual"], field["ui_params"][0]["field"]) == (True, "size")
    rule = await _rule(client, resolution="512")
    body = changed(
        "parameters.0.parameters.size", None, order(attribute_id=4400, credit=rule["points"], resolution="512")
    )
    task_id = await client.made(body)
    clock.now += 2
    (media,) = await client.medias(task_id)
    assert media["width"] == 512
    assert (await client.create(order(attribute_id=4400, credit=4, size="512px"))).json()["code"] == 6009


async def test_prices_may_depend_on_a_second_parameter(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    client = clients(worlds("list-other-key"))
    high, standard = await _rule(client, size="1K", quality="high"), await _rule(client, size="1K", quality="standard")
    assert (high["points"], standard["points"]) == (13, 6)
    assert await _code(client, standard, quality="standard") == 200
    assert await _code(client, high, quality="high") == 200
    assert await _code(client, standard, quality="high") == 6010
    assert await _code(client, standard) == 6009


async def test_a_default_rule_does_not_price_what_has_a_price_of_its_own(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    client = clients(worlds("list-default-rule"))
    assert await _code(client, await _rule(client, default="enabled")) == 6010
    assert await _code(client, await _rule(client, size="1K")) == 200


async def test_a_size_may_be_offered_without_a_price(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    client = clients(worlds("list-no-price"))
    (leaf,) = await _leaves(client)
    assert "4K" in [option["value"] for option in leaf["form_config"][1]["options"]]
    assert (await client.create(order(size="4K", attribute_id=4403, credit=13))).json()["code"] == 6009


async def test_lists_may_have_holes(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    odd = clients(worlds("list-odd"))
    (leaf,) = await _leaves(odd)
    assert leaf["credit_rules"][-1]["attributes"] is None
    assert "children" not in (await odd.list()).json()["data"][-1]
    assert await _code(odd, leaf["credit_rules"][1]) == 200
    assert await _leaves(clients(worlds("list-without-pro")), "gemini-3-pro-image") == []
    assert (await clients(worlds("list-empty")).list()).json()["data"] == []
    assert "data" not in (await clients(worlds("list-null")).list()).json()
