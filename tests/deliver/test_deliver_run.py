"""Whole runs with ``--deliver`` on the sandbox, and a stand-in for ``openclaw`` on PATH."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from clocks import Skipping, unhurried
from deliver_standin import StandIn

from ima_nano_banana.deliver import courier
from ima_nano_banana.deliver import message as messages
from ima_nano_banana.doors import skill

pytestmark = pytest.mark.loopback

SCRIPT = Path(__file__).parents[2] / "scripts" / "ima_image_create.py"
CHAT = ("--deliver", "feishu:chat:oc_1")


class Told(NamedTuple):
    code: int
    lines: list[dict]

    @property
    def body(self) -> dict:
        return self.lines[-1]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run the script's door in this process, with the stand-in's environment and a service that needs no time."""
    unhurried(monkeypatch, Skipping())

    def call(claw: StandIn, *argv: str, mode: str = "--output-json") -> Told:
        for name in ("PATH", "OPENCLAW_STATE_DIR"):
            monkeypatch.setenv(name, claw.env[name])
        monkeypatch.chdir(tmp_path)
        code = skill.main(["--prompt", "a cat", "--sandbox", mode, *argv])
        return Told(code, [json.loads(line) for line in capsys.readouterr().out.splitlines()])

    return call


def rows(body: dict) -> list[tuple[str, bool]]:
    return [(row["step"], row["ok"]) for row in body["delivery"]]


def test_the_chat_gets_step_1_and_then_the_picture_with_its_caption_and_link(standin, run, tmp_path):
    claw = standin()
    told = run(claw, *CHAT, "--output-dir", "pics", mode="--events")
    started, succeeded = told.lines[1], told.lines[-1]
    assert told.code == 0
    assert claw.texts == [started["message"], succeeded["message"]]
    assert succeeded["result"]["url"] in claw.texts[1]
    assert rows(succeeded["result"]) == [("started", True), ("succeeded", True)]
    [original] = map(Path, succeeded["result"]["files"])
    sent = Path(claw.argvs[1][claw.argvs[1].index("--media") + 1])
    assert original.parent == tmp_path / "pics"
    assert sent.parent == claw.root / "media" / "outbound"
    assert sent.read_bytes() == original.read_bytes()
    assert "--media" not in claw.argvs[0]


def test_several_pictures_go_in_one_message(standin, run):
    claw = standin()
    told = run(claw, *CHAT, "--count", "2")
    assert told.code == 0
    assert claw.argvs[1].count("--media") == 2


def test_what_is_not_as_asked_is_told_with_the_next_step(standin, run):
    claw = standin()
    told = run(claw, *CHAT, "--size", "8K", mode="--events")
    adjusted = next(line for line in told.lines if line["event"] == "adjusted")
    assert claw.texts[0].endswith(adjusted["message"])
    assert len(claw.texts) == 2


def test_a_failed_run_tells_step_4_and_keeps_its_exit_code(standin, run):
    claw = standin()
    told = run(claw, *CHAT, "--sandbox-scene", "no-credits", mode="--events")
    assert told.code == 4
    assert claw.texts[-1] == told.body["message"]
    assert rows(told.body["error"])[-1] == ("failed", True)


def test_partial_success_sends_the_good_pictures(standin, run):
    claw = standin()
    told = run(claw, *CHAT, "--count", "3", "--sandbox-scene", "partial")
    assert told.code == 11
    assert claw.argvs[-1].count("--media") == len(told.body["files"]) == 2
    assert rows(told.body)[-1] == ("failed", True)
    assert "delivery" not in told.body["error"]


def test_a_chat_that_refuses_everything_costs_neither_the_picture_nor_the_exit_code(standin, run):
    claw = standin({"exit": 1, "out": {"ok": False, "error": {"message": "not configured"}}})
    told = run(claw, *CHAT)
    assert told.code == 0
    assert Path(told.body["files"][0]).is_file()
    assert rows(told.body) == [("started", False), ("succeeded", False)]
    assert "not configured" in told.body["delivery"][0]["error"]
    assert [claw.texts.count(text) for text in dict.fromkeys(claw.texts)] == [2, 2]


