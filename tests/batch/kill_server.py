"""Starts runs of one batch in processes that are there at once: everything is imported before the fork.

A line ``run SEED`` on standard input starts one; ``pid N``, ``sending N`` (its first create is under way) and
``ended N CODE`` come back. Whoever asked kills it in between, or does not.
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from pathlib import Path

from batch_kit import stage
from ledger_words import say

from ima_nano_banana.clock import SystemClock
from ima_nano_banana.domain import schedule
from ima_nano_banana.service import Service

ROWS = 500
TASK_SECONDS = 0.15


class RealClock(SystemClock):
    busy = 0


def text() -> str:
    return "id,prompt\n" + "".join(f"r{n},picture {n}\n" for n in range(ROWS))


def quicken() -> None:
    """Look often: a task takes a tenth of a second here."""
    schedule.next_look = lambda *_: 0.05  # type: ignore[assignment]


def announce() -> None:
    """Say when the first create leaves."""
    create, told = Service.create, []

    async def loud(self, *args):
        if not told:
            told.append(1)
            say(f"sending {os.getpid()}")
        return await create(self, *args)

    Service.create = loud  # type: ignore[method-assign]


async def run(folder: Path) -> None:
    async with stage(folder, RealClock(), seconds=TASK_SECONDS) as one:
        summary = await one.run(text(), concurrency=ROWS * 2)
        uncertain = [row for row, state in one.states().items() if state == "uncertain"]
        named = [one.runner.outcomes[row].fault.code for row in uncertain]
        assert set(named) <= {"ledger.uncertain"}, named
        assert summary.states["done"] + len(uncertain) == ROWS, summary
        say(f"summary {summary.states['done']} {len(uncertain)} {summary.committed}")


def child(folder: Path) -> None:
    code = 1
    try:
        quicken()
        announce()
        asyncio.run(run(folder))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def main() -> None:
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        if not line.startswith("run"):
            continue
        pid = os.fork()
        if pid == 0:
            child(folder)
        say(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        say(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
