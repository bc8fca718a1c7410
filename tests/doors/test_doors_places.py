"""A folder that is gone, a home that is none, arguments in another encoding: told as such, or simply understood."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ima_nano_banana.errors import StorageFault, UsageFault
from ima_nano_banana.local import paths

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX has folders that can be removed while in use")
START = "import sys; from ima_nano_banana.doors.cli.main import main; sys.exit(main())"


def command(*words: str | bytes, gone: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Start the command; with ``gone`` in a folder that is removed under it."""
    code = START if gone is None else f"import os; os.rmdir({str(gone)!r}); {START}"
    if gone is not None:
        gone.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    line = [sys.executable, "-P", "-c", code, *words]  # as installed: the current folder is not on the path
    done = subprocess.run(line, check=False, capture_output=True, cwd=gone, env={**kept, **env}, timeout=100)
    return subprocess.CompletedProcess(line, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["models", "--sandbox", "--json"], 0),
        (["quote", "a cat", "--sandbox", "--json"], 0),
        (["generate", "a cat", "--sandbox", "--json", "--output-dir", "{place}"], 0),
        (["generate", "a cat", "--sandbox", "--json", "--no-download"], 0),
        (["generate", "a cat", "--sandbox", "--json"], 2),
        (["generate", "a cat", "--sandbox", "--json", "--output-dir", "here"], 2),
        (["edit", "a cat", "picture.png", "--sandbox", "--json", "--no-download"], 2),
        (["tasks", "--sandbox", "--json"], 0),
    ],
)
def test_a_folder_that_was_deleted_under_the_run_is_only_missed_where_it_is_needed(words, code, tmp_path):
    words = [word.format(place=tmp_path / "out") for word in words]
    done = command(*words, gone=tmp_path / "gone", OPENCLAW_STATE_DIR=str(tmp_path / "state"))
    assert done.returncode == code, done.stdout + done.stderr
    told = json.loads(done.stdout)
    if code:
        assert told["error"]["kind"] == "usage"
        assert "current folder" in told["error"]["message"]
        assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("variable", ["HOME", "OPENCLAW_STATE_DIR"])
@pytest.mark.parametrize("folder", ["state", "./state", "../x", "a b"])
def test_a_state_folder_that_moves_with_the_current_folder_is_refused(variable, folder):
    with pytest.raises(StorageFault) as told:
        paths.state_root({variable: folder})
    assert told.value.code == "local.relative"
    assert told.value.params["variable"] == variable


def test_an_empty_home_is_no_home_and_not_the_root_of_the_disk(monkeypatch):
    import pwd

    monkeypatch.setenv("HOME", "")
    assert paths.state_root({"HOME": " "}) == Path(pwd.getpwuid(os.getuid()).pw_dir) / ".openclaw"


def test_a_tilde_means_the_home_of_the_same_environment():
    assert paths.state_root({"HOME": "/a", "OPENCLAW_STATE_DIR": "~/b"}) == Path("/a/b")


def test_a_relative_name_needs_a_folder_to_start_from(monkeypatch):
    monkeypatch.setattr(paths, "working_folder", lambda: None)
    assert paths.from_here(Path("/a/b")) == Path("/a/b")
    for path in (Path("b"), None):
        with pytest.raises(UsageFault):
            paths.from_here(path)


CONSOLES = [{"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"LC_ALL": "C.UTF-8"}]


@pytest.mark.loopback
@pytest.mark.parametrize("console", CONSOLES, ids=["ascii", "utf-8"])
def test_arguments_in_utf_8_are_read_as_such_whatever_the_console_says(console, tmp_path):
    words = ["generate", "一只猫".encode(), "--sandbox", "--json", "--output-dir", str(tmp_path / "图").encode()]
    done = command(*words, OPENCLAW_STATE_DIR=str(tmp_path / "state"), **console)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["language"] == "zh"
    assert Path(told["files"][0]).name.startswith("一只猫")
    assert Path(told["files"][0]).is_file()


@pytest.mark.parametrize("console", CONSOLES, ids=["ascii", "utf-8"])
def test_arguments_that_are_no_text_are_a_usage_error(console, tmp_path):
    done = command("generate", b"caf\xe9", "--sandbox", "--json", OPENCLAW_STATE_DIR=str(tmp_path / "state"), **console)
    assert done.returncode == 2, done.stdout + done.stderr
    assert json.loads(done.stdout)["error"]["kind"] == "usage"


DENIED = "import socket\ndef no(*_): raise PermissionError(1, 'denied')\nsocket.socket.send = no\n"


@pytest.mark.loopback
def test_a_sandbox_that_lets_no_thread_wake_the_loop_is_lived_with(tmp_path):
    """Codex denies every send, the one by which a thread wakes asyncio among them; the run would never end."""
    code = DENIED + START
    words = ["generate", "a cat", "--sandbox", "--json", "--output-dir", str(tmp_path)]
    env = {**os.environ, "OPENCLAW_STATE_DIR": str(tmp_path / "state")}
    line = [sys.executable, "-P", "-c", code, *words]
    done = subprocess.run(line, check=False, capture_output=True, env=env, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
