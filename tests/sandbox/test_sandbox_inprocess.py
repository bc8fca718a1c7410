"""The transport without sockets: which hosts exist, timeouts, streams, many at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sandbox_kit import order

from ima_nano_banana.sandbox import in_process

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio


async def test_a_strange_host_cannot_be_reached_and_the_visit_is_on_record(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds()
    client = clients(world)
    with pytest.raises(httpx2.ConnectError):
        await client.http.post("https://evil.example/sandbox/", json=order(), headers=client.headers)
    with pytest.raises(httpx2.ConnectError):
        await client.http.put("https://cdn.evil.example/", content=b"x", headers={"content-type": "image/png"})
    assert world.books.saw("evil.example") == {"visit", "key", "prompt"}
    assert world.books.saw("cdn.evil.example") == {"visit", "bytes"}


async def test_each_host_sees_only_what_belongs_to_it(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    world = worlds()
    client = clients(world)
    url = await client.upload(b"picture")
    await client.made(order(images=(url,), attribute_id=4405))
    assert world.books.saw("api.imastudio.com") == {"visit", "key", "prompt"}
    assert world.books.saw("imapi.liveme.com") == {"visit", "key"}
    assert world.books.saw("zhubite-imagent-bot.oss-us-east-1.aliyuncs.com") == {"visit", "bytes"}


@pytest.mark.parametrize("url", ["http://api.imastudio.com/", "https://api.imastudio.com:8443/"])
async def test_only_https_on_its_own_port_is_answered(
    worlds: Callable[..., Any], clients: Callable[..., Any], url: str
) -> None:
    with pytest.raises(httpx2.ConnectError):
        await clients(worlds()).http.get(url)


async def test_a_late_answer_is_a_timeout_on_a_clock_of_the_tests_own(
    worlds: Callable[..., Any], clients: Callable[..., Any], clock: Any
) -> None:
    world = worlds("create-slow")
    with pytest.raises(httpx2.ReadTimeout):
        await clients(world).create(order())
    assert clock.waits == [30.0]
    assert world.books.points_charged() == 6


async def test_a_huge_answer_is_made_only_as_far_as_it_is_read(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    client = clients(worlds("huge-answer"))
    query = {"app": "ima", "platform": "web", "category": "text_to_image"}
    url = "https://api.imastudio.com/open/v1/product/list"
    async with client.http.stream("GET", url, params=query, headers=client.headers) as answer:
        first = await anext(answer.aiter_bytes(1024))
    assert len(first) == 1024


async def test_two_thousand_requests_at_once_are_all_served(
    worlds: Callable[..., Any], clients: Callable[..., Any]
) -> None:
    world = worlds(points=12_000)
    client = clients(world)
    answers = await asyncio.gather(*(client.create(order(f"picture {k}")) for k in range(2_000)))
    assert {answer.json()["code"] for answer in answers} == {200}
    assert world.books.points_left(client.key) == 0
    assert len(world.books.charges()) == 2_000


async def test_requests_in_parallel_are_counted(worlds: Callable[..., Any], clock: Any) -> None:
    world = worlds()
    everybody = asyncio.Barrier(3)  # nobody is answered before all three are being served

    async def wait(_: float) -> None:
        await everybody.wait()

    async with httpx2.AsyncClient(transport=in_process(world, stall=wait, latency=0.1)) as http:
        await asyncio.gather(*(http.get("https://ima-ga.esxscloud.com/sandbox/x") for _ in range(3)))
    assert world.books.peak("input") == 3
