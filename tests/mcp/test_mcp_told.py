"""A run is told when its reply was sent to a caller that still waits; until then the same call is handed the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from mcp_kit import Rig, body, rig_in, willing

if TYPE_CHECKING:
    from pathlib import Path

    from ima_nano_banana.ledger import AsyncLedger, Item

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat on the moon"}


async def only(ledger: AsyncLedger) -> Item:
    [item] = await ledger.tasks()
    return item


async def until_told(ledger: AsyncLedger) -> Item:
    with anyio.fail_after(20):
        while (item := await only(ledger)).told_at is None:
            await anyio.sleep(0.01)
    return item


async def test_a_reply_that_was_sent_closes_the_request(rig: Rig, era: str) -> None:
    house = rig.house()
    async with house.open(), rig.client(era, willing(), house) as client:
        first = body(await client.call_tool("generate_image", CAT))
        assert (await until_told(house.ledger)).door == "mcp"
        second = body(await client.call_tool("generate_image", CAT))
    assert first["task_id"] != second["task_id"]
    assert rig.creates == 2


async def test_a_reply_that_nobody_waited_for_is_given_to_the_same_call(tmp_path: Path, era: str) -> None:
    """The client's patience ends, the run goes on and ends; nobody was told, so nobody pays again."""
    slow = rig_in(tmp_path, real_seconds=1.5)
    house = slow.house()
    async with house.open():
        async with slow.client(era, willing(), house) as client:
            with anyio.move_on_after(1.0) as left:
                await client.call_tool("generate_image", CAT)
            assert left.cancelled_caught
        with anyio.fail_after(20):
            while (await only(house.ledger)).state != "done":
                await anyio.sleep(0.05)
        assert (await only(house.ledger)).told_at is None
        async with slow.client(era, willing(), house) as client:
            told = body(await client.call_tool("generate_image", CAT))
        item = await until_told(house.ledger)
        assert (told["task_id"], tuple(told["files"])) == (item.task_id, item.files)
    assert slow.creates == 1


async def test_a_server_that_is_closed_has_not_told_what_nobody_heard(tmp_path: Path) -> None:
    slow = rig_in(tmp_path, real_seconds=1.5)
    house = slow.house()
    async with house.open():
        async with slow.client("legacy", willing(), house) as client:
            told = body(await client.call_tool("generate_image", {**CAT, "wait_seconds": 0}))
            assert told["status"] == "running"
        with anyio.fail_after(20):
            while (await only(house.ledger)).state != "done":
                await anyio.sleep(0.05)
    house = slow.house()
    async with house.open(), slow.client("legacy", willing(), house) as client:
        assert (await only(house.ledger)).told_at is None
        again = body(await client.call_tool("generate_image", CAT))
        assert again["task_id"] == told["task_id"]
        await until_told(house.ledger)
    assert slow.creates == 1


async def test_a_failure_that_nobody_heard_is_told_to_the_same_call(tmp_path: Path) -> None:
    slow = rig_in(tmp_path, real_seconds=1.5, scenes=("fails",))
    house = slow.house()
    async with house.open(), slow.client("legacy", willing(), house) as client:
        await client.call_tool("generate_image", {**CAT, "wait_seconds": 0})
        with anyio.fail_after(20):
            while (await only(house.ledger)).state != "failed":
                await anyio.sleep(0.05)
        assert (await only(house.ledger)).told_at is None
        told = body(await client.call_tool("generate_image", CAT))
        assert told["error"]["kind"] == "generation"
        await until_told(house.ledger)
    assert slow.creates == 1
