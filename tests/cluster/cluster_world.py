"""What the tests on a real PostgreSQL share. ``IMA_TEST_PG`` names a server that may be filled and emptied."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg

from ima_nano_banana import sandbox
from ima_nano_banana.batch.plan import plan
from ima_nano_banana.batch.read import rows_of
from ima_nano_banana.cluster.submit import prepared, progress, submit
from ima_nano_banana.cluster.submit import retry as retried
from ima_nano_banana.cluster.worker import queue_of
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.ledger import Batch, Item
from ima_nano_banana.ledger.postgres import PostgresLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ima_nano_banana.cluster.model import Progress
    from ima_nano_banana.sandbox.books import Books

WORKER = Path(__file__).with_name("worker_process.py")
BATCH = "b1"


@contextmanager
def fresh_place(server: str) -> Iterator[str]:
    """Make an empty schema, yield the URL of a store in it, and drop it with all that it holds."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    joint = "&" if "?" in server else "?"
    try:
        yield f"{server}{joint}options={quote(f'-csearch_path={name}', safe='')}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '10s'")
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')


@dataclass
class Cluster:
    """A store, a simulated service that all workers share, and the workers."""

    store: str
    place: Path
    options: dict[str, Any] = field(default_factory=dict)
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    _started: int = 0
    _marks: dict[int, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = self.place / "state"
        (self.root / "memory").mkdir(parents=True)
        self.world = sandbox.open_world(self.root / "memory" / "ima_sandbox.sqlite3")
        self.ledger = PostgresLedger(self.store)

    @property
    def books(self) -> Books:
        return self.world.books

    def submit(self, rows: list[dict[str, object]], **limits: Any) -> None:
        """Submit rows as the command does, at one point each."""
        raw, faults = rows_of("".join(json.dumps(row) + "\n" for row in rows).encode(), "rows.jsonl")
        planned = plan(raw, Wish(size="512px"))
        assert not faults
        assert not planned.faults
        batch = Batch(
            id=BATCH, realm="sandbox", user_id="default", name="rows", created_at=1.0, rows=len(rows), **limits
        )
        whole = prepared(
            batch,
            planned.rows,
            {},
            queue=queue_of("ima_sandbox", sandbox=True),
            how={"timeout": 120.0},
            cwd=self.place,
        )
        asyncio.run(submit(self.ledger, whole))

    def start(self, *, wait: bool = True, **settings: Any) -> subprocess.Popen[str]:
        """Start a worker, and wait until it works."""
        self._started += 1
        told = {
            "store": settings.pop("store", self.store),
            "root": str(self.root),
            "folder": str(self.place / f"worker{self._started}"),
            "mark": str(self.place / f"on_the_wire{self._started}"),
            **self.options,
            "settings": {"lease": 4.0, "grace": 10.0, **settings},
        }
        env = {name: value for name, value in os.environ.items() if not name.startswith("IMA_")}
        worker = subprocess.Popen(
            [sys.executable, str(WORKER), json.dumps(told)], stdout=subprocess.PIPE, text=True, env=env
        )
        self.workers.append(worker)
        self._marks[worker.pid] = Path(told["mark"])
        assert worker.stdout is not None
        if wait:
            assert worker.stdout.readline() == "ready\n"
        return worker

    def kill(self, worker: subprocess.Popen[str], how: int = signal.SIGKILL) -> None:
        worker.send_signal(how)
        _reap(worker)
        self.workers.remove(worker)

    def sender(self, seconds: float = 60.0) -> subprocess.Popen[str]:
        """Wait for a worker that has a create on the wire, and return it."""
        deadline = time.monotonic() + seconds
        while True:
            for worker in self.workers:
                if self._marks[worker.pid].exists():
                    return worker
            assert time.monotonic() < deadline, self.progress()
            time.sleep(0.01)

    def progress(self) -> Progress:
        (found,) = progress(self.ledger, BATCH)
        return found

    def until(self, enough: Callable[[Progress], bool], seconds: float = 90.0) -> Progress:
        """Wait until the batch stands so."""
        deadline = time.monotonic() + seconds
        while not enough(found := self.progress()):
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
        return found

    def sending(self) -> int:
        """Return how many creates are on their way."""
        found = self.ledger.batch(BATCH)
        return found.states.get("sending", 0) if found is not None else 0

    def items(self) -> list[Item]:
        return self.ledger.batch_items(BATCH)

    def close(self) -> None:
        for worker in self.workers:
            worker.send_signal(signal.SIGCONT)
            worker.kill()
            _reap(worker)
        self.ledger.close()
        self.world.close()


def _reap(worker: subprocess.Popen[str]) -> None:
    worker.wait(timeout=60)
    if worker.stdout is not None:
        worker.stdout.close()


def cats(count: int) -> list[dict[str, object]]:
    """Return so many different rows."""
    return [{"id": f"r{number:04}", "prompt": f"cat {number}"} for number in range(count)]


def charged_once(cluster: Cluster) -> None:
    """Hold the books of the service against those of the ledger: nothing twice, nothing lost."""
    made: dict[str, list[str]] = {}
    for seen in cluster.books.creates():
        if seen.accepted:
            made.setdefault(_prompt(seen.body), []).append(str(seen.task_id))
    assert {prompt: tasks for prompt, tasks in made.items() if len(tasks) > 1} == {}
    items = cluster.items()
    known = {item.task_id for item in items if item.task_id}
    unsure = {item.prompt for item in items if item.state == "uncertain"}
    lost = {prompt for prompt, tasks in made.items() if not known & set(tasks) and prompt not in unsure}
    assert not lost


def _prompt(body: str) -> str:
    return str(json.loads(body)["parameters"][0]["parameters"]["prompt"])


def most_at_once(cluster: Cluster) -> int:
    """Return the most tasks that the service was making at any moment."""
    spans = cluster.world.store.rows("SELECT created_at, ready_at FROM tasks")
    steps = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def most_within(moments: list[float], seconds: float) -> int:
    """Return the most moments in any window of so many seconds."""
    moments = sorted(moments)
    most = start = 0
    for end, at in enumerate(moments):
        while at - moments[start] >= seconds:
            start += 1
        most = max(most, end - start + 1)
    return most


def retry(cluster: Cluster) -> int:
    """Run what failed once more, as the command does."""
    return asyncio.run(retried(cluster.ledger, BATCH))
