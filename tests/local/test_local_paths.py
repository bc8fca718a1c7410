"""Where things lie, and who is asking."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ima_nano_banana.errors import StorageFault, UsageFault
from ima_nano_banana.local import paths, private

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


def test_the_state_root_is_the_named_folder_or_openclaw_in_the_home(tmp_path):
    assert paths.state_root({"OPENCLAW_STATE_DIR": str(tmp_path / "s")}) == tmp_path / "s"
    assert paths.state_root({"OPENCLAW_STATE_DIR": "~/s"}) == Path.home() / "s"
    assert paths.state_root({"OPENCLAW_STATE_DIR": " "}) == Path.home() / ".openclaw"
    assert paths.state_root({}) == tmp_path / "home" / ".openclaw"


def test_a_relative_state_root_is_refused_as_it_would_move_with_the_current_folder():
    with pytest.raises(StorageFault) as caught:
        paths.state_root({"OPENCLAW_STATE_DIR": "state"})
    assert caught.value.code == "local.relative"


@pytest.mark.parametrize("told", ["foo", "mysql://u:pass@h/x", "localhost:5432/x", "PostgreSQL//h", "./books.sqlite3"])
def test_an_address_of_books_that_is_none_is_refused_and_not_taken_for_a_file_of_this_folder(told):
    with pytest.raises(StorageFault) as caught:
        paths.books({"IMA_LEDGER_URL": told})
    assert (caught.value.code, dict(caught.value.params)) == ("local.ledger_url", {})


def test_books_are_where_the_variable_says_or_in_the_state_folder(tmp_path):
    assert paths.books({"IMA_LEDGER_URL": " postgresql://h/x "}) == "postgresql://h/x"
    assert paths.books({"IMA_LEDGER_URL": str(tmp_path / "b")}) == tmp_path / "b"
    assert paths.books({"OPENCLAW_STATE_DIR": str(tmp_path)}) == tmp_path / "memory" / "ima_ledger.sqlite3"


def test_an_unknown_home_is_a_storage_fault_with_a_way_out(monkeypatch):
    def unknown():
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", unknown)
    with pytest.raises(StorageFault) as caught:
        paths.state_root({})
    assert caught.value.code == "local.no_home"


def test_pictures_go_to_the_attachable_folder_inside_openclaw_and_to_the_current_one_elsewhere(tmp_path):
    inside = {"OPENCLAW_SHELL": "exec", "OPENCLAW_STATE_DIR": str(tmp_path)}
    assert paths.default_folder(inside, Path("here")) == tmp_path / "media" / "outbound"
    assert paths.default_folder({}, Path("here")) == Path("here")


@pytest.mark.parametrize(
    ("context", "user"),
    [
        ({"sender": {"id": "ou_1"}, "chat": {"id": "oc_2"}}, "ou_1"),
        ({"sender": {"id": 42}}, "42"),
        ({"sender": {"id": "  "}}, None),
        ({"sender": {"id": True}}, None),
        ({"sender": {"id": ["x"]}}, None),
        ({"sender": "ou_1"}, None),
        ([], None),
    ],
)
def test_the_chat_sender_is_the_user_inside_openclaw(context, user):
    env = {"OPENCLAW_SHELL": "exec", "OPENCLAW_CHANNEL_CONTEXT": json.dumps(context)}
    assert paths.sender_id(env) == user
    assert paths.user_id(None, env) == (user or "default")
    if user is None:
        assert paths.user_id("asked", env) == "asked"
        return
    assert paths.user_id(f" {user} ", env) == user
    with pytest.raises(UsageFault):  # the host's word counts; a limit for each user would be worth nothing
        paths.user_id("asked", env)


@pytest.mark.parametrize("text", ["", "{", "null", "[" * 100_000])
def test_an_unreadable_channel_context_names_nobody(text):
    assert paths.sender_id({"OPENCLAW_SHELL": "exec", "OPENCLAW_CHANNEL_CONTEXT": text}) is None


def test_a_channel_context_outside_openclaw_names_nobody():
    assert paths.sender_id({"OPENCLAW_CHANNEL_CONTEXT": '{"sender": {"id": "x"}}'}) is None


@posix
def test_private_folders_are_closed_even_if_they_were_open_before(tmp_path):
    (tmp_path / "memory").mkdir(mode=0o755)
    private.private_dir(tmp_path / "memory")
    private.private_dir(tmp_path / "new" / "logs" / "ima_skills")
    for name in ("memory", "new", "new/logs", "new/logs/ima_skills"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700, name


@posix
def test_a_whole_write_is_private_and_leaves_nothing_else_behind(tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"old")
    file.chmod(0o644)
    private.write_whole(file, b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob("*f*")) == [file]


def test_a_write_that_fails_leaves_the_old_file_and_no_part(tmp_path):
    (tmp_path / "d" / "inside").mkdir(parents=True)
    with pytest.raises(OSError):
        private.write_whole(tmp_path / "d", b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d", "home"]


@posix
def test_a_pipe_in_place_of_a_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(private.NotPlainError):
        private.read_regular(tmp_path / "pipe", 10)
    with pytest.raises(OSError):
        private.read_regular(tmp_path, 10)


def test_a_file_above_the_limit_is_not_read_whole(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    assert private.read_regular(tmp_path / "f", 5) == b"12345"
    with pytest.raises(OSError):
        private.read_regular(tmp_path / "f", 4)
