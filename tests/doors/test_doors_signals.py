"""Ctrl-C and SIGTERM: one answer, exit 130, and a paid task that can be fetched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "ima_image_create.py"

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no way to send these to one process"),
]


def start(tmp_path: Path, *argv: str) -> subprocess.Popen[str]:
    env = {**os.environ, "OPENCLAW_STATE_DIR": str(tmp_path / "state")}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), "--prompt", "a cat", "--sandbox", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=env,
        cwd=tmp_path,
    )


def line_of(stream: IO[str] | None, word: str) -> str:
    """Wait for a line with ``word`` in it."""
    assert stream is not None
    return next(line for line in stream if word in line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_waiting_leaves_the_paid_task_to_be_fetched(tmp_path: Path, number: int) -> None:
    running = start(tmp_path, "--sandbox-scene", "slow")
    line_of(running.stderr, "Task created")
    running.send_signal(number)
    out, err = running.communicate(timeout=90)
    assert (running.returncode, out) == (130, "")
    assert "--resume" in err
    assert "Traceback" not in err


def test_a_signal_ends_the_events_with_interrupted(tmp_path: Path) -> None:
    running = start(tmp_path, "--sandbox-scene", "slow", "--events")
    line_of(running.stdout, '"started"')
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=90)
    last = json.loads(out.splitlines()[-1])
    assert (running.returncode, last["event"], last["error"]["kind"]) == (130, "interrupted", "interrupted")
    assert (last["error"]["task_id"] is None) == (last["error"]["charged"] != "yes")
    assert "Traceback" not in err


def test_a_signal_while_the_create_is_under_way_is_told_as_unknown(tmp_path: Path) -> None:
    running = start(tmp_path, "--sandbox-scene", "create-slow", "--events")
    line_of(running.stdout, '"started"')
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=90)
    error = json.loads(out.splitlines()[-1])["error"]
    assert (running.returncode, error["kind"], error["resume_command"]) == (130, "interrupted", None)
    assert error["charged"] in ("unknown", "no")


def test_an_interrupted_reader_of_the_pipe_costs_no_picture(tmp_path: Path) -> None:
    """It is saved; that nobody was told is said on standard error, and the same command hands it over."""
    running = start(tmp_path, "--events")
    line_of(running.stdout, '"started"')
    assert running.stdout is not None
    running.stdout.close()
    running.wait(timeout=90)
    assert running.stderr is not None
    err = running.stderr.read()
    running.stderr.close()
    [picture] = tmp_path.glob("a-cat-*")
    assert running.returncode == 12
    assert str(picture) in err
    assert "Traceback" not in err


STOPPED_WHILE_LOADING = """
import os, runpy, signal, sys

class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.{name})

sys.meta_path.insert(0, Stop())
sys.argv[1:] = {argv!r}
runpy.run_{how}({what!r}, run_name="__main__")
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(
    ("how", "what", "argv"),
    [
        ("path", str(SCRIPT), ["--prompt", "a cat", "--output-json"]),
        ("module", "ima_nano_banana", ["generate", "a cat", "--json"]),
    ],
    ids=["script", "command"],
)
@pytest.mark.parametrize("module", ["ima_nano_banana.doors.run", "ima_nano_banana.doors.actions"])
def test_a_signal_while_the_program_loads_is_answered(
    tmp_path: Path, module: str, how: str, what: str, argv: list[str], name: str
) -> None:
    code = STOPPED_WHILE_LOADING.format(module=module, name=name, argv=argv, how=how, what=what)
    env = {**os.environ, "OPENCLAW_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")
    error = json.loads(done.stdout)["error"]
    assert (error["kind"], error["charged"], error["phase"]) == ("interrupted", "no", "validate")
