"""Doors run in this process, on the sandbox, with a clock that never waits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from clocks import Skipping, unhurried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        """The one object on stdout."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self.out
        return json.loads(lines[0])

    @property
    def events(self) -> list[dict]:
        """The objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def ima(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a door: ``ima("--prompt", "a cat")`` is the script, ``ima("generate", …, door="command")`` the command."""
    unhurried(monkeypatch, Skipping())
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def run(*argv: str, door: str = "script") -> Outcome:
        from ima_nano_banana.doors import skill
        from ima_nano_banana.doors.cli import main as command

        capfd.readouterr()
        code = skill.main(argv, script="ima_image_create.py") if door == "script" else command.main(argv)
        out, err = capfd.readouterr()
        return Outcome(code, out, err)

    return run
