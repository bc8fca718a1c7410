"""``resume --all``: every task side by side, into its own folder, in its own language, and told as it ends."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

LOST = ("--sandbox", "--sandbox-scene", "download-404", "--output-json")
ORDERS = {"a cat": "cats", "一只狗": "dogs", "an owl": "owls"}


@pytest.fixture
def ordered(ima) -> dict[str, str]:
    """Three tasks that are paid and not on disk, each ordered to a folder of its own; their ids by folder."""
    found = {}
    for prompt, folder in ORDERS.items():
        told = ima("--prompt", prompt, "--output-dir", folder, *LOST)
        assert told.code == 12
        found[folder] = told.json["error"]["task_id"]
    return found


def test_every_task_goes_where_it_was_ordered_to_and_speaks_its_own_language(ima, ordered) -> None:
    told = ima("resume", "--all", "--sandbox", "--json", door="command")
    assert told.code == 0
    found = {Path(one["files"][0]).parent.name: (one["task_id"], one["language"]) for one in told.json["results"]}
    assert found == {
        "cats": (ordered["cats"], "en"),
        "dogs": (ordered["dogs"], "zh"),
        "owls": (ordered["owls"], "en"),
    }
    rows = ima("tasks", "--json", "--sandbox", door="command").json["tasks"]
    assert all(row["told_at"] for row in rows)
    nothing = {"results": [], "message": "No task is waiting to be fetched", "sandbox": True}
    assert ima("resume", "--all", "--sandbox", "--json", door="command").json == nothing


@pytest.mark.parametrize(("language", "told"), [("zh", "没有待取回的任务"), ("en", "No task is waiting to be fetched")])
def test_who_asks_whether_it_is_ready_is_told_that_nothing_is_waiting(language, told, ima):
    assert ima("--resume-all", "--language", language, "--sandbox", "--output-json").json["message"] == told


def test_a_folder_that_is_asked_for_goes_before(ima, ordered) -> None:
    told = ima("resume", "--all", "--sandbox", "--json", "--output-dir", "here", door="command")
    assert {Path(one["files"][0]).parent.name for one in told.json["results"]} == {"here"}


def test_a_person_reads_each_end_and_how_many_there_are(ima, ordered) -> None:
    told = ima("resume", "--all", "--sandbox", "--language", "en", door="command")
    assert told.code == 0
    assert "Paid tasks to fetch: 3" in told.err
    assert "generating now" not in told.err
    assert sum("cats" in line or "dogs" in line or "owls" in line for line in told.out.splitlines()) == 3


def test_events_tell_each_end_with_its_task_and_all_of_them_at_last(ima, ordered) -> None:
    events = ima("resume", "--all", "--sandbox", "--events", door="command").events
    assert [one["event"] for one in events] == ["acknowledged", *["progress"] * 3, "succeeded"]
    parts, last = events[1:-1], events[-1]
    assert {part["task_id"] for part in parts} == set(ordered.values())
    assert [(part["ended"], part["total"]) for part in parts] == [(1, 3), (2, 3), (3, 3)]
    assert all(part["result"]["files"] for part in parts)
    assert len(last["results"]) == 3


@pytest.mark.parametrize("call", [("--resume-all",), ("resume", "--all")])
def test_a_task_that_can_not_be_fetched_is_told_as_one_alone_is(ima, ordered, call) -> None:
    common = (*call, "--sandbox", "--sandbox-scene", "download-404", "--json")
    together = ima(*common, door="script" if len(call) == 1 else "command")
    first = {"--resume-all": ("--resume",), "resume": ("resume",)}[call[0]]
    for one in together.json["results"]:
        alone = ima(
            *(*first, one["error"]["task_id"], "--sandbox", "--sandbox-scene", "download-404", "--json"),
            door="script" if len(call) == 1 else "command",
        )
        heads = [body["error"]["message_full"].splitlines()[0] for body in (one, alone.json)]
        assert heads == ["❌ 图片生成失败" if one["error"]["language"] == "zh" else "❌ Image generation failed"] * 2


def test_a_slow_task_keeps_no_other_waiting(ima, ordered, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are under way at once: each waits for the others here, and would wait for ever one after the other."""
    from ima_nano_banana.engine import flow

    together = asyncio.Barrier(len(ordered))
    brought = flow.Engine._brought

    async def meet(self, *args, **more):
        await together.wait()
        return await brought(self, *args, **more)

    monkeypatch.setattr(flow.Engine, "_brought", meet)
    assert ima("resume", "--all", "--sandbox", "--json", door="command").code == 0


def test_an_interrupt_tells_what_was_saved_by_then_and_leaves_the_rest(
    ima, ordered, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from ima_nano_banana.engine import flow

    brought = flow.Engine._brought

    async def stuck(self, verdict, job, *args, **more):
        if job.task_id == ordered["owls"]:
            await _others_told(self)
            import signal

            signal.raise_signal(signal.SIGINT)
            await asyncio.Event().wait()
        return await brought(self, verdict, job, *args, **more)

    async def _others_told(engine) -> None:
        while len([item for item in await engine.ledger.tasks() if item.state == "done"]) < 2:
            await asyncio.sleep(0)
        for _ in range(50):
            await asyncio.sleep(0)

    with monkeypatch.context() as patched:
        patched.setattr(flow.Engine, "_brought", stuck)
        told = ima("resume", "--all", "--sandbox", "--json", door="command")
    assert told.code == 130
    body = json.loads(told.out)
    assert body["error"]["kind"] == "interrupted"
    assert {one["task_id"] for one in body["results"]} == {ordered["cats"], ordered["dogs"]}
    rest = ima("resume", "--all", "--sandbox", "--json", door="command").json["results"]
    assert [one["task_id"] for one in rest] == [ordered["owls"]]


def test_a_failed_task_is_told_beside_the_others(ima) -> None:
    ima("--prompt", "a cat", *LOST)
    ima("--prompt", "a dog", "--sandbox", "--sandbox-scene", "stuck", "--timeout", "1")
    told = ima("resume", "--all", "--sandbox", "--json", "--timeout", "1", door="command")
    assert told.code in (0, 8)
    assert len(told.json["results"]) == 2
    assert sum("files" in one for one in told.json["results"]) >= 1


def test_a_person_reads_which_task_was_not_fetched(ima) -> None:
    stuck = ima("--prompt", "a dog", "--sandbox", "--sandbox-scene", "stuck", "--timeout", "1", "--output-json")
    task = stuck.json["error"]["task_id"]
    told = ima("resume", "--all", "--sandbox", "--timeout", "1", "--sandbox-scene", "stuck", door="command")
    assert told.code == 8
    assert f"nano-banana resume {task} --sandbox" in told.out
