"""In a group the sender that the host names is the user, whatever the command line says."""

from __future__ import annotations

import json

import pytest

HOSTED = {"sender": {"id": "ou_bob"}, "chat": {"id": "oc_1"}}


@pytest.fixture
def sent_by(monkeypatch):
    """Say who wrote in the chat."""

    def by(name: str | None) -> None:
        if name is None:
            monkeypatch.delenv("OPENCLAW_SHELL", raising=False)
            monkeypatch.delenv("OPENCLAW_CHANNEL_CONTEXT", raising=False)
            return
        monkeypatch.setenv("OPENCLAW_SHELL", "exec")
        monkeypatch.setenv("OPENCLAW_CHANNEL_CONTEXT", json.dumps({"sender": {"id": name}, "chat": {"id": "oc_1"}}))

    return by


def made(ima, *more: str) -> dict:
    done = ima("--prompt", "a cat", "--sandbox", "--output-json", *more)
    assert done.code == 0, done.out
    return done.json


def test_another_user_than_the_sender_is_refused_and_spends_nothing(ima, sent_by):
    sent_by("ou_bob")
    done = ima("--prompt", "a cat", "--user-id", "made-up", "--sandbox", "--output-json")
    assert (done.code, done.json["error"]["charged"]) == (2, "no")
    assert ima("tasks", "--sandbox", "--json", door="command").json["tasks"] == []


def test_the_sender_may_be_named_and_is_the_user_without_it(ima, sent_by):
    sent_by("ou_bob")
    made(ima, "--user-id", " ou_bob ")
    made(ima)
    rows = ima("tasks", "--sandbox", "--json", door="command").json["tasks"]
    assert [row["user"] for row in rows] == ["ou_bob", "ou_bob"]


@pytest.mark.parametrize("name", ["{user_id}", "{", "}", "a{b}c", "${USER}"])
@pytest.mark.parametrize("hosted", [None, "ou_bob"])
def test_a_placeholder_is_no_user(name, hosted, ima, sent_by):
    sent_by(hosted)
    done = ima("--prompt", "a cat", "--user-id", name, "--sandbox", "--output-json")
    assert done.code == 2
    for line in (["generate", "a cat"], ["tasks"], ["quote", "a cat"], ["prefs", "show"]):
        assert ima(*line, "--user-id", name, "--sandbox", door="command").code == 2, line


@pytest.mark.parametrize(
    "line", [["tasks", "--user", "ou_alice"], ["tasks", "--user-id", "ou_alice"], ["costs", "--user", "ou_alice"]]
)
def test_the_history_of_another_is_not_shown_in_a_group(line, ima, sent_by):
    sent_by("ou_bob")
    assert ima(*line, "--sandbox", "--json", door="command").code == 2


def test_the_tasks_of_another_are_not_there_in_a_group(ima, sent_by):
    sent_by("ou_alice")
    alices = made(ima)["task_id"]
    sent_by("ou_bob")
    assert ima("tasks", "--sandbox", "--json", door="command").json["tasks"] == []
    assert ima("costs", "--sandbox", "--json", door="command").json["total"] == 0
    for line in (["show", alices], ["resume", alices], ["regenerate", alices], ["tasks", "forget", alices]):
        assert ima(*line, "--sandbox", "--json", door="command").code == 2, line
    assert ima("--resume", alices, "--sandbox", "--output-json").code == 2
    for reference in ("@last", f"@{alices}"):
        done = ima("--prompt", "red", "--input-images", reference, "--sandbox", "--output-json")
        assert done.code == 2, done.out


def test_forgetting_everything_in_a_group_forgets_ones_own(ima, sent_by):
    sent_by("ou_alice")
    made(ima)
    sent_by("ou_bob")
    made(ima)
    assert ima("tasks", "forget", "--all", "--sandbox", "--json", door="command").json["forgotten"] == 1


def test_no_row_of_a_batch_is_anothers_in_a_group(ima, sent_by, tmp_path):
    sent_by("ou_bob")
    file = tmp_path / "work" / "rows.csv"
    file.write_text("prompt,user\na cat,ou_alice\n", "utf-8")
    done = ima("batch", str(file), "--sandbox", "--yes", "--json", door="command")
    assert done.code == 2, done.out
    file.write_text("prompt,user\na cat,ou_bob\n", "utf-8")
    assert ima("batch", str(file), "--sandbox", "--yes", "--json", door="command").code == 0


def test_the_owner_at_a_shell_sees_and_fetches_everybodys(ima, sent_by):
    sent_by("ou_alice")
    alices = made(ima)["task_id"]
    sent_by(None)
    assert len(ima("tasks", "--sandbox", "--json", door="command").json["tasks"]) == 1
    assert ima("--resume", alices, "--sandbox", "--output-json").code == 0


def test_the_library_believes_the_host_too(monkeypatch):
    from ima_nano_banana import AsyncClient, UsageFault

    with pytest.raises(UsageFault):
        AsyncClient(user_id="{user_id}", sandbox=True)
    monkeypatch.setenv("OPENCLAW_SHELL", "exec")
    monkeypatch.setenv("OPENCLAW_CHANNEL_CONTEXT", json.dumps(HOSTED))
    with pytest.raises(UsageFault):
        AsyncClient(user_id="ou_alice", sandbox=True)


def test_an_mcp_server_believes_the_host_too(tmp_path):
    from ima_nano_banana import UsageFault
    from ima_nano_banana.doors.mcp.house import House
    from ima_nano_banana.doors.mcp.settings import Settings

    hosted = {"OPENCLAW_SHELL": "exec", "OPENCLAW_CHANNEL_CONTEXT": json.dumps(HOSTED)}
    for env, name in ((hosted, "ou_alice"), ({}, "{user_id}")):
        with pytest.raises(UsageFault):
            House(Settings(env=env, user_id=name, cwd=tmp_path))
    assert House(Settings(env=hosted, user_id="ou_bob", cwd=tmp_path)).user == "ou_bob"
