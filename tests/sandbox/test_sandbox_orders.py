"""Creates: what is refused, with which code, and what is billed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox_kit import PRO, changed, order

from ima_nano_banana.sandbox.orders import MOST_PICTURES

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

ENTRY = "parameters.0"
INNER = "parameters.0.parameters"
REFUSED = [
    ("another task type", changed("task_type", "text_to_video"), 400),
    ("no task type", changed("task_type", None), 400),
    ("two entries", changed("parameters", [{}, {}]), 400),
    ("no entry", changed("parameters", []), 400),
    ("no multi model flag", changed("enable_multi_model", None), 400),
    ("attribute id 0", changed(f"{ENTRY}.attribute_id", 0), 400),
    ("no attribute id", changed(f"{ENTRY}.attribute_id", None), 400),
    ("unknown attribute id", changed(f"{ENTRY}.attribute_id", 77), 400),
    ("no model name", changed(f"{ENTRY}.model_name", None), 400),
    ("no model version", changed(f"{ENTRY}.model_version", None), 400),
    ("unknown model version", changed(f"{ENTRY}.model_version", "gemini-3.1-flash-image"), 400),
    ("another app", changed(f"{ENTRY}.app", "webAgent"), 400),
    ("no platform", changed(f"{ENTRY}.platform", None), 400),
    ("another category", changed(f"{ENTRY}.category", "image_to_image"), 400),
    ("no inner object", changed(INNER, "x"), 400),
    ("no prompt", changed(f"{INNER}.prompt", None), 400),
    ("blank prompt", changed(f"{INNER}.prompt", "   "), 400),
    ("no n", changed(f"{INNER}.n", None), 400),
    ("n of 0", changed(f"{INNER}.n", 0), 400),
    ("too many", changed(f"{INNER}.n", MOST_PICTURES + 1), 400),
    ("n is a flag", changed(f"{INNER}.n", True), 400),
    ("unknown size", changed(f"{INNER}.size", "8K"), 400),
    ("misspelled size", changed(f"{INNER}.size", "512"), 400),
    ("unknown ratio", changed(f"{INNER}.aspect_ratio", "7:3"), 400),
    ("no size", changed(f"{INNER}.size", None), 6009),
    ("attribute id of another size", changed(f"{INNER}.size", "4K"), 6010),
    ("credit too low", changed(f"{ENTRY}.credit", 5), 6006),
    ("credit of all pictures", order(n=2, credit=12), 6006),
    ("no cast", changed(f"{INNER}.cast", None), 6006),
    ("cast of another id", changed(f"{INNER}.cast", {"points": 6, "attribute_id": 4400}), 6006),
    ("cast of other points", changed(f"{INNER}.cast", {"points": 4, "attribute_id": 4401}), 6006),
    ("images for a text task", changed(f"{INNER}.input_images", ["https://x.example/a.png"]), 400),
    ("no image list", changed(f"{INNER}.input_images", None), 400),
    ("no mirror of the images", changed("src_img_url", None), 400),
]


@pytest.mark.parametrize(("body", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_a_wrong_create_is_refused_with_its_code_and_not_billed(
    worlds: Callable[..., Any], clients: Callable[..., Any], body: dict[str, Any], code: int
) -> None:
    world = worlds()
    answer = (await clients(world).create(body)).json()
    assert (answer["code"], "data" in answer) == (code, False)
    assert isinstance(answer["timestamp"], int)
    assert world.books.charges() == []
    assert [(seen.accepted, seen.code) for seen in world.books.creates()] == [(False, code)]


@pytest.mark.parametrize("attribute_id", [0, 77, None])
async def test_an_unusable_attribute_id_is_named_as_the_service_names_it(
    worlds: Callable[..., Any], clients: Callable[..., Any], attribute_id: int | None
) -> None:
    answer = await clients(worlds()).create(changed(f"{ENTRY}.attribute_id", attribute_id))
    assert answer.json()["message"] == "Invalid product attribute"


@pytest.mark.parametrize("count", [0, 15])
async def test_an_edit_needs_one_to_fourteen_images(
    worlds: Callable[..., Any], clients: Callable[..., Any], count: int
) -> None:
    body = order(images=("https://x.example/a.png",), attribute_id=4405)
    urls = ["https://x.example/a.png"] * count
    body["src_img_url"] = body["parameters"][0]["parameters"]["input_images"] = urls
    assert (await clients(worlds()).create(body)).json()["code"] == 400


async def test_the_images_of_an_edit_must_be_mirrored(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    body = order(images=("https://x.example/a.png",), attribute_id=4405)
    client = clients(worlds())
    assert (await client.create(changed("src_img_url", ["https://x.example/b.png"], body))).json()["code"] == 400
    assert (await client.create(body)).json()["code"] == 200


async def test_an_accepted_create_answers_with_an_id_and_is_billed_for_every_picture(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    world = worlds()
    client = clients(world)
    data = (await client.create(order(model=PRO, size="4K", attribute_id=2401, credit=18, n=3))).json()["data"]
    assert data["id"] != data["biz_id"]
    assert (data["medias"], data["generate_count"], data["task_type"]) == ([], 3, "text_to_image")
    assert data["created_at"] == int(clock.now * 1000)
    assert data["timeout_at"] - data["created_at"] == 300_000
    assert world.books.charges() == [(data["id"], 54)]
    assert world.books.points_left(client.key) == 1_000_000 - 54


async def test_unknown_inner_keys_are_ignored(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    assert (await clients(worlds()).create(order(colour="blue"))).json()["code"] == 200


async def test_an_account_that_cannot_pay_for_all_pictures_pays_for_none(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds(points=17)
    client = clients(world)
    refused = await client.create(order(n=3))
    assert (refused.status_code, refused.json()["code"]) == (500, 4008)
    assert (await client.create(order(n=2))).json()["code"] == 200
    assert world.books.points_left(client.key) == 5


async def test_a_repeated_create_is_another_task_and_another_charge(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds()
    client = clients(world)
    assert await client.made() != await client.made()
    assert world.books.points_charged() == 12
    first, second = world.books.creates()
    assert first.body_hash == second.body_hash


async def test_accounts_are_apart_and_no_key_is_kept(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    world = worlds()
    task_id = await clients(world, "ima_alice_key").made()
    assert world.books.points_charged("ima_alice_key") == 6
    assert world.books.points_charged("ima_bob_key") == 0
    assert (await clients(world, "ima_bob_key").look(task_id)).json()["code"] == 404
    assert "ima_alice" not in "\n".join(world.store._db.iterdump())


async def test_a_create_without_a_valid_key_is_refused(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    world = worlds()
    for key in ("", "ima_", "sk-123"):
        answer = await clients(world, key).create(order())
        assert (answer.status_code, answer.json()["code"]) == (401, 401)
    assert world.books.charges() == []


async def test_a_body_that_is_no_json_object_is_refused(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    client = clients(worlds())
    url = "https://api.imastudio.com/open/v1/tasks/create"
    for content in (b"", b"[1]", b"{", b"null"):
        assert (await client.http.post(url, content=content, headers=client.headers)).json()["code"] == 400


async def test_the_other_models_of_the_list_can_be_bought_too(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    seedream = ("doubao-seedream-4.5", "doubao-seedream-4-5-251128", "SeeDream 4.5")
    body = order(model=seedream, attribute_id=2341, credit=5, size="2048x2048")
    assert (await clients(worlds()).create(body)).json()["code"] == 200
