"""The skill's door in this process: on the sandbox, with a clock that never waits."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ima_nano_banana import sandbox
from ima_nano_banana.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "evals"), str(ROOT / "tools")]

if TYPE_CHECKING:
    from collections.abc import Callable


class Skipping:
    """A clock whose waits pass at once."""

    skipped = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped

    def time(self) -> float:
        return time.time() + self.skipped

    async def sleep(self, seconds: float) -> None:
        self.skipped += seconds


@pytest.fixture
def skill(tmp_path, monkeypatch, capfd) -> Callable[..., tuple[int, str]]:
    """Run the script's door with these arguments and return exit code and standard output."""
    import check

    clock = Skipping()
    for name in ("monotonic", "time", "sleep"):
        monkeypatch.setattr(SystemClock, name, staticmethod(getattr(clock, name)))
    opened = sandbox.open_world
    monkeypatch.setattr(sandbox, "open_world", lambda *args, **told: opened(*args, now=clock.time, **told))
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PATH", str(tmp_path))  # no openclaw there
    monkeypatch.chdir(tmp_path)
    check.photo(tmp_path)

    def run(argv: list[str], stdin: str | None = None) -> tuple[int, str]:
        from ima_nano_banana.doors import skill as door

        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capfd.readouterr()
        code = door.main(argv, script="ima_image_create.py")
        return code, capfd.readouterr().out

    return run
