"""The skill's door in this process: on the sandbox, with a clock that never waits."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from clocks import Skipping, unhurried

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "evals"), str(ROOT / "tools")]

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def skill(tmp_path, monkeypatch, capfd) -> Callable[..., tuple[int, str]]:
    """Run the script's door with these arguments and return exit code and standard output."""
    import check

    unhurried(monkeypatch, Skipping())
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
