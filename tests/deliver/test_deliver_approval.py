"""``--approval-to``: the chat of whoever approves is told of a plan that waits, and of nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from clocks import Skipping, unhurried
from deliver_standin import StandIn

from ima_nano_banana.doors import skill
from ima_nano_banana.doors.cli import main as command

pytestmark = pytest.mark.loopback

OWNER = ("--approval-to", "feishu:user:ou_owner")


@pytest.fixture
def claw(standin, monkeypatch, tmp_path: Path) -> StandIn:
    unhurried(monkeypatch, Skipping())
    found: StandIn = standin()
    for name in ("PATH", "OPENCLAW_STATE_DIR"):
        monkeypatch.setenv(name, found.env[name])
    monkeypatch.chdir(tmp_path)
    assert command.main(["limits", "set", "--approve-above", "5", "--sandbox"]) == 0
    return found


def _lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("wait", [(), ("--wait-approval", "5")])
def test_the_owner_is_told_once_of_what_waits_and_gets_no_command(claw, capsys, wait: tuple[str, ...]) -> None:
    capsys.readouterr()
    assert skill.main(["--prompt", "月球上的猫", "--sandbox", "--output-json", *OWNER, *wait]) == 5
    [told] = _lines(capsys)
    [text] = claw.texts
    error = told["error"]
    assert error["plan_id"] in text
    assert "月球上的猫" in text
    assert "nano-banana" not in text
    assert "ou_owner" in " ".join(claw.argvs[0])
    assert [(row["step"], row["ok"]) for row in error["delivery"]] == [("approval", True)]


def test_the_users_own_chat_hears_of_no_failure_where_approval_is_waited_for(claw, capsys) -> None:
    capsys.readouterr()
    argv = ["generate", "a cat", "--sandbox", "--json", "--deliver", "feishu:chat:oc_1", *OWNER]
    assert command.main(argv) == 5
    assert [("ou_owner" in " ".join(argv)) for argv in claw.argvs] == [True]


def test_what_needs_no_approval_is_told_to_no_owner(claw, capsys) -> None:
    capsys.readouterr()
    assert command.main(["generate", "a cat", "--size", "512px", "--sandbox", "--json", *OWNER]) == 0
    assert claw.texts == []
    assert "delivery" not in _lines(capsys)[0]


def test_a_plan_is_told_to_the_owner_when_it_is_made(claw, capsys) -> None:
    capsys.readouterr()
    assert command.main(["plan", "a cat", "--sandbox", "--json", *OWNER]) == 0
    [told] = _lines(capsys)
    assert told["plan"]["plan_id"] in claw.texts[0]
    assert told["delivery"][0]["ok"]