@pytest.mark.parametrize("failing", [0, 1])
def test_any_one_call_may_fail_once_and_nothing_is_lost_or_said_twice(failing, standin, run):
    plan = [{}, {}, {}]
    plan[failing] = {"exit": 1}
    claw = standin(*plan)
    told = run(claw, *CHAT)
    assert (told.code, rows(told.body)) == (0, [("started", True), ("succeeded", True)])
    assert len(claw.calls) == 3


def test_a_chat_that_takes_no_picture_gets_its_link(standin, run):
    claw = standin({"media_exit": 1})
    told = run(claw, *CHAT)
    assert (told.code, rows(told.body)) == (0, [("started", True), ("succeeded", False), ("link", True)])
    assert told.body["url"] in claw.texts[-1]
    assert "--media" not in claw.argvs[-1]


def test_a_chat_that_hangs_delays_no_picture_and_is_asked_once(standin, run, monkeypatch):
    # Long enough for a slow machine to start the messenger, which writes down that it was asked.
    monkeypatch.setattr(messages, "TEXT_SECONDS", 4.0)
    monkeypatch.setattr(messages, "MEDIA_SECONDS", 4.0)
    claw = standin({"sleep": 300})
    told = run(claw, *CHAT)
    assert told.code == 0
    assert told.body["elapsed_seconds"] < 200
    assert rows(told.body) == [("started", False), ("succeeded", False)]
    assert len(claw.calls) == 2


def test_without_openclaw_the_picture_is_made_and_the_lack_is_told(run, tmp_path):
    empty = StandIn(tmp_path / "none")
    (empty.bin / "openclaw").unlink()
    told = run(empty, *CHAT)
    assert (told.code, rows(told.body)) == (0, [("started", False), ("succeeded", False)])


def test_auto_finds_the_chat_of_the_run(standin, run, monkeypatch):
    claw = standin()
    monkeypatch.setenv("OPENCLAW_SHELL", "exec")
    monkeypatch.setenv("OPENCLAW_CHANNEL_CONTEXT", '{"sender": {"id": "ou_1"}, "chat": {"id": "oc_1"}}')
    told = run(claw, "--deliver", "feishu:auto")
    assert claw.argvs[0][:6] == ["message", "send", "--channel", "feishu", "--target", "chat:oc_1"]
    assert Path(told.body["files"][0]).parent == claw.root / "media" / "outbound"
    assert [told.body["files"][0]] == [claw.argvs[1][claw.argvs[1].index("--media") + 1]]


def test_auto_outside_a_chat_makes_the_picture_and_says_that_nobody_got_it(standin, run):
    claw = standin()
    told = run(claw, "--deliver", "auto")
    assert (told.code, rows(told.body)) == (0, [("started", False), ("succeeded", False)])
    assert claw.calls == []


@pytest.mark.parametrize("deliver", ["feishu", ":x", " "])
def test_a_misspelled_chat_is_refused_before_anything_is_spent(deliver, standin, run):
    claw = standin()
    told = run(claw, "--deliver", deliver)
    assert (told.code, told.body["error"]["kind"], told.body["error"]["charged"]) == (2, "usage", "no")
    assert claw.calls == []


def test_a_wrong_flag_is_the_agents_to_mend_and_no_chat_hears_of_it(standin, run):
    claw = standin()
    told = run(claw, *CHAT, "--aspect-ratio", "16:9", "--extra-params", '{"aspect_ratio":"1:1"}')
    assert told.code == 2
    assert claw.calls == []


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["--size", "3K"], 2),
        (["--aspect-ratio", "17:3"], 2),
        (["--input-images", "@last"], 2),
        (["--model-id", "pro", "--size", "512"], 2),
        (["--size", "4K", "--max-credits", "ask"], 5),
        (["--size", "4K", "--max-credits", "6"], 5),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_no_chat_hears_of_what_was_refused_before_it_began(argv, code, standin, run):
    claw = standin()
    told = run(claw, *CHAT, *argv)
    assert told.code == code
    assert told.body["error"].get("delivery", []) == []
    assert claw.calls == []


