"""Plans and approvals at the command and the script: objects, exit codes, who may, and both languages."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ima_nano_banana import sandbox, words

KEYS = {
    *("plan_id", "digest", "state", "credit", "credit_each", "expires_at", "user", "task_type", "model_id"),
    *("version_id", "size", "aspect_ratio", "count", "adjustments", "approve_command", "run_command", "sandbox"),
}
CAT = ("generate", "a cat", "--size", "2K", "--sandbox")


def _do(ima, *argv: str):
    return ima(*argv, "--sandbox", "--json", door="command")


def _plan(ima, *argv: str) -> dict:
    told = _do(ima, "plan", *(argv or ("a cat", "--size", "2K")))
    assert (told.code, set(told.json)) == (0, {"plan"})
    return told.json["plan"]


def _chat(monkeypatch, sender: str | None) -> None:
    """Stand in a chat where ``sender`` has written; ``""`` is a host that names nobody."""
    for name in ("OPENCLAW_SHELL", "OPENCLAW_CHANNEL_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    if sender is not None:
        monkeypatch.setenv("OPENCLAW_SHELL", "exec")
    if sender:
        monkeypatch.setenv("OPENCLAW_CHANNEL_CONTEXT", json.dumps({"sender": {"id": sender}}))


def _creates(tmp_path: Path) -> int:
    file = tmp_path / "state" / "memory" / "ima_sandbox.sqlite3"
    if not file.exists():
        return 0
    with sandbox.open_world(file) as world:
        return len(world.books.creates())


def test_a_plan_is_made_approved_run_once_and_replayed(ima, tmp_path: Path) -> None:
    plan = _plan(ima)
    assert set(plan) == KEYS
    assert (plan["state"], plan["credit"], plan["size"], plan["user"], plan["sandbox"]) == (
        *("proposed", 10, "2K", "default", True),
    )
    name = plan["plan_id"]
    assert plan["approve_command"] == f"nano-banana approve {name} --sandbox"
    assert plan["run_command"] == f"nano-banana run {name} --sandbox"
    assert _creates(tmp_path) == 0

    refused = _do(ima, "run", name)
    assert (refused.code, refused.json["error"]["code"]) == (5, "approval.needed")
    assert _do(ima, "approve", name, "--digest", plan["digest"]).json["plan"]["state"] == "approved"
    made, again = _do(ima, "run", name), _do(ima, "run", name)
    assert (made.code, again.code, again.json["replayed"]) == (0, 0, True)
    assert made.json["task_id"] == again.json["task_id"]
    assert _creates(tmp_path) == 1

    shown = _do(ima, "show", name).json["plan"]
    assert (shown["state"], shown["prompt"], shown["task_id"]) == ("spent", "a cat", made.json["task_id"])
    assert [one["plan_id"] for one in _do(ima, "plans").json["plans"]] == [name]
    assert _do(ima, "plans", "--open").json["plans"] == []
    assert _do(ima, "tasks", "--idempotency-key", name).json["tasks"][0]["task_id"] == made.json["task_id"]


def test_the_newest_plan_comes_first_and_one_is_known_by_its_beginning(ima) -> None:
    first, second = _plan(ima), _plan(ima, "a dog", "--count", "2")
    assert [one["plan_id"] for one in _do(ima, "plans").json["plans"]] == [second["plan_id"], first["plan_id"]]
    assert _do(ima, "show", first["plan_id"][:12]).json["plan"]["plan_id"] == first["plan_id"]


@pytest.mark.parametrize("command", ["approve", "refuse", "run"])
def test_a_plan_that_is_not_there_is_a_usage_error(ima, command: str) -> None:
    plan = _plan(ima)
    assert _do(ima, command, "plan_0123456789abcdef").code == 2
    # The simulated ones are not the real ones.
    assert ima(command, plan["plan_id"], "--json", door="command").code == 2


def test_another_digest_is_a_usage_error_and_decides_nothing(ima) -> None:
    name = _plan(ima)["plan_id"]
    assert _do(ima, "approve", name, "--digest", "0" * 64).code == 2
    assert _do(ima, "show", name).json["plan"]["state"] == "proposed"


def test_a_refused_plan_is_not_run_and_the_reason_is_told(ima, tmp_path: Path) -> None:
    name = _plan(ima)["plan_id"]
    assert _do(ima, "refuse", name, "--reason", "too dear").json["plan"]["state"] == "refused"
    error = _do(ima, "run", name).json["error"]
    assert (error["kind"], error["code"], error["charged"]) == ("budget", "approval.refused", "no")
    assert "too dear" in error["message"]
    assert _creates(tmp_path) == 0


@pytest.mark.parametrize("door", ["script", "command"])
def test_a_request_above_the_threshold_is_refused_at_every_door_with_its_plan(ima, door: str, tmp_path: Path) -> None:
    assert _do(ima, "limits", "set", "--approve-above", "9").json["approvals"] == [
        {"scope": "all", "user": None, "above": 9}
    ]
    argv = ("--prompt", "a cat", "--size", "2K", "--sandbox") if door == "script" else CAT
    refused = ima(*argv, "--output-json", door=door)
    error = refused.json["error"]
    assert (refused.code, error["kind"], error["code"]) == (5, "budget", "approval.needed")
    assert error["approve_command"] == f"nano-banana approve {error['plan_id']} --sandbox"
    assert _do(ima, "plans", "--open").json["plans"][0]["plan_id"] == error["plan_id"]
    assert _creates(tmp_path) == 0

    assert _do(ima, "approve", error["plan_id"]).code == 0
    assert ima(*argv, "--output-json", door=door).json["credit"] == 10
    assert _do(ima, "show", error["plan_id"]).json["plan"]["state"] == "spent"
    assert ima(*argv, "--output-json", door=door).code == 5
    assert _creates(tmp_path) == 1


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_waiting_for_approval_is_told_in_both_languages(ima, language: str) -> None:
    _do(ima, "limits", "set", "--approve-above", "0")
    told = ima(*CAT, "--events", "--wait-approval", "20", "--language", language, door="command")
    names = [event["event"] for event in told.events]
    assert names == ["acknowledged", "waiting", "failed"]
    waiting, failed = told.events[1:]
    assert (waiting["why"], waiting["credit"]) == ("approval", 10)
    assert waiting["plan_id"] in waiting["message"]
    assert ("批准" if language == "zh" else "approve") in waiting["message"]
    assert failed["error"]["plan_id"] == waiting["plan_id"]
    assert told.code == 5


def test_a_run_that_waits_goes_on_once_somebody_approves(ima, monkeypatch) -> None:
    from ima_nano_banana.doors import streams

    _do(ima, "limits", "set", "--approve-above", "0")
    from ima_nano_banana.ledger import Decider, Ledger
    from ima_nano_banana.local import paths

    heard = streams.Reporter.event

    def approving(self, event) -> None:
        heard(self, event)
        if getattr(event, "plan_id", None):

            def approve() -> None:
                import os

                with Ledger(Path(paths.books(os.environ))) as books:
                    books.decide(event.plan_id, "approved", Decider(name="owner"), realm="sandbox")

            owner = threading.Thread(target=approve)
            owner.start()
            owner.join()

    monkeypatch.setattr(streams.Reporter, "event", approving)
    told = ima(*CAT, "--events", "--wait-approval", "600", door="command")
    assert [event["event"] for event in told.events if event["event"] != "progress"] == [
        *("acknowledged", "waiting", "started", "succeeded"),
    ]


# Who may approve


def test_in_a_chat_the_sender_counts_and_nobody_approves_their_own(ima, monkeypatch) -> None:
    _do(ima, "limits", "set", "--approve-above", "0", "--approver", "bob", "--approver", "ann")
    _chat(monkeypatch, "ann")
    error = _do(ima, *CAT[:-1]).json["error"]
    name = error["plan_id"]
    assert error["approve_command"] is None
    assert "nano-banana approve" not in json.dumps(error)

    for sender, code in (("ann", "approval.own"), ("eve", "approval.not_approver"), ("", "approval.no_sender")):
        _chat(monkeypatch, sender)
        refused = _do(ima, "approve", name)
        assert (refused.code, refused.json["error"]["code"]) == (5, code)
    _chat(monkeypatch, "eve")
    assert _do(ima, "refuse", name).code == 5
    _chat(monkeypatch, "bob")
    assert _do(ima, "approve", name).json["plan"]["decided_by"] == "bob"
    assert _do(ima, "run", name).json["error"]["code"] == "approval.not_yours"
    _chat(monkeypatch, "ann")
    assert _do(ima, "run", name).code == 0


def test_whoever_asked_may_withdraw_and_approve_what_needs_no_approval(ima, monkeypatch) -> None:
    _do(ima, "limits", "set", "--approve-above", "8")
    _chat(monkeypatch, "ann")
    dear, cheap = _plan(ima), _plan(ima, "a dog")
    assert _do(ima, "approve", dear["plan_id"]).code == 5
    assert _do(ima, "refuse", dear["plan_id"]).code == 0
    assert _do(ima, "approve", cheap["plan_id"]).code == 0


def test_an_agent_in_a_chat_can_not_change_the_rules_that_hold_it(ima, monkeypatch) -> None:
    _do(ima, "limits", "set", "--approve-above", "8", "--each-user", "--approver", "bob")
    _chat(monkeypatch, "ann")
    for argv in (
        ("set", "--approve-above", "1000"),
        ("set", "--approve-above", "1000", "--user", "ann"),
        ("set", "--approver", "ann"),
        ("clear", "--each-user"),
        ("clear", "--approver", "bob"),
    ):
        refused = _do(ima, "limits", *argv)
        assert (refused.code, refused.json["error"]["code"]) == (5, "approval.settled"), argv
    assert _do(ima, "limits", "set", "--daily", "50").code == 0
    _chat(monkeypatch, None)
    assert _do(ima, "limits", "clear", "--approver", "bob").json["approvers"] == []
    assert _do(ima, "limits", "clear", "--each-user").code == 0
    assert _do(ima, "limits", "show").json["approvals"] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system does not tell what started a process")
def test_taking_the_marks_of_the_host_away_does_not_leave_it(ima, monkeypatch, tmp_path: Path) -> None:
    _do(ima, "limits", "set", "--approve-above", "0")
    name = _do(ima, *CAT[:-1]).json["error"]["plan_id"]
    _chat(monkeypatch, "ann")
    code = (
        "import os, subprocess, sys; [os.environ.pop(one) for one in list(os.environ) if one.startswith('OPENCLAW_') "
    )
    code += "and one != 'OPENCLAW_STATE_DIR']; sys.exit(subprocess.call(sys.argv[1:]))"
    line = [sys.executable, "-m", "ima_nano_banana", "approve", name, "--sandbox", "--json"]
    told = subprocess.run([sys.executable, "-c", code, *line], capture_output=True, text=True, check=False)
    assert json.loads(told.stdout)["error"]["code"] == "approval.no_sender"
    assert _do(ima, "show", name).json["plan"]["state"] == "proposed"


def test_the_script_has_no_way_to_approve(ima) -> None:
    from ima_nano_banana.doors import flags

    spellings = {spelling for flag in flags.flags_of(flags.SCRIPT) for spelling in flag.spellings}
    assert not {"--approve", "--approver", "--approve-above", "--digest"} & spellings
    assert ima("approve", "plan_0123456789abcdef", "--sandbox").code == 2
    for command in ("approve", "refuse", "run"):
        assert "--user-id" not in {one for flag in flags.flags_of(command) for one in flag.spellings}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_person_reads_what_to_approve_and_how(ima, language: str) -> None:
    told = ima("plan", "a cat", "--size", "2K", "--sandbox", "--language", language, door="command")
    assert "nano-banana approve plan_" in told.out
    assert "10" in told.out
    name = told.out.split("plan_")[1][:16]
    shown = ima("show", f"plan_{name}", "--sandbox", "--language", language, door="command").out
    listed = ima("plans", "--sandbox", "--language", language, door="command").out
    for text in (shown, listed):
        assert "a cat" in text
        assert words.text("approval.state_proposed", language) in text
    limits = ima("limits", "set", "--approve-above", "7", "--sandbox", "--language", language, door="command").out
    assert words.text("approval.threshold_all", language, points=7) in limits
    refused = ima(*CAT, "--language", language, door="command")
    assert "nano-banana approve plan_" in refused.err


@pytest.mark.parametrize("seconds", ["-1", "soon", "nan"])
def test_a_patience_that_is_none_is_a_usage_error(ima, seconds: str) -> None:
    assert ima(*CAT, f"--wait-approval={seconds}", door="command").code == 2


def test_a_batch_row_above_the_threshold_waits_for_its_plan_and_the_same_command_goes_on(ima, tmp_path: Path) -> None:
    _do(ima, "limits", "set", "--approve-above", "8")
    Path("rows.jsonl").write_text(
        "\n".join(json.dumps({"id": f"r{n}", "prompt": f"fox {n}", "size": "2K" if n else "1K"}) for n in range(3))
    )
    line = ("batch", "rows.jsonl", "--yes", "--sandbox", "--json")
    first = ima(*line, door="command")
    assert first.code != 0
    assert _creates(tmp_path) == 1
    waiting = _do(ima, "plans", "--open").json["plans"]
    assert len(waiting) == 2
    for plan in waiting:
        _do(ima, "approve", plan["plan_id"])
    assert ima(*line, door="command").code == 0
    assert _creates(tmp_path) == 3
    assert {plan["state"] for plan in _do(ima, "plans").json["plans"]} == {"spent"}
