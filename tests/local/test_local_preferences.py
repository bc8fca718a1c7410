"""Preferences live in a file that sibling skills share."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading

import pytest

from ima_nano_banana import words
from ima_nano_banana.domain.model import FLASH, IMAGE_TO_IMAGE, PRO, TEXT_TO_IMAGE
from ima_nano_banana.local import locks, preferences, private

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


@pytest.fixture
def file(tmp_path):
    (tmp_path / "memory").mkdir()
    return tmp_path / "memory" / "ima_prefs.json"


def remember(root, user="u", task_type=TEXT_TO_IMAGE, model=PRO):
    return preferences.remember(root, user, task_type, model, "Nano Banana Pro", 10, now=lambda: 1_800_000_000.0)


def asides(file):
    return list(file.parent.glob("ima_prefs.json.broken-*"))


def test_what_is_remembered_is_read_again_in_the_shared_shape(tmp_path):
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) is None
    assert remember(tmp_path) is None
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) == PRO
    assert preferences.read(tmp_path, "u", IMAGE_TO_IMAGE) is None
    assert preferences.read(tmp_path, "v", TEXT_TO_IMAGE) is None
    stored = json.loads((tmp_path / "memory" / "ima_prefs.json").read_text("utf-8"))
    entry = stored["user_u"][TEXT_TO_IMAGE]
    assert entry.pop("last_used").startswith("2027-01-")
    assert stored == {"user_u": {TEXT_TO_IMAGE: {"model_id": PRO, "model_name": "Nano Banana Pro", "credit": 10}}}


def test_choosing_the_same_model_again_forgets_neither_its_name_nor_its_price(tmp_path, file):
    remember(tmp_path)
    assert preferences.remember(tmp_path, "u", TEXT_TO_IMAGE, PRO, None, None, now=lambda: 1_900_000_000.0) is None
    entry = json.loads(file.read_text("utf-8"))["user_u"][TEXT_TO_IMAGE]
    assert (entry["model_name"], entry["credit"]) == ("Nano Banana Pro", 10)
    assert entry["last_used"].startswith("2030-")
    assert preferences.remember(tmp_path, "u", TEXT_TO_IMAGE, FLASH, None, None) is None
    entry = json.loads(file.read_text("utf-8"))["user_u"][TEXT_TO_IMAGE]
    assert (entry["model_id"], entry["model_name"], entry["credit"]) == (FLASH, None, None)


def test_entries_of_others_are_preserved_and_foreign_models_ignored_d23(tmp_path, file):
    before = {
        "user_u": {"text_to_video": {"model_id": "wan"}, TEXT_TO_IMAGE: {"model_id": "doubao-seedream-4.5"}},
        "user_v": {TEXT_TO_IMAGE: {"model_id": FLASH, "未知": [1, {"x": None}]}},
        "user_w": 5,
        "version": 3,
    }
    file.write_text(json.dumps(before), "utf-8")
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) is None
    assert preferences.read(tmp_path, "w", TEXT_TO_IMAGE) is None
    assert remember(tmp_path, task_type=IMAGE_TO_IMAGE) is None
    after = json.loads(file.read_text("utf-8"))
    assert after["user_u"].pop(IMAGE_TO_IMAGE)["model_id"] == PRO
    assert after == before


def test_fields_that_another_program_added_to_our_entry_stay(tmp_path, file):
    file.write_text(json.dumps({"user_u": {TEXT_TO_IMAGE: {"model_id": PRO, "more": 1}}}))
    remember(tmp_path)
    assert json.loads(file.read_text())["user_u"][TEXT_TO_IMAGE]["more"] == 1


def test_clearing_takes_our_entries_and_leaves_those_of_siblings(tmp_path, file):
    sibling = {"model_id": "doubao"}
    file.write_text(json.dumps({"user_u": {TEXT_TO_IMAGE: {"model_id": PRO}, IMAGE_TO_IMAGE: sibling}}))
    assert preferences.clear(tmp_path, "u") is None
    assert json.loads(file.read_text()) == {"user_u": {IMAGE_TO_IMAGE: sibling}}
    remember(tmp_path, user="v")
    remember(tmp_path, user="v", task_type=IMAGE_TO_IMAGE)
    assert preferences.clear(tmp_path, "v", IMAGE_TO_IMAGE) is None
    assert list(preferences.show(tmp_path, "v")) == [TEXT_TO_IMAGE]
    preferences.clear(tmp_path, "v")
    assert preferences.show(tmp_path, "v") == {}
    assert list(json.loads(file.read_text())) == ["user_u"]


def test_clearing_nothing_writes_nothing(tmp_path):
    assert preferences.clear(tmp_path, "u") is None
    assert not (tmp_path / "memory" / "ima_prefs.json").exists()


def test_a_truncated_file_with_another_users_entry_is_set_aside_d24(tmp_path, file):
    broken = json.dumps({"user_v": {TEXT_TO_IMAGE: {"model_id": PRO}}})[:-7]
    file.write_text(broken)
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) is None
    assert file.read_text() == broken
    assert remember(tmp_path) == "local.prefs_set_aside"
    assert [aside.read_text() for aside in asides(file)] == [broken]
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) == PRO
    file.write_text(broken)
    remember(tmp_path)
    assert len(asides(file)) == 2


@pytest.mark.parametrize("data", [b"[]", b"null", b'"x"', b"\xff\xfe{}", b"[" * 100_000])
def test_whatever_else_lies_there_costs_a_remark_and_no_picture_d6(tmp_path, file, data):
    file.write_bytes(data)
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) is None
    assert preferences.show(tmp_path, "u") == {}
    assert remember(tmp_path) == "local.prefs_set_aside"
    assert asides(file)[0].read_bytes() == data


@pytest.mark.parametrize("data", [b"", b" \n", b"\xef\xbb\xbf{}"])
def test_an_empty_file_and_a_byte_order_mark_are_nothing_broken(tmp_path, file, data):
    file.write_bytes(data)
    assert remember(tmp_path) is None
    assert asides(file) == []


def test_a_read_only_file_is_left_alone_d6(tmp_path, file):
    file.write_text("{}")
    file.chmod(0o444)
    assert remember(tmp_path) == "local.prefs_unwritable"
    assert file.read_text() == "{}"
    file.chmod(0o600)


@posix
def test_a_link_to_the_null_device_switches_preferences_off(tmp_path, file):
    file.symlink_to("/dev/null")
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) is None
    assert remember(tmp_path) == "local.prefs_unwritable"
    assert file.is_symlink()


@posix
def test_what_is_no_file_keeps_its_permissions(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    private.tighten(pipe, private.FILE_MODE)
    assert pipe.stat().st_mode & 0o777 == 0o666


@posix
def test_a_link_to_a_file_kept_elsewhere_stays_a_link(tmp_path, file):
    (tmp_path / "dotfiles").mkdir()
    file.symlink_to(tmp_path / "dotfiles" / "prefs.json")
    assert remember(tmp_path) is None
    assert file.is_symlink()
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) == PRO


@posix
def test_a_pipe_in_place_of_the_file_never_blocks(tmp_path, file):
    os.mkfifo(file)
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) is None
    assert remember(tmp_path) == "local.prefs_unwritable"


@pytest.mark.parametrize("place", ["memory", "memory/ima_prefs.json", "memory/ima_prefs.json.lock"])
def test_something_else_in_its_place_costs_a_remark(tmp_path, place):
    wrong = tmp_path / place
    wrong.parent.mkdir(exist_ok=True)
    if place == "memory":
        wrong.touch()
    else:
        wrong.mkdir()
    assert preferences.read(tmp_path, "u", TEXT_TO_IMAGE) is None
    assert remember(tmp_path) == "local.prefs_unwritable"
    assert preferences.clear(tmp_path, "u") == "local.prefs_unwritable"


@posix
def test_the_file_is_private_even_if_it_was_open(tmp_path, file):
    file.write_text("{}")
    file.chmod(0o644)
    remember(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_user_id_is_only_a_name_in_the_file(tmp_path):
    for user in ("../../x", "", "张三 🍌", "a\0b"):
        remember(tmp_path, user=user)
        assert preferences.read(tmp_path, user, TEXT_TO_IMAGE) == PRO
    names = {path.name for path in (tmp_path / "memory").iterdir()}
    assert names == {"ima_prefs.json", "ima_prefs.json.lock"}


SAVER = """
import sys
from pathlib import Path
from ima_nano_banana.local import preferences
for number in range(50):
    assert preferences.remember(Path(sys.argv[1]), f"{sys.argv[2]}-{number}", "text_to_image", "m", "n", 1) is None
"""


def test_six_processes_with_fifty_saves_each_leave_three_hundred_entries_d24(tmp_path):
    args = [sys.executable, "-c", SAVER, str(tmp_path)]
    processes = [subprocess.Popen([*args, str(number)]) for number in range(6)]
    assert [process.wait(60) for process in processes] == [0] * 6
    assert len(json.loads((tmp_path / "memory" / "ima_prefs.json").read_text())) == 300


def test_a_lock_that_is_held_is_waited_for_and_then_given_up(tmp_path):
    held, done = threading.Event(), threading.Event()

    def hold():
        with locks.locked(tmp_path / "lock"):
            held.set()
            done.wait(90)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(90)
    with pytest.raises(locks.Busy), locks.locked(tmp_path / "lock", patience=0.05):
        raise AssertionError("two holders")
    done.set()
    thread.join(90)
    with locks.locked(tmp_path / "lock", patience=0.0):
        pass


@pytest.mark.parametrize("key", [preferences.UNWRITABLE, preferences.SET_ASIDE])
def test_every_remark_has_words(key):
    assert all(words.text(key, language) for language in words.LANGUAGES)
