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


class Server:
    """Starts runs of one batch, each in a process of its own, and hears what they say."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "kill_server.py"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(90)
        self._process.stdout.close()

    def run(self) -> int:
        """Start a run and return its process."""
        assert self._process.stdin is not None
        self._process.stdin.write("run\n")
        self._process.stdin.flush()
        return int(self.heard("pid")[1])

    def heard(self, *words: str) -> list[str]:
        """Return the next line that begins with one of these words."""
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            if line.startswith(words):
                return line.split()
        raise AssertionError(f"nobody said any of {words}")


@pytest.mark.timeout(240)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform can't fork")
def test_sixty_kills_pay_nothing_twice_and_lose_nothing(tmp_path: Path):
    """0 doubles, 0 lost, at most eight uncertain rows a kill, and each of them named."""
    chance = random.Random(137)
    kills = batches = 0
    while kills < KILLS:  # a fast machine ends a batch before it was killed so often: another one follows
        batches += 1
        folder = tmp_path / str(batches)
        folder.mkdir()
        with Server(folder) as server:
            killed, summary = _killed_until_done(server, KILLS - kills, chance)
        _check(folder, killed, *summary)
        kills += killed
        assert batches <= KILLS


def _killed_until_done(server: Server, most: int, chance: random.Random) -> tuple[int, tuple[int, int, int]]:
    """Kill runs of the batch until it is done; return how many, and what the last run counted."""
    for kill in range(most + 1):
        pid = server.run()
        said = server.heard("sending", "summary") if kill < most else server.heard("summary")
        if said[0] == "sending":
            threading.Event().wait(chance.uniform(0.0, 0.15))
            os.kill(pid, signal.SIGKILL)
            ended = server.heard("summary", "ended")
            if ended[0] == "ended" and ended[2] != "0":
                assert ended[1:] == [str(pid), str(-signal.SIGKILL)]
                continue
            said = ended if ended[0] == "summary" else said
        server.heard("ended")
        done, unsure, committed = map(int, said[1:])
        return kill, (done, unsure, committed)
    raise AssertionError("the last run was not killed")


def _check(folder: Path, kills: int, done: int, unsure: int, committed: int) -> None:
    """Hold the batch's books against the service's own."""
    world = sqlite3.connect(folder / "world.sqlite3")
    books = sqlite3.connect(folder / "state" / "memory" / "ima_ledger.sqlite3")
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
    assert unsure <= kills * CREATES_AT_ONCE
    assert committed == ROWS * 4
