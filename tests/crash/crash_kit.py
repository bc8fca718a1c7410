"""Kills the program at every fault point of a command, runs the command again, and reads the books."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

SERVER = Path(__file__).with_name("crash_server.py")
KILLED = -9
AGAIN = 10


@dataclass(frozen=True)
class Ending:
    """How one case went.

    Attributes:
        name: The case.
        point: Where the first run was killed.
        first: Its exit code; :data:`KILLED` if it was.
        states: The states in the books after that.
        told: What the first run had printed.
        code: Exit code of the same command again; it is not run if the books say that the first had ended.
        said: What that printed.
    """

    name: str
    point: str
    first: int
    states: list[str]
    told: str
    code: int
    said: str

    @property
    def told_object(self) -> dict[str, Any]:
        return dict(json.loads(self.told))

    @property
    def said_object(self) -> dict[str, Any]:
        return dict(json.loads(self.said))


@dataclass
class Matrix:
    """One command, and a place for its cases.

    ``argv`` and ``env`` are told the name of the case, so that its spending can be told from others'. ``more`` says
    through which ``door`` it goes, and whether every line (``lines``) between saved and told is a fault point.
    """

    folder: Path
    argv: Callable[[str], Sequence[str]]
    env: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)

    def points(self) -> list[str]:
        """Return every fault point of an undisturbed run, in its order.

        How often a loop goes round (looks at a task, pieces of a download) is not the same in every run,
        so what counts is what three of them have passed; and of a place the first ten times.
        """
        names = ("record1", "record2", "record3")
        passed = []
        for name, answer in zip(names, _serve([self._case(name, record=True) for name in names]), strict=True):
            assert answer["first"] == 0, self._read(name, "first.out")
            passed.append(json.loads(self._read(name, "points.json")))
        common = set(passed[0]).intersection(*passed[1:])
        return [point for point in passed[0] if point in common and int(point.partition("#")[2]) <= AGAIN]

    def kill_at(self, points: Sequence[str]) -> Iterator[Ending]:
        """Kill a fresh run at each of ``points``, and run each command again."""
        cases = [self._case(f"c{number}", die_at=point) for number, point in enumerate(points)]
        for answer in _serve(cases):
            name = answer["name"]
            yield Ending(
                name=name,
                point=answer["die_at"],
                first=answer["first"],
                states=json.loads(self._read(name, "states.json")),
                told=self._read(name, "first.out"),
                code=answer["second"],
                said=self._read(name, "second.out"),
            )

    def root(self, name: str) -> Path:
        return self.folder / name / "state"

    def _case(self, name: str, **more: object) -> dict[str, object]:
        place = self.folder / name
        place.mkdir(parents=True)
        env = {"OPENCLAW_STATE_DIR": str(self.root(name)), "HOME": str(place), **self.env}
        return {"name": name, "argv": list(self.argv(name)), "env": env, "cwd": str(place), **self.more, **more}

    def _read(self, name: str, file: str) -> str:
        path = self.folder / name / file
        return path.read_text(encoding="utf-8") if path.exists() else ""


def _serve(cases: Sequence[dict[str, object]]) -> list[dict[str, Any]]:
    """Have all cases run and return their answers, in the order of the cases."""
    done = subprocess.run(
        [sys.executable, str(SERVER)],
        input="".join(json.dumps(case) + "\n" for case in cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Traceback") == 0, done.stderr
    answers = {answer["name"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    return [answers[str(case["name"])] for case in cases]
