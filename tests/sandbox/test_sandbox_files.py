"""Uploads and downloads: the token, the presigned PUT, and files with ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox_kit import TOKEN_URL, order, token_form

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio


async def test_a_token_has_the_documented_fields_and_leads_to_storage_and_cdn(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    data = (await clients(worlds()).token()).json()["data"]
    assert set(data) == {"ful", "fdl", "ful_expire", "fdl_expire", "fdl_key"}
    assert data["ful"].startswith("https://zhubite-imagent-bot.oss-us-east-1.aliyuncs.com/sandbox/webAgent/privite/")
    assert all(name in data["ful"] for name in ("Expires=", "OSSAccessKeyId=", "Signature="))
    assert data["fdl"].startswith("https://ima-ga.esxscloud.com/sandbox/webAgent/privite/")
    assert "ima_sandbox" not in str(data)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sign": "0" * 40}, 1001),
        ({"sign": token_form("ima_x")["sign"].lower()}, 1001),
        ({"timestamp": "1790000001"}, 1001),
        ({"nonce": "b"}, 1001),
        ({"appUid": "stranger", "cmimToken": "stranger"}, 401),
        ({"cmimToken": "ima_other"}, 401),
        ({"fService": "private"}, 1002),
        ({"fType": "video"}, 1002),
        ({"fSuffix": ""}, 1000),
        ({"fContentType": ""}, 1000),
    ],
)
async def test_a_wrong_token_request_is_refused(
    worlds: Callable[..., Any], clients: Callable[..., Any], changes: dict[str, str], code: int
) -> None:
    answer = (await clients(worlds()).token(**changes)).json()
    assert (answer["code"], "data" in answer) == (code, False)


async def test_a_token_request_by_get_is_counted_as_a_failure(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds()
    got = await clients(world).http.get(TOKEN_URL, params=token_form("ima_sandbox"))
    assert got.status_code == 405
    assert (world.books.count("token_get"), world.books.count("token")) == (1, 0)


async def test_an_uploaded_file_comes_back_from_the_cdn(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    client = clients(worlds())
    url = await client.upload(b"picture", "image/jpeg")
    got = await client.http.get(url)
    assert (got.content, got.headers["content-type"]) == (b"picture", "image/jpeg")


@pytest.mark.parametrize("wrong", ["type", "signature", "expires", "path", "late"])
async def test_a_put_that_the_token_does_not_cover_is_denied(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, wrong: str
) -> None:
    client = clients(worlds())
    data = (await client.token()).json()["data"]
    url, content_type = data["ful"], "image/png"
    if wrong == "type":
        content_type = "image/jpeg"
    elif wrong == "signature":
        url = url[:-1] + ("0" if url[-1] != "0" else "1")
    elif wrong == "expires":
        url = url.replace("Expires=", "Expires=9")
    elif wrong == "path":
        url = url.replace(".png?", ".jpg?")
    else:
        clock.now += 8 * 24 * 3600
    put = await client.http.put(url, content=b"x", headers={"content-type": content_type})
    assert put.status_code == 403
    assert (await client.http.get(data["fdl"])).status_code == 404


async def test_the_uploaded_picture_reaches_the_one_who_draws(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    drawn: list[tuple[bytes, ...]] = []

    def draw(job: Any, index: int, inputs: Any) -> tuple[bytes, str]:
        drawn.append(tuple(inputs))
        return b"done", "image/png"

    client = clients(worlds(draw=draw))
    images = (await client.upload(b"one"), "https://elsewhere.example/two.png")
    task_id = await client.made(order(images=images, attribute_id=4405))
    clock.now += 2
    (media,) = await client.medias(task_id)
    assert (await client.http.get(media["url"])).content == b"done"
    assert drawn == [(b"one",)]


async def _finished(worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str = "") -> Any:
    client = clients(worlds(scene, draw=lambda *_: (b"0123456789", "image/png")))
    task_id = await client.made()
    clock.now += 2
    (media,) = await client.medias(task_id)
    return client.http, media["url"]


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=2-5", 206, b"2345", "bytes 2-5/10"),
        ("bytes=4-99", 206, b"456789", "bytes 4-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
async def test_a_part_of_a_picture_can_be_fetched(
    worlds: Callable[..., Any],
    clients: Callable[..., Any],
    clock: Any,
    asked: str,
    status: int,
    content: bytes,
    told: str | None,
) -> None:
    http, url = await _finished(worlds, clients, clock)
    got = await http.get(url, headers={"range": asked})
    assert (got.status_code, got.content, got.headers.get("content-range")) == (status, content, told)
    assert got.headers["content-length"] == str(len(content))


async def test_a_stale_part_is_answered_with_the_whole_picture(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    http, url = await _finished(worlds, clients, clock)
    got = await http.get(url, headers={"range": "bytes=4-", "if-range": '"old"'})
    assert (got.status_code, got.content) == (200, b"0123456789")
    http, url = await _finished(worlds, clients, clock, "download-no-range")
    assert (await http.get(url, headers={"range": "bytes=4-"})).status_code == 200
