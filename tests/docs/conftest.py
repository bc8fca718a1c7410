"""A reader of the documents, on the sandbox and on a clock that never waits."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from docs_kit import Reader
from engine_kit import FakeClock, drawn
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.clock import SystemClock


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
    for name in ("monotonic", "time", "sleep"):
        monkeypatch.setattr(SystemClock, name, functools.partial(getattr(FakeClock, name), clock))
    opened = sandbox.open_world

    def world(path: Path | None, **options: Any) -> Any:
        return opened(path, **{"now": clock.time, **options})

    monkeypatch.setattr(sandbox, "open_world", world)
    return clock


@pytest.fixture
def reader(desk: Path, no_waiting: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader with a clock that never waits, and plain pictures that take no time to draw."""
    opened = sandbox.open_world
    monkeypatch.setattr(sandbox, "open_world", lambda path, **told: opened(path, **{"draw": drawn, **told}))
    return Reader(desk, monkeypatch)
