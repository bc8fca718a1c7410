"""A door is thin: whoever reads from ``main`` to the engine reads few functions on the way."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

import ima_nano_banana
from ima_nano_banana.doors import skill
from ima_nano_banana.doors.cli import main as command
from ima_nano_banana.engine import Engine
from ima_nano_banana.errors import UsageFault

HOME = str(Path(ima_nano_banana.__file__).parent)
MOST = 6
"""Frames of the program's own, from ``main`` to the first line of the engine, both counted."""


class Heard:
    """Stands where the engine's first line is, and notes how it was reached."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    async def generate(self, *_: object, **__: object) -> object:
        stack = traceback.extract_stack()
        self.frames = [f"{one.filename.removeprefix(HOME)}:{one.name}" for one in stack if HOME in one.filename]
        self.frames.append("engine")
        raise UsageFault("usage.prompt_blank")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Heard:
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    spy = Heard()
    monkeypatch.setattr(Engine, "generate", spy.generate)
    return spy


def test_the_script_reaches_the_engine_in_six_frames(heard: Heard) -> None:
    assert skill.main(["--prompt", "a cat", "--sandbox", "--output-json"]) == 2
    assert len(heard.frames) <= MOST, heard.frames


@pytest.mark.parametrize("words", [["generate", "a cat"], ["generate", "a cat", "--size", "1K", "--json"]])
def test_the_command_reaches_the_engine_in_six_frames(heard: Heard, words: list[str]) -> None:
    assert command.main([*words, "--sandbox"]) == 2
    assert len(heard.frames) <= MOST, heard.frames


def test_an_edit_reaches_the_engine_in_six_frames(heard: Heard) -> None:
    assert command.main(["edit", "a cat", "https://example.com/a.png", "--sandbox"]) == 2
    assert len(heard.frames) <= MOST, heard.frames
