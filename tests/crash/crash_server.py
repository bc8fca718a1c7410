"""Runs the program, lets it die where it is told to, and runs it again; each run in a process forked from this one.

Reads one JSON case a line and answers each with one JSON line, in the order in which they end, a few at a
time. A case is ``{"name", "argv", "env", "cwd", "die_at", "record", "door", "lines"}``. Everything is imported
once, so a run costs what the program does and no more. This process holds no thread and no open file of the
program, so that its forks are clean.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import io
import json
import os
import sqlite3
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from crash_points import Watch, die

from ima_nano_banana import clock, sandbox
from ima_nano_banana.doors import skill
from ima_nano_banana.doors.cli import main as command
from ima_nano_banana.service import client

Case = dict[str, Any]

PACE = 50.0
"""The program's seconds are this much shorter than real ones."""

TASK_SECONDS = 0.05
AT_A_TIME = 3
BROKEN = 99
"""Exit code of a run that ended with an exception of Python."""

_USED = """
ima_nano_banana: assembly engine.flow engine.spend engine.follow engine.fetch engine.job service pictures.save
pictures.inputs local.logs local.keys local.preferences domain.offers domain.catalogue domain.form domain.pixels
domain.reflection domain.schedule doors.actions doors.books doors.references words.events sandbox.inprocess
sandbox.gallery sandbox.world sandbox.pictures.pixels
"""
_USED_OF_OTHERS = "httpcore2 anyio._backends._asyncio PIL.PngImagePlugin PIL.JpegImagePlugin"


def tiny(job: Any, index: int, _inputs: object) -> tuple[bytes, str]:
    """Draw the cheapest picture of the right size and kind."""
    from PIL import Image

    out = io.BytesIO()
    picture = Image.new("RGB", job.pixels, (20 * index, 90, 200))
    if job.suffix == "jpg":
        picture.save(out, "JPEG")
        return out.getvalue(), "image/jpeg"
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue(), "image/png"


def main() -> None:
    """Take cases until standard input ends."""
    package, _, rooms = _USED.partition(":")
    for name in (*(f"{package.strip()}.{room}" for room in rooms.split()), *_USED_OF_OTHERS.split()):
        importlib.import_module(name)
    gc.freeze()
    waiting = (json.loads(line) for line in sys.stdin)
    running: dict[int, tuple[Case, str]] = {}
    while True:
        while len(running) < AT_A_TIME and (case := next(waiting, None)) is not None:
            running[_fork(case, "first")] = (case, "first")
        if not running:
            return
        child, status = os.wait()
        case, run = running.pop(child)
        case[run] = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if run == "first" and not case.get("record"):
            running[_fork(case, "second")] = (case, "second")
        else:
            sys.stdout.write(json.dumps(case) + "\n")
            sys.stdout.flush()


def _fork(case: Case, run: str) -> int:
    child = os.fork()
    if child:
        return child
    code = BROKEN
    try:
        code = _run(case, run)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _run(case: Case, run: str) -> int:
    """Be one run of the skill script."""
    place = Path(case["cwd"])
    os.environ.update(case["env"])
    os.chdir(place)
    if run == "second":
        states = _states(Path(case["env"]["OPENCLAW_STATE_DIR"]))
        (place / "states.json").write_text(json.dumps(states), encoding="utf-8")
        if states == ["done"]:
            return 0
    sys.stdout = sys.__stdout__ = (place / f"{run}.out").open("w", encoding="utf-8")
    _hurry()
    passed: list[str] = []

    def at(name: str) -> None:
        passed.append(name)
        if run == "first" and name == case.get("die_at"):
            die()

    if run == "first":
        watch = Watch(at)
        (watch.start_lines if case.get("lines") else watch.start)()
    code = command.main(case["argv"]) if case.get("door") == "command" else skill.main(case["argv"])
    sys.setprofile(None)
    sys.settrace(None)
    if case.get("record"):
        (place / "points.json").write_text(json.dumps(passed), encoding="utf-8")
    return code


_STATES = """SELECT CASE WHEN state = 'done' AND told_at IS NULL THEN 'untold' ELSE state END
    FROM items ORDER BY created_at"""


def _states(root: Path) -> list[str]:
    """Return the states in the books, before anybody settles what the dead have left; done and open is ``untold``."""
    books = root / "memory" / "ima_ledger.sqlite3"
    if not books.exists():
        return []
    with closing(sqlite3.connect(books)) as connection:
        return [str(row[0]) for row in connection.execute(_STATES)]


def _hurry() -> None:
    """Let the program's time pass quickly; the share of it in which a claim is fresh stays the same."""
    monotonic = clock.SystemClock.monotonic

    async def sleep(_: object, seconds: float) -> None:
        await asyncio.sleep(seconds / PACE)

    clock.SystemClock.monotonic = lambda own: monotonic(own) * PACE  # type: ignore[method-assign]
    clock.SystemClock.sleep = sleep  # type: ignore[method-assign]
    client.FRESH_CLAIM *= PACE
    sandbox.open_world = partial(sandbox.open_world, task_seconds=TASK_SECONDS, draw=tiny, run="crash")


if __name__ == "__main__":
    main()
