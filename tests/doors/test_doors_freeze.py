"""A freeze and the calendar as people and programs meet them, and three processes that are stopped in mid-spend."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

from ima_nano_banana import words

MAKE = ("--prompt", "a cat on the moon", "--sandbox")
HERE = Path(__file__).parent


def _limits(ima, *argv: str):
    return ima("limits", *argv, "--sandbox", door="command")


def test_a_frozen_ledger_refuses_at_both_doors_and_goes_on_afterwards(ima) -> None:
    frozen = _limits(ima, "freeze", "--reason", "checking", "--json").json["frozen"]
    assert [(one["scope"], one["user"], one["reason"]) for one in frozen] == [("all", None, "checking")]
    for argv, door in ((MAKE, "script"), (("generate", "a cat", "--sandbox"), "command")):
        refused = ima(*argv, "--output-json", door=door)
        error = refused.json["error"]
        assert (refused.code, error["kind"], error["code"], error["charged"]) == (5, "budget", "budget.frozen", "no")
        assert "checking" in error["message"]
    assert ima(*MAKE, "--dry-run", "--output-json").code == 0

    assert _limits(ima, "unfreeze", "--json").json["frozen"] == []
    assert ima(*MAKE, "--output-json").code == 0


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_freeze_is_shown_first_by_limits_and_doctor(ima, language: str) -> None:
    _limits(ima, "set", "--daily", "50")
    _limits(ima, "freeze", "--reason", "checking")
    for argv in (("limits", "show"), ("doctor",)):
        told = ima(*argv, "--sandbox", "--language", language, door="command")
        assert "🧊" in told.out.splitlines()[0]
        assert "checking" in told.out.splitlines()[0]
    assert ima("doctor", "--sandbox", "--json", door="command").json["checks"][0]["name"] == "frozen"


def test_a_freeze_of_the_rehearsal_leaves_the_real_one_alone_and_the_reverse(ima) -> None:
    ima("limits", "freeze", door="command")
    assert ima(*MAKE, "--output-json").code == 0
    assert _limits(ima, "show", "--json").json["frozen"] == []
    assert _limits(ima, "unfreeze").code == 0
    assert len(ima("limits", "show", "--json", door="command").json["frozen"]) == 1


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_batch_that_waits_for_a_freeze_to_end_says_so_beside_its_one_object(tmp_path: Path, language: str) -> None:
    env = {"OPENCLAW_STATE_DIR": str(tmp_path), "PATH": "", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "ima_nano_banana"]
    (tmp_path / "rows.csv").write_text("prompt\na cat\n")

    def limits(*argv: str) -> None:
        subprocess.run([*command, "limits", *argv, "--sandbox"], env=env, check=True, capture_output=True)

    limits("freeze", "--reason", "halt")
    batch = subprocess.Popen(
        [*command, "batch", "rows.csv", "--yes", "--json", "--language", language, "--sandbox"],
        env=env,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    patience = Timer(60, batch.kill)
    patience.start()
    try:
        assert batch.stderr is not None
        said = batch.stderr.readline()
        limits("unfreeze")
        out, err = batch.communicate()
    finally:
        patience.cancel()
        batch.kill()
    assert said.strip() == words.text("batch.freeze_begins", language, reason="halt")
    assert words.text("batch.freeze_ends", language) in err
    assert json.loads(out)["batch"]["done"] == 1


def test_the_zone_of_the_limits_is_set_shown_and_used(ima) -> None:
    told = _limits(ima, "set", "--time-zone", "asia/kathmandu", "--daily", "50", "--json").json
    assert (told["time_zone"], told["time_zone_stored"]) == ("Asia/Kathmandu", True)
    assert told["limits"][0]["resets_at"].endswith("T18:15:00Z")
    assert "Asia/Kathmandu" in _limits(ima, "show").out
    assert not ima("limits", "show", "--json", door="command").json["time_zone_stored"]

    assert not _limits(ima, "set", "--time-zone", "local", "--json").json["time_zone_stored"]
    assert _limits(ima, "set", "--time-zone", "Mars/Base").code == 2


def _tasks(state: Path) -> int:
    from ima_nano_banana import sandbox

    with sandbox.open_world(state / "memory" / "ima_sandbox.sqlite3") as world:
        return len(world.books.charges())


def test_no_create_leaves_once_three_processes_are_frozen(tmp_path: Path) -> None:
    env = {"OPENCLAW_STATE_DIR": str(tmp_path), "PATH": "", "IMA_LANGUAGE": "en"}
    command = [sys.executable, str(HERE / "freeze_worker.py")]
    spenders = [
        subprocess.Popen([*command, str(number)], env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    try:
        for one in spenders:  # each has made one
            assert one.stdout is not None
            assert one.stdout.readline() == "made\n"
        subprocess.run([*command, "freeze"], env=env, cwd=tmp_path, check=True, capture_output=True)
        at_the_freeze = _tasks(tmp_path)
        assert [one.wait(60) for one in spenders] == [5, 5, 5]
        assert at_the_freeze >= 3
        assert _tasks(tmp_path) == at_the_freeze
    finally:
        for one in spenders:
            one.kill()
            one.communicate()
