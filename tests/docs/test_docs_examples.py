"""What the documents tell a reader to type works as it stands."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

import pytest
from docs_kit import NAMES, ROOT, Reader, blocks
from PIL import Image, ImageChops, ImageStat

COMMANDS = [name for name in NAMES if blocks(name, "bash")]
PROGRAMS = [
    (name, at) for name in NAMES for at, block in enumerate(blocks(name, "python")) if "serve_in_thread" not in block
]
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_a_document_ends_as_it_says(name: str, reader: Reader) -> None:
    for block in blocks(name, "bash"):
        reader.follow(block)
    assert reader.tried


@pytest.mark.parametrize(("name", "at"), PROGRAMS)
def test_every_program_in_a_document_runs(name: str, at: int, reader: Reader) -> None:
    exec(compile(blocks(name, "python")[at], f"{name} block {at}", "exec"), {"__name__": "__main__"})
    assert (reader.folder / "state").is_dir()


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "readme_pictures.py"])
def test_every_example_runs(name: str, reader: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / name), run_name="__main__")
    assert list((reader.folder / "pictures").iterdir())
    assert capsys.readouterr().out


def test_the_examples_page_names_every_example() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert [name for name in EXAMPLES if f"[{name}]({name})" not in text] == []


@pytest.mark.usefixtures("no_waiting")
def test_the_pictures_of_the_readme_are_those_that_the_sandbox_makes(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A little tolerance: another version of the imaging library may round a pixel differently."""
    monkeypatch.setattr(sys, "argv", ["readme_pictures.py", str(desk / "made")])
    runpy.run_path(str(ROOT / "examples" / "readme_pictures.py"), run_name="__main__")
    for shown in sorted((ROOT / "docs" / "images").iterdir()):
        assert shown.stat().st_size < 400_000
        made = Image.open(desk / "made" / shown.name).convert("RGB")
        kept = Image.open(shown).convert("RGB")
        assert made.size == kept.size
        assert max(ImageStat.Stat(ImageChops.difference(made, kept)).mean) < 2.0, shown.name


@pytest.mark.loopback
@pytest.mark.usefixtures("desk")
def test_an_unchanged_program_reaches_the_served_sandbox(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    [block] = [block for block in blocks("docs/sandbox.md", "python") if "serve_in_thread" in block]
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"])
    exec(compile(block, "docs/sandbox.md", "exec"), {"__name__": "__main__"})
    assert "6 points charged" in capfd.readouterr().out
