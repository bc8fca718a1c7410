"""One world, several processes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sandbox_kit import order, square

from ima_nano_banana.sandbox import open_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.anyio

CHILD = """
import asyncio, json, sys, httpx2
from pathlib import Path
from ima_nano_banana.sandbox import in_process, open_world

async def main(path, body, times):
    with open_world(Path(path), points=60) as world:
        async with httpx2.AsyncClient(transport=in_process(world)) as http:
            for _ in range(times):
                await http.post("https://api.imastudio.com/open/v1/tasks/create", content=body,
                                headers={"authorization": "Bearer ima_sandbox"})

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def _children(path: Path, count: int, times: int) -> None:
    import json

    args = [sys.executable, "-c", CHILD, str(path), json.dumps(order()), str(times)]
    running = [subprocess.Popen(args) for _ in range(count)]
    assert [child.wait(60) for child in running] == [0] * count


async def test_processes_share_accounts_and_books_and_never_overspend(tmp_path: Path) -> None:
    path = tmp_path / "world.sqlite3"
    _children(path, count=3, times=6)
    with open_world(path, points=60) as world:
        assert world.books.points_charged() == 60
        assert world.books.points_left("ima_sandbox") == 0
        assert sum(seen.accepted for seen in world.books.creates()) == 10
        assert world.books.count("create") == 18


async def test_a_task_survives_its_process(tmp_path: Path, clients: Callable[..., Any], clock: Any) -> None:
    path = tmp_path / "deep" / "world.sqlite3"
    with open_world(path, scenes=["fails"], now=clock) as world:
        task_id = await clients(world).made()
    clock.now += 60
    with open_world(path, now=clock) as world:
        (media,) = await clients(world).medias(task_id)
        assert (media["resource_status"], media["error_msg"] != "") == (2, True)


async def test_once_is_counted_again_for_a_new_run_and_on_for_a_continued_one(
    tmp_path: Path, clients: Callable[..., Any], clock: Any
) -> None:
    async def status(run: str | None) -> int:
        with open_world(tmp_path / "w", scenes=["list-502-once"], run=run, now=clock, draw=square) as world:
            return int((await clients(world).list()).status_code)

    assert [await status(None), await status(None)] == [502, 502]
    assert [await status("one"), await status("one"), await status("two")] == [502, 200, 502]


async def test_five_thousand_tasks_are_kept_and_found(worlds: Callable[..., Any], clients: Callable[..., Any]) -> None:
    world = worlds()
    client = clients(world)
    ids = [await client.made(order(f"picture {k}")) for k in range(5_000)]
    assert sorted(world.books.tasks()) == sorted(ids)
    assert (await client.look(ids[4_321])).json()["data"]["prompt"] == "picture 4321"
