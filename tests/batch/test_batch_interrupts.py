"""An interrupted batch, at any moment and in every mode: what is booked is told, and the batch with it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from batch_kit import ID, StageClock, drawn, on_stage, stage

from ima_nano_banana import sandbox
from ima_nano_banana.batch.paper import Paper
from ima_nano_banana.batch.runner import Runner
from ima_nano_banana.doors.cli.main import main

ROWS = "id,prompt,size\ncat,a cat,512\ndog,a dog,512\n"


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_world = sandbox.open_world
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(
        sandbox, "open_world", lambda path, **facts: open_world(path, **{**facts, "draw": drawn, "task_seconds": 0.05})
    )
    monkeypatch.setattr("ima_nano_banana.domain.schedule.next_look", lambda *_: 0.05)
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text(ROWS, "utf-8")


def run(*more: str) -> int:
    return main(["batch", "rows.csv", "--yes", "--output-dir", "out", "--sandbox", *more])


def last(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out.splitlines()[-1]))


def stopped_after_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Runner.run

    async def then_stopped(self: Runner) -> Any:
        summary = await made(self)
        os.kill(os.getpid(), signal.SIGINT)
        return summary

    monkeypatch.setattr(Runner, "run", then_stopped)


def torn(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform stops programs otherwise")
def test_whoever_stops_the_small_copies_cuts_no_row(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    stopped_after_the_rows(monkeypatch)

    code = run("--json")

    out = last(capsys)
    assert (code, out["batch"]["done"], out["batch"]["credit"]) == (0, 2, 8)
    assert Path("out/index.html").is_file()


@pytest.mark.parametrize("mode", ["--json", "--events"])
def test_an_interrupt_that_the_run_can_not_tell_is_told_by_the_books(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch, mode: str
):
    monkeypatch.setattr(Paper, "sheet", torn)

    assert run(mode) == 130

    out = last(capsys)
    assert (out["batch"]["done"], out["batch"]["waiting"], out["batch"]["credit"]) == (2, 0, 8)
    assert (out["error"]["kind"], out["error"]["charged"]) == ("interrupted", "yes")
    assert "nano-banana batch rows.csv" in out["error"]["suggestion"]
    assert out.get("event", "interrupted") == "interrupted"


@pytest.mark.parametrize(("language", "spent"), [("en", "8 points spent"), ("zh", "已用 8 积分")])
def test_a_person_reads_what_is_spent(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch, language: str, spent: str
):
    monkeypatch.setattr(Paper, "sheet", torn)

    assert run("--language", language) == 130
    assert spent in capsys.readouterr().out


def test_an_interrupt_before_a_row_is_sent_tells_what_earlier_runs_spent(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    assert run() == 0
    capsys.readouterr()
    Path("rows.csv").write_text(ROWS + "owl,an owl,512\n", "utf-8")
    monkeypatch.setattr("ima_nano_banana.pictures.place.ready_folder", torn)

    assert run("--json") == 130

    out = last(capsys)
    assert (out["batch"]["done"], out["batch"]["waiting"], out["batch"]["credit"]) == (2, 1, 8)
    assert out["error"]["charged"] == "yes"


def test_a_create_that_was_cut_is_uncertain_and_not_waiting(tmp_path: Path):
    async def main_(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            on_the_wire = asyncio.Event()
            answer = one.transport.handle_async_request

            async def slow(request: Any) -> Any:
                if request.url.path.endswith("create"):
                    on_the_wire.set()
                    await asyncio.Event().wait()
                return await answer(request)

            one.transport.handle_async_request = slow  # type: ignore[method-assign]
            running = asyncio.ensure_future(one.run("id,prompt\na,a cat\nb,a dog\n", concurrency=1))
            await on_the_wire.wait()
            running.cancel()
            await asyncio.wait({running})
            assert one.runner is not None

            summary = await one.runner.settled()

            assert (summary.states["uncertain"], summary.states["waiting"]) == (1, 1)
            assert summary.committed == 4
            assert {row for row, _ in one.ended} == {"a"}
            assert await one.ports.ledger.batch(ID) is not None

    on_stage(main_)
