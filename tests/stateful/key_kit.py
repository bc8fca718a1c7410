"""Many processes on the same keys, killed at any moment and started again: what came of it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Came:
    """What came of all keys: creates at the service for each prompt, and how each process heard that each key ended."""

    kills: int
    creates: Counter[str]
    ends: dict[str, set[str]]
    said: Counter[str]
    codes: tuple[int, ...]


def many(folder: Path, homes: Sequence[Path], keys: int, kills: int, *, books: str = "-", seed: int = 1) -> Came:
    """Let one process for each of ``homes`` work off all keys; ``kills`` times one of them dies and begins anew."""
    chance = random.Random(seed)
    outs = [folder / f"out{number}" for number in range(len(homes))]
    running = [_start(home, books, keys, out) for home, out in zip(homes, outs, strict=True)]
    done = 0
    while done < kills:
        time.sleep(chance.uniform(0.1, 0.6))
        place = chance.randrange(len(running))
        # One that has ended already is started once more: then it only hears replays, and may die of that.
        running[place].kill()
        running[place].wait()
        done += 1
        running[place] = _start(homes[place], books, keys, outs[place])
    codes = tuple(one.wait() for one in running)
    ends: dict[str, set[str]] = {}
    said: Counter[str] = Counter()
    for out in outs:
        for line in out.read_text().splitlines():
            if len(parts := line.split()) == 4 and parts[0] == "end":
                ends.setdefault(parts[1], set()).add(parts[2])
                said[parts[3]] += 1
    return Came(kills=done, creates=_creates(folder), ends=ends, said=said, codes=codes)


def _creates(folder: Path) -> Counter[str]:
    import json

    with sandbox.open_world(folder / "world.sqlite3") as world:
        bodies = [json.loads(one.body) for one in world.books.creates() if one.accepted]
    return Counter(body["parameters"][0]["parameters"]["prompt"] for body in bodies)


def _start(home: Path, books: str, keys: int, out: Path) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join((str(HERE), str(HERE.parent / "kit")))
    with out.open("ab") as told:
        told.write(b"\n")  # a line that a kill has cut short ends here
        told.flush()
        return subprocess.Popen(
            [sys.executable, str(HERE / "key_worker.py"), str(home), books, str(keys)],
            stdout=told,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": paths},
        )


def check(came: Came, keys: int) -> None:
    """One create and one picture for each key, or one named uncertainty, and never two creates."""
    assert set(came.codes) == {0}
    assert len(came.ends) == keys
    assert max(came.creates.values()) == 1, came.creates
    for key, ends in came.ends.items():
        assert len(ends - {"-"}) <= 1, (key, ends)
        # Once it is uncertain nobody is told a picture for it any more, unless its late answer came.
        assert came.creates[f"number {key}"] == 1 or ends == {"-"}, (key, ends)
