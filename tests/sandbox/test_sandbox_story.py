"""What a look shows, from "nothing yet" to the picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sandbox_kit import PRO, order

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio


async def test_a_task_goes_through_every_state_that_was_seen_live(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    client = clients(worlds(task_seconds=10))
    task_id = await client.made(order(n=2))
    assert await client.medias(task_id) == []
    clock.now += 2
    assert [(m["resource_status"], m["status"], m["url"]) for m in await client.medias(task_id)] == [
        (None, None, None)
    ] * 2
    clock.now += 7.9
    waiting = await client.medias(task_id)
    assert [(m["resource_status"], m["status"], m["url"]) for m in waiting] == [(1, "processing", None)] * 2
    clock.now += 0.1
    done = await client.medias(task_id)
    assert [(m["resource_status"], m["status"], m["format"]) for m in done] == [(1, "success", "png")] * 2
    assert len({m["url"] for m in done}) == 2
    assert all(m["url"].startswith("https://ws.esxscloud.com/sandbox/") for m in done)


async def test_looks_are_counted_and_answer_with_both_codes_of_success(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds()
    client = clients(world)
    task_id = await client.made()
    assert [(await client.look(task_id)).json()["code"] for _ in range(2)] == [0, 200]
    assert (world.books.looks(task_id), world.books.count("detail")) == (2, 2)


@pytest.mark.parametrize("body", [{"task_id": "nobody"}, {}, [], {"task_id": None}])
async def test_an_unknown_task_is_refused_in_the_body(
    worlds: Callable[..., Any], clients: Callable[..., Any], body: object
) -> None:
    client = clients(worlds())
    url = "https://api.imastudio.com/open/v1/tasks/detail"
    answer = await client.http.post(url, json=body, headers=client.headers)
    assert (answer.status_code, answer.json()["code"]) == (200, 404)


async def test_a_finished_picture_has_the_size_that_its_task_tells(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    client = clients(worlds())
    task_id = await client.made(order(model=PRO, attribute_id=2399, credit=10, aspect_ratio="16:9"))
    clock.now += 2
    (media,) = await client.medias(task_id)
    got = await client.http.get(media["url"])
    with Image.open(io.BytesIO(got.content)) as picture:
        assert picture.size == (media["width"], media["height"])
        assert (picture.format, media["format"], got.headers["content-type"]) == ("JPEG", "jpg", "image/jpeg")
    assert media["width"] > media["height"]


async def test_a_picture_that_is_not_ready_cannot_be_fetched_early(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    client = clients(worlds())
    task_id = await client.made()
    got = await client.http.get(f"https://ws.esxscloud.com/sandbox/results/{task_id}/0.png")
    assert got.status_code == 404