def test_a_quote_is_for_the_agent_alone(standin, run):
    claw = standin()
    assert run(claw, *CHAT, "--dry-run").code == 0
    assert claw.calls == []


def test_a_paid_task_is_fetched_into_the_chat(standin, run, monkeypatch, capsys):
    claw = standin()
    task = run(claw).body["task_id"]
    code = skill.main(["--resume", task, "--sandbox", "--output-json", *CHAT])
    body = json.loads(capsys.readouterr().out)
    assert (code, rows(body)) == (0, [("started", True), ("succeeded", True)])


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM")
def test_a_kill_during_the_last_delivery_still_leaves_the_result(standin, tmp_path):
    claw = standin({}, {"sleep": 60})
    words = ("--prompt", "a cat", "--sandbox", "--output-json", "--output-dir", str(tmp_path / "pics"), *CHAT)
    process = subprocess.Popen([sys.executable, str(SCRIPT), *words], env=claw.env, stdout=subprocess.PIPE)
    tick = threading.Event()
    while len(claw.calls) < 2 and process.poll() is None:
        tick.wait(0.02)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=90)
    body = json.loads(out)
    assert process.returncode == 0
    assert Path(body["files"][0]).is_file()
    assert rows(body) == [("started", True), ("succeeded", False)]


def books(claw: StandIn) -> list[tuple[str, bool]]:
    """Return the state of every request, and whether somebody was told of it."""
    with closing(sqlite3.connect(claw.root / "memory" / "ima_ledger.sqlite3")) as ledger:
        found = ledger.execute("SELECT state, told_at IS NOT NULL FROM items ORDER BY created_at")
        return [(state, bool(told)) for state, told in found]


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_kill_during_the_last_delivery_is_delivered_by_the_same_command_and_not_paid_again(standin, run, tmp_path):
    claw = standin({}, {"sleep": 60}, {})
    words = ("--prompt", "a cat", "--sandbox", "--output-json", *CHAT)
    process = subprocess.Popen([sys.executable, str(SCRIPT), *words], env=claw.env, cwd=tmp_path)
    tick = threading.Event()
    while len(claw.calls) < 2 and process.poll() is None:
        tick.wait(0.02)
    process.kill()
    process.wait(timeout=90)
    assert books(claw) == [("done", False)]
    told = run(claw, *CHAT)
    assert (told.code, rows(told.body)) == (0, [("started", True), ("succeeded", True)])
    assert books(claw) == [("done", True)]


def test_a_chat_that_was_not_reached_is_told_by_the_same_command_without_paying(standin, run):
    claw = standin({"exit": 1}, {"exit": 1}, {"exit": 1}, {"exit": 1}, {"exit": 1}, {})
    told = run(claw, *CHAT)
    assert (told.code, rows(told.body)) == (0, [("started", False), ("succeeded", False)])
    assert books(claw) == [("done", False)]
    again = run(claw, *CHAT)
    assert again.body["files"] == told.body["files"]
    assert rows(again.body)[-1] == ("succeeded", True)
    assert books(claw) == [("done", True)]


def test_a_failure_that_did_not_reach_the_chat_is_told_again(standin, run):
    claw = standin({}, {"exit": 1}, {"exit": 1}, {}, {})
    told = run(claw, *CHAT, "--sandbox-scene", "fails")
    assert (told.code, rows(told.body["error"])) == (7, [("started", True), ("failed", False)])
    again = run(claw, *CHAT)
    assert (again.code, again.body["error"]["task_id"]) == (7, told.body["error"]["task_id"])
    assert books(claw) == [("failed", True)]


def test_a_messenger_that_hangs_keeps_the_answer_back_for_a_while_and_no_longer(standin, run, monkeypatch):
    assert courier.PATIENCE + courier.GIVE_UP <= 20
    patient = courier.Courier.__init__.__kwdefaults__
    monkeypatch.setitem(patient, "patience", 0.5)
    claw = standin({"sleep": 60})
    told = run(claw, *CHAT)
    assert told.code == 0
    assert Path(told.body["files"][0]).is_file()
    assert rows(told.body)[-1] == ("succeeded", False)
    assert told.body["delivery"][-1]["error"]
    assert books(claw) == [("done", False)]
