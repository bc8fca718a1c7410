"""The command and the two functions for other engines, on shared books."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cluster_world import Cluster

from ima_nano_banana import words
from ima_nano_banana.cluster import steps
from ima_nano_banana.cluster.submit import progress
from ima_nano_banana.doors.cli.main import main
from ima_nano_banana.errors import BudgetFault

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]


@pytest.fixture
def at_home(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(cluster.root))
    monkeypatch.setenv("IMA_LEDGER_URL", cluster.store)
    monkeypatch.chdir(cluster.place)
    rows = [{"id": f"r{n}", "prompt": f"bird {n}", "size": "512px"} for n in range(6)]
    Path("birds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return cluster


def told(capsys: pytest.CaptureFixture[str], *typed: str) -> dict[str, object]:
    assert main([*typed, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_detached_batch_is_asked_after_by_its_id(at_home: Cluster, capsys: pytest.CaptureFixture[str]):
    batch = told(capsys, "batch", "birds.jsonl", "--sandbox", "--yes", "--detach")["batch"]
    assert isinstance(batch, dict)
    (before,) = told(capsys, "batch", "status", str(batch["id"]))["batches"]  # type: ignore[misc]
    assert before["states"] == {"open": 6}

    at_home.options["files"] = (at_home.place / "shared").as_uri()
    at_home.start(batch_id=str(batch["id"])).wait(timeout=60)

    (after,) = told(capsys, "batch", "status", str(batch["id"]))["batches"]  # type: ignore[misc]
    assert after["states"] == {"done": 6}
    assert len(list((at_home.place / "shared").rglob("*.png"))) == 6
    assert all(file.startswith("file://") for item in at_home.ledger.tasks() for file in item.files)


def test_a_batch_that_was_called_off_pays_for_nothing_until_it_is_taken_up(
    at_home: Cluster, capsys: pytest.CaptureFixture[str]
):
    batch = told(capsys, "batch", "birds.jsonl", "--sandbox", "--yes", "--detach")["batch"]
    assert isinstance(batch, dict)
    (off,) = told(capsys, "batch", "cancel", str(batch["id"]))["batches"]  # type: ignore[misc]
    assert (off["states"], off["cancelled"]) == ({"cancelled": 6}, True)
    at_home.start(batch_id=str(batch["id"])).wait(timeout=60)
    assert at_home.books.creates() == []

    (again,) = told(capsys, "batch", "retry", str(batch["id"]))["batches"]  # type: ignore[misc]
    assert again["states"] == {"open": 6}
    at_home.start(batch_id=str(batch["id"])).wait(timeout=60)

    assert len(at_home.books.charges()) == 6


def test_the_one_who_submits_may_take_part(at_home: Cluster, capsys: pytest.CaptureFixture[str]):
    assert main(["batch", "birds.jsonl", "--sandbox", "--yes", "--output-dir", "here", "--json"]) == 0

    assert len(list(Path("here").glob("*.png"))) == 6
    assert len(Path("here/results.jsonl").read_text(encoding="utf-8").splitlines()) == 6
    assert len(at_home.books.charges()) == 6


def test_a_step_of_another_engine_may_be_called_again_and_again(at_home: Cluster):
    at_home.start()
    item = {"id": "owl", "prompt": "an owl", "size": "512px"}

    names = {steps.submit(item, max_credits=4, sandbox=True) for _ in range(3)}

    assert len(names) == 1
    first, second = (steps.wait(name, timeout=60) for name in [*names, *names])
    assert first == second
    assert first["credit"] == 1
    assert len(at_home.books.charges()) == 1
    assert steps.submit(item, max_credits=4, sandbox=True) in names
    assert len(at_home.books.charges()) == 1


def test_a_step_that_would_cost_more_is_refused(at_home: Cluster):
    at_home.start()
    name = steps.submit({"prompt": "an owl", "size": "512px"}, max_credits=0, sandbox=True)

    with pytest.raises(BudgetFault) as refused:
        steps.wait(name, timeout=60)

    assert refused.value.code == "budget.max_credits"
    assert at_home.books.creates() == []


def budgets(cluster: Cluster) -> list[int | None]:
    rows = cluster.ledger.store.read(lambda tx: tx.execute("SELECT budget FROM batches").fetchall())
    return [row[0] for row in rows]


@pytest.mark.parametrize("mode", [("--detach",), ("--output-dir", "here")])
def test_no_path_on_shared_books_sets_a_budget_above_a_limit_that_applies(
    at_home: Cluster, capsys: pytest.CaptureFixture[str], mode: tuple[str, ...]
):
    told(capsys, "limits", "set", "--per-run", "9", "--sandbox")

    main(["batch", "birds.jsonl", "--sandbox", "--max-credits", "500", *mode, "--json"])
    capsys.readouterr()

    assert budgets(at_home) == [9]
    assert at_home.books.points_charged() <= 9


def test_a_step_costs_no_more_than_a_limit_on_one_run(at_home: Cluster, capsys: pytest.CaptureFixture[str]):
    told(capsys, "limits", "set", "--per-run", "0", "--sandbox")
    at_home.start()

    name = steps.submit({"prompt": "an owl", "size": "512px"}, max_credits=99, sandbox=True)

    with pytest.raises(BudgetFault):
        steps.wait(name, timeout=60)
    assert at_home.books.creates() == []


def test_limits_of_this_machine_that_nothing_heeds_are_told_before_the_first_point(
    at_home: Cluster, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("IMA_LEDGER_URL")
    told(capsys, "limits", "set", "--daily", "7", "--sandbox")

    shared = ("--store", at_home.store, "--sandbox")
    assert main(["batch", "birds.jsonl", *shared, "--dry-run", "--json"]) == 0

    said = capsys.readouterr()
    assert "all/day 7" in said.err
    assert json.loads(said.out)["quote"]["idle_limits"] == ["all/day 7"]
    monkeypatch.setenv("IMA_LEDGER_URL", at_home.store)
    assert main(["generate", "an owl", "--sandbox", "--dry-run", "--language", "zh"]) == 0
    assert "all/day 7" in capsys.readouterr().err
    with pytest.warns(UserWarning, match="all/day 7"):
        steps.submit({"prompt": "an owl", "size": "512px"}, max_credits=9, sandbox=True)
    told(capsys, "limits", "set", "--daily", "7", "--sandbox")
    assert main(["batch", "birds.jsonl", *shared, "--dry-run", "--json"]) == 0
    assert "all/day 7" not in capsys.readouterr().err


def test_an_interrupted_submission_tells_what_the_workers_have_spent(
    at_home: Cluster, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    from ima_nano_banana.cluster import submit as submitting

    submit = submitting.submit

    async def torn(*facts: object) -> None:
        await submit(*facts)  # type: ignore[arg-type]
        at_home.start(batch_id=str(budgeted(at_home))).wait(timeout=60)
        raise KeyboardInterrupt

    monkeypatch.setattr(submitting, "submit", torn)

    assert main(["batch", "birds.jsonl", "--sandbox", "--yes", "--detach", "--json"]) == 130

    out = json.loads(capsys.readouterr().out)
    assert (out["batch"]["done"], out["batch"]["credit"]) == (6, at_home.books.points_charged())
    assert out["error"]["charged"] == "yes"


def budgeted(cluster: Cluster) -> str:
    rows = cluster.ledger.store.read(lambda tx: tx.execute("SELECT id FROM batches").fetchall())
    return str(rows[0][0])


def test_a_batch_that_no_worker_took_part_in_is_said_to_have_ended(
    at_home: Cluster, capsys: pytest.CaptureFixture[str]
):
    rows = [{"id": "a", "prompt": "a bird", "size": "512px"}, {"id": "b", "prompt": "b", "images": ["@row:a"]}]
    Path("birds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["batch", "birds.jsonl", "--sandbox", "--yes", "--output-dir", "here", "--json"]) == 0
    capsys.readouterr()

    (stands,) = told(capsys, "batch", "status")["batches"]  # type: ignore[misc]

    assert (stands["states"], stands["ended"], stands["running"]) == ({"done": 2}, True, 0)
    assert main(["batch", "status", "--language", "en"]) == 0
    assert words.text("cluster.ended", "en") in capsys.readouterr().out


def test_rows_that_failed_beside_the_workers_have_ended_with_those_that_need_them(
    at_home: Cluster, capsys: pytest.CaptureFixture[str]
):
    rows = [{"id": "a", "prompt": "a bird", "size": "512px"}, {"id": "b", "prompt": "b", "images": ["@row:a"]}]
    Path("birds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    scene = ("--sandbox-scene", "fails")
    assert main(["batch", "birds.jsonl", "--sandbox", "--yes", "--output-dir", "here", *scene, "--json"]) == 11
    capsys.readouterr()

    (stands,) = told(capsys, "batch", "status")["batches"]  # type: ignore[misc]

    assert (stands["states"], stands["ended"]) == ({"failed": 2}, True)
    assert set(stands["errors"]) == {"a", "b"}
    (again,) = told(capsys, "batch", "retry", stands["id"])["batches"]  # type: ignore[misc]
    assert again["states"] == {"open": 2}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to stop a worker gently")
@pytest.mark.parametrize("mode", ["--json", "--language=zh", "--language=en"])
def test_a_worker_that_is_stopped_says_what_it_has_spent(
    at_home: Cluster, capsys: pytest.CaptureFixture[str], mode: str
):
    assert main(["batch", "birds.jsonl", "--sandbox", "--yes", "--detach", "--json"]) == 0
    command = [sys.executable, "-m", "ima_nano_banana", "worker", "--sandbox", "--output-dir", "worker", mode]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        deadline = time.monotonic() + 120
        while not (found := progress(at_home.ledger)[0]).ended:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGTERM)
        out, err = worker.communicate(timeout=60)

    assert worker.returncode == 0
    points = at_home.books.points_charged()
    if mode == "--json":
        assert json.loads(out)["worker"] == {"states": {"done": 6}, "credit": points, "open": 0, "credit_open": 0}
    else:
        assert out == ""
        zh = f"完成 6 行，失败 0 行，结果未知 0 行，用了 {points} 积分"
        en = f"6 rows done, 0 failed, 0 uncertain, {points} points spent"
        assert (zh if "zh" in mode else en) in err


def test_a_program_and_an_agent_hear_of_limits_that_hold_nothing(
    at_home: Cluster, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    from ima_nano_banana import Client
    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.doors.mcp.server import Server
    from ima_nano_banana.doors.mcp.settings import Settings
    from mcp import Client as McpClient

    monkeypatch.delenv("IMA_LEDGER_URL")
    told(capsys, "limits", "set", "--daily", "7", "--sandbox")
    monkeypatch.setenv("IMA_LEDGER_URL", at_home.store)

    async def asked(tool: str, **facts: object) -> dict[str, object]:
        async with McpClient(Server(House(Settings(sandbox=True, no_spend=True)))) as client:
            return dict((await client.call_tool(tool, facts)).structured_content or {})

    for tool, facts in (
        ("get_limits", {}),
        ("quote_image", {"prompt": "an owl"}),
        ("generate_image", {"prompt": "owl"}),
    ):
        answer = asyncio.run(asked(tool, **facts))
        assert answer["idle_limits"] == ["all/day 7"]
        assert "all/day 7" in str(answer["notice"])
    with Client(sandbox=True) as ima, pytest.warns(UserWarning, match="all/day 7"):
        assert ima.batch([{"prompt": "an owl", "size": "512px"}], max_credits=9).complete
    told(capsys, "limits", "set", "--daily", "7", "--sandbox")
    assert "idle_limits" not in asyncio.run(asked("get_limits"))
