"""The world behind the simulated service: accounts, tasks with their own clock, and the books."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import SANDBOX_KEY, catalogue, gallery
from ima_nano_banana.sandbox.books import Books, account_of
from ima_nano_banana.sandbox.fates import FATES, Fate
from ima_nano_banana.sandbox.orders import Order, Refused
from ima_nano_banana.sandbox.selection import Selection
from ima_nano_banana.sandbox.store import Store, bump
from ima_nano_banana.sandbox.story import Job

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from ima_nano_banana.sandbox.call import Call

"""The key of the account that needs no real key."""

_REAL_PACE = 15.0
"""Tasks that take at least this many seconds are advertised with the live list's own times."""


class World:
    """One simulated service. Several worlds (in several processes) may share one file."""

    def __init__(
        self,
        path: Path | None,
        *,
        scenes: Iterable[str] = (),
        run: str | None = None,
        task_seconds: float = 1.8,
        points: int = 1_000_000,
        now: Callable[[], float] = time.time,
        token: Callable[[], str] = lambda: secrets.token_hex(10),
        draw: gallery.Draw = gallery.draw,
    ) -> None:
        """Open the world at ``path``, or one in memory.

        Args:
            path: The SQLite file, made if it is missing.
            scenes: Names of the scenes to play.
            run: Continues the counting of an earlier selection of scenes (see :mod:`.selection`).
            task_seconds: How long a task takes.
            points: What the account of a key holds when the key is first used.
            now: The world's clock, in Unix seconds.
            token: Makes the unguessable part of ids and paths.
            draw: Makes the pictures.
        """
        self.store = Store(path)
        self.books = Books(self.store)
        self.gallery = gallery.Gallery(self.store, draw)
        self.now, self.token = now, token
        self.task_seconds, self.points = task_seconds, points
        self.refused_hosts: set[str] = set()  # the socket server lets no new connection through to these
        self._in_flight: dict[str, int] = {}
        self._peaks: dict[str, int] = {}
        self._seen: set[tuple[str, str]] = set()
        self._keys = {SANDBOX_KEY}
        self._lock = threading.Lock()
        self.selection = Selection(self.store, scenes, run)

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def select(self, scenes: Iterable[str], run: str | None = None) -> None:
        """Play other scenes from now on. Tasks keep the fate that they were made with."""
        self.selection = Selection(self.store, scenes, run)
        self.refused_hosts.clear()

    # -- the product list ---------------------------------------------------------------------

    def shown_catalogue(self, category: str) -> catalogue.Tree:
        """Return the product list as a client is shown it."""
        tree = self.true_catalogue(category)
        for scene in self.selection.at("list"):
            if scene.shown and self.selection.due(scene, category):
                tree = scene.shown(tree, category)
        return tree

    def true_catalogue(self, category: str) -> catalogue.Tree:
        """Return the product list that creates are checked against."""
        tree = catalogue.tree(category, self._eet())
        for scene in self.selection.at("list"):
            if scene.true:
                tree = scene.true(tree, category)
        return tree

    def _eet(self) -> str | None:
        if self.task_seconds >= _REAL_PACE or "live-eet" in self.selection.names:
            return None
        low = max(1, round(self.task_seconds))
        return f"{low}~{low + 1}s"

    # -- accounts and tasks ---------------------------------------------------------------------

    def set_points(self, key: str, points: int) -> None:
        """Let the account of ``key`` hold ``points``."""
        with self.store.writing() as db:
            db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?)", (account_of(key), points))

    def accept(self, call: Call, order: Order) -> Job:
        """Make and bill a task, in one step.

        Raises:
            Refused: 4008 if the account cannot pay for all pictures.
        """
        job = self._job(call.account, order)
        charged = order.points * order.count
        with self.store.writing() as db:
            db.execute("INSERT OR IGNORE INTO accounts VALUES (?, ?)", (call.account, self.points))
            paid = db.execute(
                "UPDATE accounts SET points = points - ? WHERE account = ? AND points >= ?",
                (charged, call.account, charged),
            )
            if paid.rowcount == 0:
                raise Refused(4008, "Insufficient points", status=500)
            db.execute(
                "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
                (job.id, job.account, charged, job.created_at, job.ready_at, ",".join(job.fates), _dumped(job)),
            )
            call.record = _record(db, call, self.now(), points=charged, task_id=job.id, code=200, status=200)
        call.accepted = True
        return job

    def _job(self, account: str, order: Order) -> Job:
        fates = tuple(name for name in self.selection.names if name in FATES)
        seconds, ratio, shrink = self.task_seconds, order.aspect_ratio, 1
        for fate in (FATES[name] for name in fates):
            seconds = fate.seconds or seconds
            ratio = _other_ratio(fate, ratio)
            shrink *= fate.shrink
        made = self.now()
        return Job(
            id=f"sb{self.token()}",
            account=account,
            task_type=order.task_type,
            model_id=order.model_id,
            size=order.size,
            aspect_ratio=ratio,
            count=order.count,
            points=order.points,
            prompt=order.prompt,
            inputs=order.inputs,
            created_at=made,
            ready_at=made + seconds,
            fates=fates,
            pixels=gallery.pixels_of(order, aspect_ratio=ratio, shrink=shrink),
        )

    def note(self, call: Call, *, code: int | None, status: int | None, answered: str = "answer") -> None:
        """Write down how a create was answered."""
        with self.store.writing() as db:
            if call.record is None:
                call.record = _record(db, call, self.now(), points=0, task_id=None, code=code, status=status)
            db.execute(
                "UPDATE creates SET code = ?, status = ?, answered = ? WHERE seq = ?",
                (code, status, answered, call.record),
            )

    def look(self, task_id: str, account: str) -> tuple[Job, int] | None:
        """Return a task of ``account`` and how often it has been looked at, this time included."""
        with self.store.writing() as db:
            rows = db.execute(
                "UPDATE tasks SET looks = looks + 1 WHERE id = ? AND account = ? RETURNING job, looks",
                (task_id, account),
            ).fetchall()
        return (_loaded(rows[0][0]), int(rows[0][1])) if rows else None

    def job(self, task_id: str) -> Job | None:
        """Return a task without looking at it."""
        row = self.store.row("SELECT job FROM tasks WHERE id = ?", task_id)
        return None if row is None else _loaded(row[0])

    # -- the books --------------------------------------------------------------------------------

    def count(self, name: str) -> None:
        """Count something that happened."""
        with self.store.writing() as db:
            bump(db, name)

    @contextmanager
    def serving(self, endpoint: str) -> Iterator[None]:
        """Count one request, and how many of its kind are served at the same time."""
        with self._lock:
            now = self._in_flight[endpoint] = self._in_flight.get(endpoint, 0) + 1
            new_peak = now > self._peaks.get(endpoint, 0)
            self._peaks[endpoint] = max(now, self._peaks.get(endpoint, 0))
        with self.store.writing() as db:
            bump(db, endpoint)
            if new_peak:
                db.execute(
                    "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = max(n, excluded.n)",
                    (f"peak:{endpoint}", now),
                )
        try:
            yield
        finally:
            with self._lock:
                self._in_flight[endpoint] -= 1

    def saw(self, host: str, headers: Mapping[str, str], url: str, body: bytes) -> None:
        """Write down what a host was shown, whether it is one of ours or not."""
        shown = {"visit"} | self._shown(headers, url, body)
        fresh = [(host, what) for what in shown if (host, what) not in self._seen]
        if not fresh:
            return
        self._seen.update(fresh)
        with self.store.writing() as db:
            db.executemany("INSERT OR IGNORE INTO sightings VALUES (?, ?)", fresh)

    def _shown(self, headers: Mapping[str, str], url: str, body: bytes) -> set[str]:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key:
            self._keys.add(key)
        image = headers.get("content-type", "").startswith("image/")
        text = url.encode() + (b"" if image else body)
        shown = {"bytes"} if image and body else set()
        if key or any(known.encode() in text for known in self._keys):
            shown.add("key")
        if not image and b'"prompt"' in body:
            shown.add("prompt")
        return shown


def _other_ratio(fate: Fate, asked: str) -> str:
    if fate.aspect_ratio is None:
        return asked
    return "1:1" if fate.aspect_ratio == asked else fate.aspect_ratio


def _record(
    db: sqlite3.Connection,
    call: Call,
    at: float,
    *,
    points: int,
    task_id: str | None,
    code: int | None,
    status: int | None,
) -> int:
    cursor = db.execute(
        "INSERT INTO creates (at, account, body_hash, body, accepted, points, code, status, task_id, answered)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'answer')",
        (
            at,
            call.account,
            hashlib.sha256(call.body).hexdigest(),
            call.body.decode("utf-8", "replace"),
            int(task_id is not None),
            points,
            code,
            status,
            task_id,
        ),
    )
    return int(cursor.lastrowid or 0)


def _dumped(job: Job) -> str:
    return json.dumps(asdict(job), ensure_ascii=False)


def _loaded(text: str) -> Job:
    values = json.loads(text)
    for name in ("inputs", "fates", "pixels"):
        values[name] = tuple(values[name])
    return Job(**values)
