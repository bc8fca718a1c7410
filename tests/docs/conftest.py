"""A reader of the documents, on the sandbox and on a clock that never waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from clocks import FakeClock, drawn, unhurried
from docs_kit import Reader
from PIL import Image

from ima_nano_banana import sandbox


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a photo and a list of prompts in it, and books of its own."""
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 48), "teal").save(tmp_path / "photo.jpg")
    (tmp_path / "prompts.csv").write_text("prompt\na red fox\na blue whale\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def no_waiting(desk: Path, monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Time passes only when the program waits."""
    clock = FakeClock()
    unhurried(monkeypatch, clock)
    return clock


@pytest.fixture
def reader(desk: Path, no_waiting: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader with a clock that never waits, and plain pictures that take no time to draw."""
    opened = sandbox.open_world
    monkeypatch.setattr(sandbox, "open_world", lambda path, **told: opened(path, **{"draw": drawn, **told}))
    return Reader(desk, monkeypatch)
