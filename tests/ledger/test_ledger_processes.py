"""Many processes on one ledger, and processes that die."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from ledger_world import ask, start

from ima_nano_banana.errors import UncertainFault
from ima_nano_banana.ledger import Ledger
from ima_nano_banana.ledger.alive import Owner, guard, is_alive, sweep

if TYPE_CHECKING:
    from pathlib import Path

PROCESSES = 16
LIMIT = 100


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _booked(path: Path) -> int:
    connection = sqlite3.connect(path, timeout=60)
    try:
        return int(connection.execute("SELECT COALESCE(SUM(committed), 0) FROM items").fetchone()[0])
    finally:
        connection.close()


def test_sixteen_processes_never_spend_more_than_the_limit(path: Path):
    """Never 101 points reserved or spent, no update lost, and nobody hears that the database is locked."""
    with Ledger(path) as ledger:
        ledger.limits_set("all", "month", LIMIT)
    seen = []
    with ExitStack() as stack:
        workers = [stack.enter_context(start("spender_worker.py", path, f"w{n}", 20)) for n in range(PROCESSES)]
        for worker in workers:
            while worker.poll() is None:
                seen.append(_booked(path))
                try:
                    worker.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
        assert [worker.returncode for worker in workers] == [0] * PROCESSES
        kept = sum(int(_line(worker)) for worker in workers)

    assert max(seen) <= LIMIT
    assert kept == _booked(path) == LIMIT
    with Ledger(path) as ledger:
        items = ledger.tasks()
        assert sum(item.state in ("running", "uncertain") for item in items) == LIMIT
        assert [(limit.used, limit.left) for limit in ledger.limits_show()] == [(LIMIT, 0)]
        assert all(item.committed == 0 for item in items if item.state == "failed")
        ledger.check()


def test_of_many_who_ask_for_the_same_at_once_one_pays(path: Path):
    with ExitStack() as stack:
        # Even the file is made by all of them at once.
        workers = [stack.enter_context(start("twin_worker.py", path)) for _ in range(4)]
        assert [_line(worker) for worker in workers] == ["ready"] * 4
        for worker in workers:
            _tell(worker)

        answers = [_line(worker) for worker in workers]

        for worker in workers:
            _tell(worker)
        assert sorted(answers) == ["reserved", *["sending"] * 3]


def test_a_killed_sender_is_found_at_once_and_becomes_uncertain(path: Path):
    with start("sender_worker.py", path, "a cat") as sender, Ledger(path) as ledger:
        assert _line(sender) == "reserved"
        assert ledger.peek(ask()).state == "sending"

        sender.kill()
        sender.wait()

        with pytest.raises(UncertainFault):
            ledger.peek(ask())
        (item,) = ledger.tasks()
        assert (item.state, item.committed) == ("uncertain", 6)
        assert item.fault is not None
        assert item.fault["code"] == "ledger.sender_died"


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this platform can't freeze a process")
def test_a_frozen_sender_is_not_taken_for_dead(path: Path):
    with start("sender_worker.py", path, "a cat") as sender, Ledger(path) as ledger:
        assert _line(sender) == "reserved"
        sender.send_signal(signal.SIGSTOP)
        os.waitpid(sender.pid, os.WUNTRACED)

        assert ledger.peek(ask()).state == "sending"

        sender.kill()


def test_the_dead_are_found_by_whoever_looks_at_the_history(path: Path):
    with start("sender_worker.py", path, "a cat") as sender, Ledger(path) as ledger:
        assert _line(sender) == "reserved"
        sender.kill()
        sender.wait()

        assert [item.state for item in ledger.tasks()] == ["uncertain"]


def test_what_a_dead_process_had_only_queued_was_not_charged(path: Path):
    dying = Ledger(path)
    found = dying.reserve(ask())
    dying.requeue(found)  # type: ignore[arg-type]
    dying.close()

    with Ledger(path) as ledger:
        assert ledger.peek(ask()).state == "free"
        (item,) = ledger.tasks()
        assert (item.state, item.committed) == ("failed", 0)


def test_a_file_that_another_process_is_making_is_waited_for_and_not_replaced(path: Path):
    found: list[bool] = []

    def late() -> None:
        with Ledger(path) as ledger:
            found.append(ledger.has_limits())

    latecomer = threading.Thread(target=late)
    with guard(path.parent / "ima_alive" / "creating.lock"):
        latecomer.start()
        latecomer.join(0.3)
        assert latecomer.is_alive()
        with Ledger(path.with_name("draft")) as draft:
            draft.database._create()
            draft.limits_set("all", "day", 1)
        path.with_name("draft").rename(path)
    latecomer.join()

    assert found == [True]


def test_a_sign_of_life_ends_with_its_owner(tmp_path: Path):
    owner = Owner(tmp_path / "alive")
    assert not is_alive(tmp_path / "alive", "nobody")
    name = owner.hold()
    assert owner.hold() == name
    assert is_alive(tmp_path / "alive", name)

    owner.release()

    assert not is_alive(tmp_path / "alive", name)
    assert list((tmp_path / "alive").iterdir()) == []
    assert owner.hold() != name
    owner.release()


def test_signs_that_the_killed_left_behind_are_swept_up_but_no_living_one(tmp_path: Path):
    folder = tmp_path / "alive"
    owner = Owner(folder)
    living = folder / f"{owner.hold()}.lock"
    dead, fresh = folder / "dead.lock", folder / "fresh.lock"
    for file in (dead, fresh):
        file.touch()
    for file in (dead, living):
        os.utime(file, (1.0, 1.0))

    sweep(folder)

    assert {file.name for file in folder.iterdir()} == {living.name, "fresh.lock"}
    owner.release()
