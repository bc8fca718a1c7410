"""A batch that is killed again and again, at any moment: nothing is paid twice, nothing that is paid is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from kill_server import ROWS

pytestmark = pytest.mark.loopback

KILLS = 60
CREATES_AT_ONCE = 8


def _heard(server: subprocess.Popen[str], word: str) -> list[str]:
    assert server.stdout is not None
    while line := server.stdout.readline():
        if line.startswith(word):
            return line.split()
        if line.startswith("ended"):
            raise AssertionError(f"the run ended before it said {word!r}: {line}")
    raise AssertionError("the server of runs is gone")


def _told(server: subprocess.Popen[str]) -> None:
    assert server.stdin is not None
    server.stdin.write("run\n")
    server.stdin.flush()


@pytest.mark.timeout(240)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform can't fork")
def test_sixty_kills_pay_nothing_twice_and_lose_nothing(tmp_path: Path):
    """0 doubles, 0 lost, at most eight uncertain rows a kill, and each of them named."""
    chance = random.Random(137)
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "kill_server.py"), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        for _ in range(KILLS):
            _told(server)
            pid = int(_heard(server, "pid")[1])
            _heard(server, "sending")
            threading.Event().wait(chance.uniform(0.0, 0.15))
            os.kill(pid, signal.SIGKILL)
            assert _heard(server, "ended")[1:] == [str(pid), str(-signal.SIGKILL)]
        _told(server)
        done, unsure, committed = map(int, _heard(server, "summary")[1:])
        assert _heard(server, "ended")[2] == "0"
        assert server.stdin is not None
        server.stdin.close()

    world = sqlite3.connect(tmp_path / "world.sqlite3")
    books = sqlite3.connect(tmp_path / "state" / "memory" / "ima_ledger.sqlite3")
    try:
        paid = Counter(
            json.loads(body)["parameters"][0]["parameters"]["prompt"]
            for (body,) in world.execute("SELECT body FROM creates WHERE accepted")
        )
        rows = dict(books.execute("SELECT prompt, state FROM items WHERE row_id IS NOT NULL").fetchall())
        files = [json.loads(one)[0] for (one,) in books.execute("SELECT files FROM items WHERE state = 'done'")]
    finally:
        world.close()
        books.close()
    assert [prompt for prompt, times in paid.items() if times > 1] == []
    assert [prompt for prompt in paid if rows[prompt] not in ("done", "uncertain")] == []
    assert [prompt for prompt, state in rows.items() if state == "done" and prompt not in paid] == []
    assert [file for file in files if not Path(file).is_file()] == []
    assert len(set(files)) == len(files) == done
    assert done + unsure == ROWS
    assert 0 < unsure <= KILLS * CREATES_AT_ONCE
    assert committed == ROWS * 4
