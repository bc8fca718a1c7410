"""Each scene that spoils an answer does what it says. Lists and fates have files of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sandbox_kit import order

from ima_nano_banana.sandbox import open_world, scene_names
from ima_nano_banana.words.scenes import TEXTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio

DROP, REFUSED, TIMEOUT = "RemoteProtocolError", "ConnectError", "ReadTimeout"
BIG: dict[str, Any] = {"size": "2K", "attribute_id": 4402, "credit": 10}

# What came back: an exception's name, or the HTTP status and the body's code (None: there is none).
Seen = str | tuple[int, object]

# scene -> what the first and second create of one prompt see, and whether each was charged
CREATES: dict[str, list[tuple[Seen, bool]]] = {
    "no-credits": [((500, 4008), False)] * 2,
    "no-credits-200": [((200, 4008), False)] * 2,
    "subscription": [((200, 4014), False)] * 2,
    "bad-key": [((401, 401), False)] * 2,
    "bad-key-200": [((200, 401), False)] * 2,
    "bad-key-500": [((500, 401), False)] * 2,
    "missing-rule": [((200, 6009), False), ((200, 200), True)],
    "always-6006": [((200, 6006), False)] * 2,
    "always-6009": [((500, 6009), False)] * 2,
    "always-6010": [((200, 6010), False)] * 2,
    "invalid-attribute": [((200, 400), False), ((200, 200), True)],
    "busy-backend": [((200, 200), True)] * 2,
    "busy-backend-200": [((200, 500), False), ((200, 200), True)],
    "busy-backend-always": [((500, 500), False)] * 2,
    "unavailable": [((503, 503), False)] * 2,
    "unknown-code": [((200, 7311), False)] * 2,
    "refused-content": [((400, 400), False)] * 2,
    "lost-create": [(DROP, True)] * 2,
    "lost-create-once": [(DROP, True), ((200, 200), True)],
    "create-500": [((500, None), True)] * 2,
    "create-500-json": [((500, None), True)] * 2,
    "create-502-unbilled": [((502, None), False)] * 2,
    "create-slow": [(TIMEOUT, True)] * 2,
    "create-cut": [(DROP, True)] * 2,
    "create-no-id": [((200, 200), True)] * 2,
    "create-html": [((200, None), True)] * 2,
    "create-truncated": [((200, None), True)] * 2,
    "create-empty": [((200, None), True)] * 2,
    "create-deep": [((200, None), True)] * 2,
    "create-dropped-unbilled": [(DROP, False)] * 2,
    "create-429": [((429, None), False), ((200, 200), True)],
    "gateway-500": [((200, 500), True)] * 2,
    "gateway-500-message": [((200, 500), True)] * 2,
    "gateway-502": [((200, 502), True)] * 2,
    "gateway-503": [((200, 503), True)] * 2,
    "gateway-504": [((200, 504), True)] * 2,
    "gateway-504-unbilled": [((200, 504), False)] * 2,
    "refused-undated": [((200, 500), False)] * 2,
    "create-429-always": [((429, None), False)] * 2,
    "create-400": [((400, 400), False)] * 2,
    "create-400-plain": [((400, None), False)] * 2,
    "create-refused": [(REFUSED, False)] * 2,
    "create-redirect": [((307, None), False)] * 2,
    "create-redirect-302": [((302, None), False)] * 2,
}
# scene -> what the first, second and third request of a kind see
LISTS: dict[str, list[Seen]] = {
    "list-429-once": [(429, None), (200, 0)],
    "list-429-date": [(429, None), (200, 0)],
    "list-429-long": [(429, None)] * 2,
    "list-429-odd": [(429, None), (200, 0)],
    "list-502-once": [(502, None), (200, 0)],
    "list-drop-once": [DROP, (200, 0)],
    "list-down": [(503, None)] * 2,
    "list-slow": [TIMEOUT] * 2,
    "list-html": [(200, None)] * 2,
    "list-401": [(401, 401)] * 2,
    "list-redirect": [(302, None)] * 2,
    "list-null": [(200, 0)] * 2,
    "deep-answer": [(200, None)] * 2,
}
LOOKS: dict[str, list[Seen]] = {
    "poll-429": [(429, None), (429, None), (200, 0)],
    "poll-429-long": [(429, None), (200, 0)],
    "poll-500": [(500, None), (500, None), (200, 0)],
    "poll-502": [(502, None), (502, None), (200, 0)],
    "poll-drop": [DROP, DROP, (200, 0)],
    "poll-refused": [REFUSED, REFUSED, (200, 0)],
    "poll-html": [(200, None), (200, None), (200, 0)],
    "poll-code": [(200, 5001), (200, 0)],
    "poll-trouble": [(200, 5001)] * 3,
    "poll-401-once": [(401, 401), (200, 0)],
    "poll-401": [(401, 401)] * 3,
    "poll-redirect": [(307, None), (307, None), (200, 0)],
    "poll-slow": [TIMEOUT, (200, 0)],
    "poll-null": [(200, 0), (200, 0), (200, 0)],
    "poll-deep": [(200, None), (200, 0)],
    "poll-down": [(502, None)] * 3,
    "task-unknown": [(200, 404)] * 3,
    "task-unknown-at-first": [(200, 404), (200, 404), (200, 0)],
}
TOKENS: dict[str, list[Seen]] = {
    "token-refused": [(200, 1001)] * 2,
    "token-401": [(200, 401)] * 2,
    "token-null": [(200, 0)] * 2,
    "token-html": [(200, None)] * 2,
    "token-429-once": [(429, None), (200, 0)],
    "token-502-once": [(502, None), (200, 0)],
    "token-drop-once": [DROP, (200, 0)],
    "token-slow": [TIMEOUT] * 2,
    "token-redirect": [(307, None)] * 2,
}
PUTS: dict[str, list[Seen]] = {
    "put-403": [(403, None)] * 2,
    "put-502-once": [(502, None), (200, None)],
    "put-drop-once": [DROP, (200, None)],
    "put-slow": [TIMEOUT] * 2,
    "put-redirect": [(307, None)] * 2,
}
DOWNLOADS: dict[str, list[Seen]] = {
    "download-403": [(403, None)] * 2,
    "download-404": [(404, None)] * 2,
    "download-429-once": [(429, None), (200, None)],
    "download-502-twice": [(502, None), (502, None), (200, None)],
    "download-refused-once": [REFUSED, (200, None)],
    "download-drop-once": [DROP, (200, None)],
    "download-truncated-once": [DROP, (200, None)],
    "download-truncated": [DROP] * 3,
    "download-redirect": [(302, None)] * 2,
    "download-slow": [TIMEOUT] * 2,
    "download-slow-once": [TIMEOUT, (200, None)],
}


async def _seen(sending: Awaitable[httpx2.Response]) -> Seen:
    try:
        answer = await sending
    except httpx2.TransportError as error:
        return type(error).__name__
    try:
        return answer.status_code, answer.json().get("code")
    except (ValueError, RecursionError):
        return answer.status_code, None


@pytest.mark.parametrize("scene", CREATES)
async def test_a_scene_of_create_is_charged_or_not_as_it_says(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str
) -> None:
    world = worlds(scene)
    client = clients(world)
    found = []
    for _ in CREATES[scene]:
        before = world.books.points_charged()
        found.append((await _seen(client.create(order())), world.books.points_charged() > before))
    assert found == CREATES[scene]
    assert "evil.example" not in world.books.hosts()


async def test_the_books_tell_what_the_client_was_not_told(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds("lost-create-once")
    client = clients(world)
    await _seen(client.create(order()))
    await _seen(client.create(order()))
    lost, fine = world.books.creates()
    assert (lost.accepted, lost.points, lost.status, lost.answered) == (True, 6, None, "lost-create-once")
    assert (fine.accepted, fine.points, fine.status, fine.answered) == (True, 6, 200, "answer")


async def test_a_refused_connection_leaves_no_trace_of_the_create(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds("create-refused")
    client = clients(world)
    assert (await client.list()).headers["connection"] == "close"
    await _seen(client.create(order()))
    assert world.books.creates() == []


async def test_a_busy_backend_refuses_only_large_sizes(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    client = clients(worlds("busy-backend"))
    assert await _seen(client.create(order(**BIG))) == (500, 500)
    assert await _seen(client.create(order())) == (200, 200)


async def test_a_scene_spoils_no_refusal_of_the_service_itself(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    client = clients(worlds("lost-create"))
    assert await _seen(client.create(order(credit=5))) == (200, 6006)


@pytest.mark.parametrize(
    ("scene", "kind", "expected"),
    [
        (scene, kind, row)
        for kind, table in (("list", LISTS), ("look", LOOKS), ("token", TOKENS))
        for scene, row in table.items()
    ],
)
async def test_a_scene_of_lists_looks_and_tokens_plays_as_often_as_it_says(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str, kind: str, expected: list[Seen]
) -> None:
    client = clients(worlds(scene))
    task_id = await client.made()
    send: Callable[[], Awaitable[httpx2.Response]] = {
        "list": client.list,
        "look": lambda: client.look(task_id),
        "token": client.token,
    }[kind]
    assert [await _seen(send()) for _ in expected] == expected


@pytest.mark.parametrize(
    ("scene", "after"), [("list-429-once", "1"), ("list-429-long", "3600"), ("list-429-odd", "soon")]
)
async def test_a_rate_limit_says_how_long_to_wait(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str, after: str
) -> None:
    assert (await clients(worlds(scene)).list()).headers["retry-after"] == after


async def test_a_rate_limit_may_name_a_date(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    clock.now = 0
    answer = await clients(worlds("list-429-date")).list()
    assert answer.headers["retry-after"] == "Thu, 01 Jan 1970 00:00:01 GMT"


@pytest.mark.parametrize("scene", PUTS)
async def test_a_scene_of_uploads_plays_as_often_as_it_says(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str
) -> None:
    world = worlds(scene)
    client = clients(world)
    url = (await client.token()).json()["data"]["ful"]
    headers = {"content-type": "image/png"}
    assert [await _seen(client.http.put(url, content=b"x", headers=headers)) for _ in PUTS[scene]] == PUTS[scene]
    assert "evil.example" not in world.books.hosts()


async def _picture(worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str) -> tuple[Any, str]:
    client = clients(worlds(scene))
    task_id = await client.made()
    clock.now += 2
    (media,) = await client.medias(task_id)
    return client.http, media["url"]


@pytest.mark.parametrize("scene", DOWNLOADS)
async def test_a_scene_of_downloads_plays_as_often_as_it_says(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str
) -> None:
    http, url = await _picture(worlds, clients, clock, scene)
    assert [await _seen(http.get(url)) for _ in DOWNLOADS[scene]] == DOWNLOADS[scene]


@pytest.mark.parametrize(
    ("scene", "content_type", "length"),
    [
        ("download-html", "text/html; charset=utf-8", True),
        ("download-garbage", "image/png", True),
        ("download-empty", None, True),
        ("download-no-length", "image/png", False),
        ("download-short", "image/png", True),
        ("download-short-once", "image/png", True),
    ],
)
async def test_a_spoiled_download_looks_fine_to_http(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str, content_type: str, length: bool
) -> None:
    http, url = await _picture(worlds, clients, clock, scene)
    got, (whole_http, whole_url) = await http.get(url), await _picture(worlds, clients, clock, "")
    whole = (await whole_http.get(whole_url)).content
    assert (got.status_code, got.headers.get("content-type")) == (200, content_type)
    assert ("content-length" in got.headers) is length
    assert (got.content == whole) is (scene == "download-no-length")


@pytest.mark.parametrize(
    ("scene", "field", "start"),
    [
        ("token-private", "ful", "https://169.254.169.254/sandbox/"),
        ("token-http", "ful", "http://zhubite"),
        ("token-fdl-private", "fdl", "https://10.0.0.1/sandbox/"),
    ],
)
async def test_a_token_may_lead_where_nothing_should_be_sent(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str, field: str, start: str
) -> None:
    assert (await clients(worlds(scene)).token()).json()["data"][field].startswith(start)


async def test_the_public_address_of_an_input_may_hold_the_key(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    assert "ima_sandbox" in (await clients(worlds("key-in-fdl")).token()).json()["data"]["fdl"]


async def test_bodies_may_be_nested_too_deep_or_be_cut_or_have_no_id(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    assert (await clients(worlds("deep-answer")).list()).text.startswith('{"code":0,"data":[[[[')
    assert (await clients(worlds("create-no-id")).create(order())).json()["data"] == {}
    with pytest.raises(json.JSONDecodeError):
        (await clients(worlds("create-truncated")).create(order())).json()
    assert (await clients(worlds("poll-null")).look("any")).json().get("data") is None


@pytest.mark.parametrize(
    "scene",
    ["list-drip", "create-drip", "poll-drip", "poll-drip-once", "token-drip", "download-drip", "download-drip-once"],
)
async def test_a_body_may_drip(worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any, scene: str) -> None:
    http, url = await _picture(worlds, clients, clock, "")
    client = clients(worlds(scene))
    before = clock.now
    if scene.startswith("download"):
        http, url = await _picture(worlds, clients, clock, scene)
        async with http.stream("GET", url) as answer:
            parts = answer.aiter_raw()
            assert [len(await anext(parts)) for _ in range(3)] == [64, 1, 1]
        return
    task_id = "" if scene in ("list-drip", "create-drip", "token-drip") else (await client.made())
    send: dict[str, Callable[[], Awaitable[httpx2.Response]]] = {
        "list": client.list,
        "create": lambda: client.create(order()),
        "poll": lambda: client.look(task_id),
        "token": client.token,
    }
    await _seen(send[scene.partition("-")[0]]())
    assert clock.now - before > 60


@pytest.mark.parametrize("scene", ["huge-answer", "create-huge", "poll-huge"])
async def test_a_body_may_be_absurdly_large(
    worlds: Callable[..., Any], clients: Callable[..., Any], scene: str
) -> None:
    client = clients(worlds(scene))
    url, body = {
        "huge-answer": ("product/list?app=ima&platform=web&category=text_to_image", None),
        "create-huge": ("tasks/create", order()),
        "poll-huge": ("tasks/detail", {"task_id": "any"}),
    }[scene]
    method = "POST" if body else "GET"
    size = 0
    async with client.http.stream(
        method, f"https://api.imastudio.com/open/v1/{url}", json=body, headers=client.headers
    ) as answer:
        async for part in answer.aiter_bytes():
            size += len(part)
    assert 99_000_000 < size < 101_000_000


async def test_several_scenes_play_together(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    client = clients(worlds("list-502-once, poll-502,fails"))
    assert (await client.list()).status_code == 502
    assert (await client.list()).status_code == 200
    assert (await client.look(await client.made())).status_code == 502


def test_an_unknown_scene_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no-such-scene"):
        open_world(None, scenes=["fails,no-such-scene"])


def test_every_scene_has_a_text_in_both_languages_and_no_text_is_left_over() -> None:
    assert set(TEXTS) == set(scene_names())
    assert all(zh.strip() and en.strip() and zh != en for zh, en in TEXTS.values())


def test_no_scene_is_left_without_a_test() -> None:
    written = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in scene_names() if f'"{name}"' not in written] == []
