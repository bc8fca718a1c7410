"""One message through a stand-in for ``openclaw`` on PATH."""

from __future__ import annotations

import sys

import pytest
from PIL import Image

from ima_nano_banana.deliver import message as messages
from ima_nano_banana.deliver import program
from ima_nano_banana.deliver.message import Message
from ima_nano_banana.deliver.messenger import Messenger
from ima_nano_banana.deliver.target import Target

CHAT = Target("feishu", "chat:oc_1")
HELLO = Message("started", "🎨 开始生成图片,请稍候…\n• 模型:Nano Banana")

pytestmark = pytest.mark.loopback


def test_a_message_arrives_word_for_word(standin):
    claw = standin()
    assert Messenger(CHAT, claw.root, claw.env).send(HELLO).ok
    assert claw.argvs == [messages.arguments(CHAT, HELLO)]


def test_the_api_key_is_not_handed_to_the_messenger(standin):
    claw = standin()
    Messenger(CHAT, claw.root, {**claw.env, "IMA_API_KEY": "ima_secret"}).send(HELLO)
    assert claw.calls[0]["key"] is None


def test_the_password_of_the_books_is_not_handed_to_the_messenger(standin):
    claw = standin()
    Messenger(CHAT, claw.root, {**claw.env, "IMA_LEDGER_URL": "postgresql://ima:secret@db/ima"}).send(HELLO)
    assert claw.calls[0]["books"] is None


def test_a_picture_is_attached_from_an_allowed_folder(standin, tmp_path):
    claw = standin()
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    Messenger(CHAT, claw.root, claw.env).send(Message("succeeded", "✅", (str(tmp_path / "a.png"),)))
    assert claw.argvs[0][-3:-1] == ["--media", str(claw.root / "media/outbound/a.png")]


def test_a_picture_that_is_gone_leaves_its_link_and_is_reported(standin, tmp_path):
    claw = standin()
    sent = Messenger(CHAT, claw.root, claw.env).send(Message("succeeded", "✅ link", (str(tmp_path / "gone.png"),)))
    assert (sent.code, sent.again) == ("deliver.not_attached", False)
    assert claw.texts == ["✅ link"]


def test_an_address_is_attached_as_it_is(standin):
    claw = standin()
    Messenger(CHAT, claw.root, claw.env).send(Message("succeeded", "✅", ("https://cdn.example.com/a.png",)))
    assert claw.argvs[0][-2] == "https://cdn.example.com/a.png"


def test_a_refusal_carries_its_reason_and_may_be_tried_again(standin):
    claw = standin({"exit": 1, "out": {"ok": False, "error": {"message": "Channel is unavailable: feishu"}}})
    sent = Messenger(CHAT, claw.root, claw.env).send(HELLO)
    assert (sent.code, sent.params, sent.again) == (
        "deliver.refused",
        {"reason": "Channel is unavailable: feishu"},
        True,
    )


@pytest.mark.parametrize(
    "out",
    [
        {"ok": False, "error": {"message": "x"}, "sentBeforeError": True},
        {"ok": False, "error": {"message": "x"}, "deliveryStatus": "partial_failed"},
        {"ok": False, "error": {"message": "x"}, "deliveryStatus": "suppressed"},
        {"ok": False, "error": "x", "messageId": "42"},
    ],
)
def test_a_message_that_was_partly_shown_is_not_tried_again(standin, out):
    claw = standin({"exit": 1, "out": out})
    assert not Messenger(CHAT, claw.root, claw.env).send(HELLO).again


@pytest.mark.parametrize("out", ["no json object", [1], None])
def test_a_failure_without_a_reason_tells_the_exit_code(standin, out):
    claw = standin({"exit": 3, "out": out})
    sent = Messenger(CHAT, claw.root, claw.env).send(HELLO)
    assert (sent.code, dict(sent.params)) == ("deliver.exit", {"code": 3})


def test_a_call_that_takes_too_long_is_ended_and_not_repeated(standin, monkeypatch):
    monkeypatch.setattr(messages, "TEXT_SECONDS", 0.5)
    claw = standin({"sleep": 60})
    sent = Messenger(CHAT, claw.root, claw.env).send(HELLO)
    assert (sent.code, sent.again) == ("deliver.too_slow", False)


def test_a_missing_openclaw_is_told(tmp_path):
    assert Messenger(CHAT, tmp_path, {"PATH": str(tmp_path)}).send(HELLO).code == "deliver.no_program"


def test_without_a_chat_nothing_is_started(standin):
    claw = standin()
    assert Messenger(Target(None, None), claw.root, claw.env).send(HELLO).code == "deliver.no_target"
    assert claw.calls == []


def test_a_program_that_cannot_be_started_is_told(tmp_path):
    broken = tmp_path / "openclaw"
    broken.write_text("#!/nowhere/at/all\n")
    broken.chmod(0o755)
    sent = Messenger(CHAT, tmp_path, {"PATH": str(tmp_path)}).send(HELLO)
    assert (sent.code, sent.again) == ("deliver.not_started", True)


def test_after_a_stop_nothing_is_started_any_more(standin):
    claw = standin()
    messenger = Messenger(CHAT, claw.root, claw.env)
    messenger.stop()
    assert messenger.send(HELLO).code == "deliver.stopped"
    assert claw.calls == []


def test_a_batch_file_is_never_started_for_cmd_would_read_the_message(tmp_path, monkeypatch):
    shim = tmp_path / "openclaw.cmd"
    shim.write_text("@echo off")
    found = {"openclaw": str(shim), "node": str(tmp_path / "node.exe")}
    monkeypatch.setattr(program.shutil, "which", lambda name, path=None: found.get(name))
    assert program.find({}) is None
    entry = tmp_path / "node_modules/openclaw/openclaw.mjs"
    entry.parent.mkdir(parents=True)
    entry.write_text("")
    assert program.find({}) == [str(tmp_path / "node.exe"), str(entry)]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for OpenClaw")
@pytest.mark.parametrize("path", [".", "bin", "./bin", ""])
def test_a_messenger_of_the_project_that_one_is_in_gets_no_message(path, tmp_path, monkeypatch):
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "openclaw").write_text("#!/bin/sh\n")
        (folder / "openclaw").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert program.find({"PATH": f"{path}:/nowhere"}) is None
    assert program.find({"PATH": f"{path}:{tmp_path}/bin"}) == [f"{tmp_path}/bin/openclaw"]
