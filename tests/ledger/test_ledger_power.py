"""The power goes at any moment: whatever was said to be durable is there, and nothing impossible is."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from typing import TYPE_CHECKING

import pytest
from ledger_world import start

from ima_nano_banana.ledger import Item, Ledger

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

RANK = {"sending": 1, "running": 2, "ready": 3, "done": 4}
CUTS = 40

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this platform can't freeze a process")


def _hear(writer: subprocess.Popen[str], lines: int, told: dict[str, str]) -> None:
    assert writer.stdout is not None
    for _ in range(lines):
        item, state = writer.stdout.readline().split()
        told[item] = state


def _cut(writer: subprocess.Popen[str], path: Path, copy: Path) -> None:
    """Copy the files as they are at one moment; the shared memory is lost with the power."""
    writer.send_signal(signal.SIGSTOP)
    os.waitpid(writer.pid, os.WUNTRACED)
    copy.parent.mkdir()
    for end in ("", "-wal"):
        file = path.with_name(path.name + end)
        if file.exists():
            shutil.copyfile(file, copy.with_name(copy.name + end))
    writer.send_signal(signal.SIGCONT)


def _tear(copy: Path, chance: random.Random) -> None:
    """Leave half a record at the end of the log, as a write that the power cut short."""
    wal = copy.with_name(copy.name + "-wal")
    if wal.exists():
        with wal.open("ab") as file:
            file.write(chance.randbytes(chance.randrange(1, 5000)))


def _judge(copy: Path, told: dict[str, str]) -> None:
    connection = sqlite3.connect(copy)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    finally:
        connection.close()
    with Ledger(copy) as ledger:
        items = {item.id: item for item in ledger.tasks()}
    for item_id, state in told.items():
        # Nobody is alive after the power went: a create that was under way is uncertain.
        found = items[item_id].state
        assert found == "uncertain" if state == "sending" and found not in RANK else RANK[found] >= RANK[state]
    for item in items.values():
        _possible(item)


def _possible(item: Item) -> None:
    assert item.state in ("uncertain", "running", "ready", "done")
    assert item.committed == 6
    assert (item.task_id is not None) == (item.state != "uncertain")
    assert bool(item.urls) == (item.state in ("ready", "done"))
    assert bool(item.files) == (item.state == "done")


def test_the_books_survive_a_power_cut_at_any_moment(path: Path, tmp_path: Path):
    chance = random.Random(20261122)
    told: dict[str, str] = {}
    with start("writer_worker.py", path) as writer:
        try:
            for number in range(CUTS):
                _hear(writer, chance.randrange(1, 30), told)
                copy = tmp_path / f"cut{number}" / path.name
                _cut(writer, path, copy)
                if number % 2:
                    _tear(copy, chance)
                _judge(copy, told)
        finally:
            writer.kill()
    assert len(told) > CUTS
