"""What may become of a task that was paid for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sandbox_kit import order

from ima_nano_banana.sandbox.fates import BACKEND_MESSAGE, POLICY_MESSAGE

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

FAILED = [
    ("fails", 2, "failed", BACKEND_MESSAGE),
    ("fails-policy", 2, "failed", POLICY_MESSAGE),
    ("fails-remark", 2, "failed", ""),
    ("failed-null", None, "failed", BACKEND_MESSAGE),
    ("failed-one", 1, "failed", BACKEND_MESSAGE),
    ("deleted", 3, "deleted", ""),
]


async def _after(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str, seconds: float, n: int = 1
) -> tuple[Any, dict[str, Any]]:
    client = clients(worlds(scene, task_seconds=2))
    task_id = await client.made(order(n=n))
    clock.now += seconds
    return client, (await client.look(task_id)).json()["data"]


@pytest.mark.parametrize(("scene", "number", "status", "reason"), FAILED)
async def test_a_failure_shows_only_when_the_task_is_due_and_has_no_url(
    worlds: Callable[..., Any],
    clients: Callable[..., Any],
    clock: Any,
    scene: str,
    number: int | None,
    status: str,
    reason: str,
) -> None:
    _, early = await _after(worlds, clients, clock, scene, 1)
    assert early["medias"][0]["status"] == "processing"
    _, data = await _after(worlds, clients, clock, scene, 3)
    (media,) = data["medias"]
    assert (media["resource_status"], media["status"], media["error_msg"]) == (number, status, reason)
    assert {media[name] for name in ("url", "watermark_url", "preview_url")} == {None}
    assert (media["remark"] == BACKEND_MESSAGE) is (scene == "fails-remark")


async def test_a_task_may_fail_at_once_or_as_a_whole(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    _, data = await _after(worlds, clients, clock, "fails-early", 0)
    assert data["medias"][0]["status"] == "failed"
    _, data = await _after(worlds, clients, clock, "task-failed", 3)
    assert (data["status"], data["medias"]) == ("failed", [])


@pytest.mark.parametrize(("scene", "seconds"), [("slow", 299), ("stuck", 1e9)])
async def test_a_task_may_take_long_or_for_ever(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str, seconds: float
) -> None:
    _, data = await _after(worlds, clients, clock, scene, seconds)
    assert [media.get("url") for media in data["medias"]] in ([], [None])


async def test_one_of_several_may_fail_or_come_late(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    _, data = await _after(worlds, clients, clock, "partial", 3, n=3)
    assert [media["status"] for media in data["medias"]] == ["success", "success", "failed"]
    client, data = await _after(worlds, clients, clock, "partial-late", 3, n=2)
    assert [media["status"] for media in data["medias"]] == ["success", "processing"]
    clock.now += 2
    assert [media["status"] for media in await client.medias(data["id"])] == ["success", "success"]


async def test_two_looks_may_show_states_that_nobody_knows(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    client, data = await _after(worlds, clients, clock, "unknown-status", 3)
    seen = [data["medias"][0], *await client.medias(data["id"]), *await client.medias(data["id"])]
    assert [media["resource_status"] for media in seen] == [7, "done", 1]
    assert seen[-1]["status"] == "success"


async def test_the_link_may_come_later_or_never(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    for scene, comes in (("no-url-at-first", True), ("never-url", False)):
        client, data = await _after(worlds, clients, clock, scene, 3)
        assert (data["medias"][0]["status"], data["medias"][0]["url"]) == ("success", None)
        clock.now += 2
        (media,) = await client.medias(data["id"])
        assert (media["url"] is not None) is comes


@pytest.mark.parametrize(
    ("scene", "field", "start"),
    [
        ("watermark-only", "watermark_url", "https://ws.esxscloud.com/"),
        ("preview-only", "preview_url", "https://ws.esxscloud.com/"),
        ("download-http", "url", "http://ws.esxscloud.com/"),
        ("download-private", "url", "https://127.0.0.1/"),
        ("download-userinfo", "url", "https://user:pass@ws.esxscloud.com/"),
    ],
)
async def test_the_only_link_may_be_another_one(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str, field: str, start: str
) -> None:
    _, data = await _after(worlds, clients, clock, scene, 3)
    links = {name: data["medias"][0][name] for name in ("url", "watermark_url", "preview_url")}
    assert [name for name, link in links.items() if link] == [field]
    assert links[field].startswith(start)


async def test_success_may_be_spelled_differently(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    _, data = await _after(worlds, clients, clock, "completed-word", 3)
    assert (data["medias"][0]["status"], data["medias"][0]["resource_status"]) == ("completed", 1)


@pytest.mark.parametrize(("scene", "size"), [("smaller-picture", (256, 256)), ("wrong-ratio", None)])
async def test_the_picture_may_not_be_what_was_asked(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str, size: tuple[int, int] | None
) -> None:
    client, data = await _after(worlds, clients, clock, scene, 3)
    with Image.open(io.BytesIO((await client.http.get(data["medias"][0]["url"])).content)) as picture:
        assert (picture.size == size) if size else (picture.width > picture.height)


async def test_there_may_be_a_picture_too_many_or_one_link_for_all(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    _, data = await _after(worlds, clients, clock, "one-more", 3, n=2)
    assert len({media["url"] for media in data["medias"]}) == 3
    _, data = await _after(worlds, clients, clock, "same-link", 3, n=3)
    assert len(data["medias"]) == 3
    assert len({media["url"] for media in data["medias"]}) == 1
