"""What is written in the documents, and a reader who tries it on the sandbox."""

from __future__ import annotations

import io
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ["README.md", "README.zh.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md"]
NAMES += [
    f"docs/{name}.md"
    for name in ("architecture", "batches", "ledger", "library", "plans", "sandbox", "troubleshooting", "usage")
]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_EXIT = re.compile(r"# exit (\d+)\s*$")
_ONLINE = {"generate", "edit", "quote", "models", "resume", "regenerate", "batch"}
_ONLINE |= {"plan", "plans", "approve", "refuse", "run"}
_ENDLESS = {("sandbox", "serve"), ("mcp",)}


def page(name: str) -> str:
    """The text of a document."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of a language in a document."""
    return [found[2] for found in _BLOCK.finditer(page(name)) if found[1] == language]


def rows(name: str, header: str) -> list[list[str]]:
    """The cells of the table whose head begins with ``header``."""
    lines = page(name).splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(header))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def coded(text: str) -> set[str]:
    """The words that stand in backticks."""
    return {word for quoted in re.findall(r"`([^`]+)`", text) for word in quoted.split()}


@dataclass
class Reader:
    """Types what is printed, one command after the other, in a folder of its own."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    tried: list[str] = field(default_factory=list)

    def follow(self, block: str) -> None:
        """Run every line of a block and expect the exit code that stands behind it."""
        for line in filter(None, map(str.strip, block.splitlines())):
            expected = int(found[1]) if (found := _EXIT.search(line)) else 0
            assert self.type(line) == expected, line
            self.tried.append(line)

    def type(self, line: str) -> int:
        """Run one line and return its exit code."""
        typed, _, piped = line.rpartition(" | ")
        if typed:
            self.monkeypatch.setattr(sys, "stdin", io.StringIO(shlex.split(typed)[1]))
        words = [self._filled(word) for word in shlex.split(piped, comments=True)]
        match words:
            case ["nano-banana", *rest]:
                return self._command(rest)
            case ["python3", "scripts/ima_image_create.py", *rest]:
                return self._script(rest)
            case ["make", target]:
                assert re.search(rf"^{target}:", page("Makefile"), re.MULTILINE), line
            case ["python" | ".venv/bin/python", program]:
                assert (ROOT / program).is_file(), line
            case ["export", _] | ["python3", "-m", "pip", "install", "."] | ["python3", "-m", "venv", ".venv"]:
                pass
            case [".", ".venv/bin/activate"]:
                pass
            case _:
                raise AssertionError(f"nobody knows how to try: {line}")
        return 0

    def _command(self, words: list[str]) -> int:
        from ima_nano_banana.doors.cli import main

        if any(tuple(words[: len(start)]) == start for start in _ENDLESS):
            return main.main([*words, "--help"])
        return main.main(_simulated(words) if words[0] in _ONLINE else words)

    def _script(self, words: list[str]) -> int:
        from ima_nano_banana.doors import skill

        return skill.main(_simulated(words), script="ima_image_create.py")

    def _filled(self, word: str) -> str:
        """Put ids of this reader's own history in the place of those that a reader would have."""
        if word not in ("TASK_ID", "ITEM_ID", "PLAN"):
            return word
        from ima_nano_banana.ledger import Filters, Ledger

        with Ledger(self.folder / "state" / "memory" / "ima_ledger.sqlite3") as ledger:
            if word == "PLAN":
                return ledger.plans()[0].plan_id
            wanted = Filters(states=("done",) if word == "TASK_ID" else ("uncertain",))
            newest = ledger.tasks(wanted)[0]
        return str(newest.task_id if word == "TASK_ID" else newest.id)


def _simulated(words: list[str]) -> list[str]:
    return words if "--sandbox" in words else [*words, "--sandbox"]
