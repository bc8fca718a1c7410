"""An answer that drips is given up, at every question and for every picture; a create that drips is uncertain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest
from engine_kit import stage
from PIL import Image

from ima_nano_banana.errors import DownloadFault, Fault, NetworkFault, TimeoutFault, UncertainFault
from ima_nano_banana.service import Service, line
from ima_nano_banana.service.pace import LEAST, WINDOW, Pace, TooSlowError, longest_upload

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("scene", "kind", "charged", "within"),
    [
        ("list-drip", NetworkFault, "no", 180.0),
        ("create-drip", UncertainFault, "unknown", 60.0),
        ("poll-drip", TimeoutFault, "yes", 120.0),
        ("download-drip", DownloadFault, "yes", 120.0),
    ],
)
async def test_an_answer_that_drips_ends_the_run_in_time(
    tmp_path: Path, scene: str, kind: type[Fault], charged: str, within: float
) -> None:
    async with stage(tmp_path, scene, seconds=5.0) as on:
        before = on.clock.now
        with pytest.raises(kind) as caught:
            await on.make(how={"timeout": 30.0})
        assert caught.value.charged == charged
        assert on.clock.now - before < within
        assert on.world.books.count("create") <= 1


async def test_a_token_that_drips_costs_nothing_and_ends_the_run(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    async with stage(tmp_path, "token-drip") as on:
        with pytest.raises(NetworkFault):
            await on.make(images=("a.png",))
        assert on.charged == 0


@pytest.mark.parametrize("scene", ["download-drip-once", "poll-drip-once"])
async def test_a_picture_comes_although_something_dripped_at_first(tmp_path: Path, scene: str) -> None:
    async with stage(tmp_path, scene) as on:
        assert (await on.make()).files


async def test_a_slow_picture_that_keeps_the_least_pace_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        pace = Pace(on.clock, 600.0, LEAST)
        for _ in range(50):
            await on.clock.sleep(WINDOW / 2)
            pace.took(LEAST // 2)
        await on.clock.sleep(WINDOW)
        with pytest.raises(TooSlowError):
            pace.took(1)


async def test_no_body_is_longer_than_the_overall_limit(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        pace = Pace(on.clock, 100.0)
        await on.clock.sleep(101.0)
        with pytest.raises(TooSlowError):
            pace.took(10**9)


def test_an_upload_may_take_as_long_as_its_size_explains() -> None:
    assert longest_upload(0) == 90.0
    assert longest_upload(30_000_000) > 1000


async def test_a_head_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    monkeypatch.setattr(line, "LONGEST_HEAD", 0.01)
    async with Service("ima_a_test_key", transport=Endless()) as service:
        with pytest.raises(NetworkFault) as caught:
            await service.detail("task-1")
        assert caught.value.code == "network.timeout"
        with pytest.raises(NetworkFault):
            await service.fetch("https://ws.esxscloud.com/a.png", lambda _: None)
