"""What the simulated service saw and charged, for tests to read. Nothing here changes anything."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.store import Store


def account_of(key: str) -> str:
    """Return the name of the account behind a key. The key itself is never written down."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CreateSeen:
    """One create that reached the service.

    Attributes:
        at: World time in seconds.
        account: Name of the account (:func:`account_of`).
        body_hash: SHA-256 of the bytes received.
        body: The bytes received, as text.
        accepted: Whether a task was made and billed.
        points: Points billed, all pictures together.
        code: Business code that was answered, if any.
        status: HTTP status that was answered, if any.
        task_id: The task made, if any.
        answered: ``"answer"``, or the name of the scene that replaced the answer.
    """

    at: float
    account: str
    body_hash: str
    body: str
    accepted: bool
    points: int
    code: int | None
    status: int | None
    task_id: str | None
    answered: str


class Books:
    """Plain reads of a world's records. They hold for every process that shares the world's file."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def charges(self, key: str | None = None) -> list[tuple[str, int]]:
        """Return ``(task_id, points)`` for every task billed, oldest first; of one key, if given."""
        rows = self._store.rows("SELECT id, charged, account FROM tasks ORDER BY created_at, id")
        wanted = None if key is None else account_of(key)
        return [(task_id, points) for task_id, points, account in rows if wanted in {None, account}]

    def points_charged(self, key: str | None = None) -> int:
        """Return the points billed so far, of one key if given."""
        return sum(points for _, points in self.charges(key))

    def points_left(self, key: str) -> int | None:
        """Return what the account of ``key`` holds, or ``None`` while it was never used."""
        row = self._store.row("SELECT points FROM accounts WHERE account = ?", account_of(key))
        return None if row is None else int(row[0])

    def creates(self) -> list[CreateSeen]:
        """Return every create that reached the service, in order."""
        rows = self._store.rows(
            "SELECT at, account, body_hash, body, accepted, points, code, status, task_id, answered FROM creates"
            " ORDER BY seq"
        )
        return [
            CreateSeen(at, account, body_hash, body, bool(accepted), points, code, status, task_id, answered)
            for at, account, body_hash, body, accepted, points, code, status, task_id, answered in rows
        ]

    def count(self, endpoint: str) -> int:
        """Return how many requests of a kind arrived.

        Kinds: ``list create detail token token_get put input result``; on sockets also ``tls`` and
        ``tls:HOST`` (connections with a completed handshake), ``tunnel`` and ``tunnel_refused``.
        """
        row = self._store.row("SELECT n FROM counters WHERE name = ?", endpoint)
        return 0 if row is None else int(row[0])

    def peak(self, endpoint: str) -> int:
        """Return the highest number of requests of a kind that one process served at the same time."""
        return self.count(f"peak:{endpoint}")

    def looks(self, task_id: str) -> int:
        """Return how often a task was looked at."""
        row = self._store.row("SELECT looks FROM tasks WHERE id = ?", task_id)
        return 0 if row is None else int(row[0])

    def tasks(self) -> list[str]:
        """Return the ids of all tasks, oldest first."""
        return [task_id for task_id, _ in self.charges()]

    def hosts(self) -> set[str]:
        """Return every host that a request was addressed to, known or not."""
        return {host for (host,) in self._store.rows("SELECT DISTINCT host FROM sightings")}

    def saw(self, host: str) -> set[str]:
        """Return what a host was shown: any of ``visit key prompt bytes``."""
        return {what for (what,) in self._store.rows("SELECT what FROM sightings WHERE host = ?", host)}

    def counters(self) -> dict[str, int]:
        """Return every count at once."""
        return {name: int(n) for name, n in self._store.rows("SELECT name, n FROM counters ORDER BY name")}

    def as_dict(self) -> dict[str, object]:
        """Return all of the books as plain data (the control host answers with it)."""
        return {
            "charges": self.charges(),
            "points_charged": self.points_charged(),
            "creates": [asdict(seen) for seen in self.creates()],
            "counters": self.counters(),
            "looks": {task_id: self.looks(task_id) for task_id in self.tasks()},
            "hosts": {host: sorted(self.saw(host)) for host in sorted(self.hosts())},
        }
