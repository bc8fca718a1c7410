"""What goes at once, and what goes once: shown by counting and by holding answers back, never by a stopwatch."""

from __future__ import annotations

import asyncio
import shutil

import pytest
from performance_kit import bench, photos, picture

from ima_nano_banana import AsyncClient, sandbox
from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.serve import serve_in_thread

pytestmark = pytest.mark.anyio


async def test_four_photos_are_up_before_the_product_list_is_there(tmp_path):
    """List beside (token, PUT) is the critical path: the list is held until every photo has arrived."""
    async with bench(tmp_path) as on:
        on.held.hold("list", lambda: on.held.ended["put"] == 4)
        await on.make(images=tuple(photos(tmp_path, 4)))
        assert (on.held.seen["token"], on.held.seen["put"], on.held.seen["create"]) == (4, 4, 1)


async def test_the_product_list_is_asked_for_before_any_photo_is_up(tmp_path):
    async with bench(tmp_path) as on:
        on.held.hold("token", lambda: on.held.ended["list"] == 1)
        await on.make(images=tuple(photos(tmp_path, 4)))
        assert on.held.seen["create"] == 1


async def test_all_four_tokens_are_under_way_at_once_and_never_more(tmp_path):
    async with bench(tmp_path) as on:
        on.held.hold("token", lambda: on.held.seen["token"] >= 4)
        on.held.hold("put", lambda: on.held.seen["put"] >= 4)
        await on.make(images=tuple(photos(tmp_path, 8)))
        assert (on.held.seen["token"], on.held.seen["put"]) == (8, 8)
        assert on.held.peak["token"] <= 4
        assert on.held.peak["put"] <= 4


async def test_identical_photos_are_sent_once(tmp_path):
    first, second = photos(tmp_path, 2)
    copy = shutil.copy(first, tmp_path / "copy of the first.png")
    async with bench(tmp_path) as on:
        await on.make(images=(first, second, str(copy), first))
        assert (on.held.seen["token"], on.held.seen["put"]) == (2, 2)


async def test_all_pictures_of_a_task_are_fetched_at_once(tmp_path):
    async with bench(tmp_path) as on:
        on.held.hold("picture", lambda: on.held.seen["picture"] == 4)
        result = await on.make(count=4)
        assert len(result.files) == 4


async def test_runs_that_start_together_share_one_product_list(tmp_path):
    async with bench(tmp_path) as on:
        await asyncio.gather(*(on.make(f"cat {number}") for number in range(20)))
        assert (on.held.seen["list"], on.held.seen["create"]) == (1, 20)


async def test_a_shared_list_that_fails_fails_for_all_and_is_asked_for_anew_by_the_next(tmp_path):
    async with bench(tmp_path) as on:
        on.world.select(["list-down"])
        ends = await asyncio.gather(*(on.make(f"cat {number}") for number in range(3)), return_exceptions=True)
        assert [type(end).__name__ for end in ends] == ["NetworkFault"] * 3
        on.world.select([])
        assert (await on.make()).files


@pytest.mark.loopback
@pytest.mark.parametrize("images", [0, 1])
async def test_one_tls_handshake_for_each_host(tmp_path, monkeypatch, images):
    with (
        sandbox.open_world(None, task_seconds=0.0, draw=lambda *_: (picture(), "image/png")) as world,
        serve_in_thread(world, tmp_path / "ca") as served,
    ):
        for name, value in served.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
        async with AsyncClient() as ima:
            for number in range(2):
                await ima.generate(f"cat {number}", images=photos(tmp_path, images), output_dir=tmp_path / "out")
        counters = world.books.counters()
    shaken = {name.removeprefix("tls:"): n for name, n in counters.items() if name.startswith("tls:")}
    asked = {hosts.API, hosts.RESULTS} | ({hosts.TOKENS, hosts.STORAGE} if images else set())
    assert shaken == dict.fromkeys(asked, 1)


@pytest.mark.loopback
async def test_four_photos_at_once_need_no_more_connections_than_photos(tmp_path, monkeypatch):
    with (
        sandbox.open_world(None, task_seconds=0.0, draw=lambda *_: (picture(), "image/png")) as world,
        serve_in_thread(world, tmp_path / "ca") as served,
    ):
        for name, value in served.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
        async with AsyncClient() as ima:
            await ima.generate("a cat", images=photos(tmp_path, 4), output_dir=tmp_path / "out")
        counters = world.books.counters()
    assert counters[f"tls:{hosts.API}"] == counters[f"tls:{hosts.RESULTS}"] == 1
    assert counters[f"tls:{hosts.TOKENS}"] <= 4
    assert counters[f"tls:{hosts.STORAGE}"] <= 4
