"""The skill script, run in this process on the sandbox, with a clock that never waits and books to read."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from clocks import Skipping, drawn, unhurried
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ima_nano_banana.sandbox.books import Books


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        (line,) = self.out.splitlines()
        return dict(json.loads(line))

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.json["error"])


@dataclass
class Shop:
    """One home, one service, and the script."""

    root: Path
    work: Path
    capture: pytest.CaptureFixture[str]
    clock: Skipping

    def run(self, *argv: str, scenes: str = "") -> Outcome:
        """Run the script with ``--sandbox --output-json``; ``scenes`` are separated by blanks."""
        from ima_nano_banana.doors import skill

        self.capture.readouterr()
        told = [word for scene in scenes.split() for word in ("--sandbox-scene", scene)]
        code = skill.main(["--sandbox", "--output-json", *told, *argv], script="ima_image_create.py")
        out, err = self.capture.readouterr()
        assert "Traceback" not in out + err
        return Outcome(code, out, err)

    def make(self, *argv: str, scenes: str = "") -> Outcome:
        """Ask for a cat."""
        return self.run("--prompt", "a cat", *argv, scenes=scenes)

    @property
    def books(self) -> Books:
        """What the service saw and charged."""
        return sandbox.open_world(self.root / "memory" / "ima_sandbox.sqlite3").books

    @property
    def creates(self) -> list[dict[str, Any]]:
        """The parameters of every create that reached the service."""
        return [json.loads(seen.body)["parameters"][0] for seen in self.books.creates()]

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with Ledger(self.root / "memory" / "ima_ledger.sqlite3") as ledger:
            yield ledger

    def photo(self, name: str = "photo.png", colour: str = "red") -> str:
        Image.new("RGB", (8, 8), colour).save(self.work / name)
        return str(self.work / name)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shop:
    clock = Skipping()
    unhurried(monkeypatch, clock, task_seconds=30.0, draw=drawn)
    connected = sandbox.in_process
    monkeypatch.setattr(sandbox, "in_process", lambda world: connected(world, stall=clock.sleep, latency=0.05))
    root, work = tmp_path / "state", tmp_path / "work"
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(root))
    work.mkdir()
    monkeypatch.chdir(work)
    return Shop(root, work, capfd, clock)
