"""``python -m simulation``: runs seeds until it is stopped, or one seed with its whole trace."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice
from typing import TYPE_CHECKING

from simulation.disk import can_be_overheard
from simulation.pages import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.run import Outcome

YEAR = 365.25 * 86_400.0
PIECE = 25
"""Seeds that a worker runs at a stretch."""


class Sums:
    """What many runs came to."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.cpu = 0.0
        self.schedules = self.steps = self.creates = 0
        self.seconds = 0.0
        self.faults: Counter[str] = Counter()
        self.broken: list[int] = []

    def add(self, found: Outcome) -> None:
        """Count one run."""
        self.schedules += 1
        self.steps += found.steps
        self.creates += found.creates
        self.seconds += found.seconds
        self.faults.update(found.faults)
        if found.broken:
            self.broken.append(found.plan.seed)

    def take(self, other: Sums) -> None:
        """Count the runs of another."""
        self.schedules += other.schedules
        self.steps += other.steps
        self.creates += other.creates
        self.seconds += other.seconds
        self.cpu += other.cpu
        self.faults.update(other.faults)
        self.broken += other.broken

    def line(self) -> str:
        """Return them in a line."""
        wall = time.monotonic() - self.began
        return (
            f"{self.schedules} schedules, {self.seconds / YEAR:.3f} simulated years, {self.creates} creates, "
            f"{self.steps} steps, {len(self.broken)} with a broken promise; "
            f"{wall:.0f} s, {self.cpu:.0f} s of processor, "
            f"{1000 * self.cpu / max(1, self.schedules):.1f} s for 1,000 seeds"
        )

    def table(self) -> str:
        """Return them as Markdown."""
        rows = [
            ("schedules (seeds)", f"{self.schedules:,}"),
            ("simulated years", f"{self.seconds / YEAR:.2f}"),
            ("creates that left", f"{self.creates:,}"),
            ("steps of the loop", f"{self.steps:,}"),
            ("schedules with a broken promise", f"{len(self.broken)}"),
            ("seconds", f"{time.monotonic() - self.began:,.0f}"),
            ("seconds of processor", f"{self.cpu:,.0f}"),
            ("seconds of processor for 1,000 seeds", f"{1000 * self.cpu / max(1, self.schedules):.1f}"),
        ]
        lines = ["| Figure | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
        lines += ["", "| Trouble | Times |", "|---|---|"]
        lines += [f"| {kind.replace('_', ' ')} | {number:,} |" for kind, number in sorted(self.faults.items())]
        return "\n".join(lines) + "\n"


def piece(seeds: range) -> Sums:
    """Run some seeds."""
    from simulation.run import run

    sums, since = Sums(), time.process_time()
    for seed in seeds:
        sums.add(run(seed))
    sums.cpu = time.process_time() - since
    return sums


def many(first: int, number: int | None, workers: int) -> Iterator[Sums]:
    """Run seeds from ``first`` on, ``number`` of them or without end, and yield the sums so far."""
    sums = Sums()
    pieces = (range(at, at + PIECE) for at in count(first, PIECE))
    wanted = pieces if number is None else islice(pieces, -(-number // PIECE))
    with ProcessPoolExecutor(max_workers=workers) as pool:
        while batch := list(islice(wanted, workers * 4)):
            for found in pool.map(piece, batch):
                sums.take(found)
            yield sums


def one(seed: int, *, quiet: bool) -> int:
    """Run one seed: its trace, or the shrunk story of what it broke."""
    from simulation.run import run
    from simulation.story import shrunk, told

    found = run(seed)
    if not quiet:
        sys.stdout.write(found.trace)
    if found.broken:
        sys.stdout.write(told(shrunk(found)) + "\n")
    return 1 if found.broken else 0


def main(arguments: list[str] | None = None) -> int:
    """Be the command."""
    parser = argparse.ArgumentParser(prog="python -m simulation")
    parser.add_argument("--seed", type=int, help="run this one, and print its whole trace")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, help="how many seeds; without it until Ctrl-C")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--quiet", action="store_true", help="with --seed: only what is broken")
    parser.add_argument("--figures", metavar="PAGE", help="write the figures of the run into this page")
    told = parser.parse_args(arguments)
    if not can_be_overheard():
        sys.stderr.write("This Python's SQLite can't be given a file layer of its own, so no disk can be simulated.\n")
        return 2
    if told.seed is not None:
        return one(told.seed, quiet=told.quiet)
    sums, known = Sums(), 0
    try:
        for sums in many(told.first, told.count, told.workers):
            sys.stdout.write(sums.line() + "\n")
            for seed in sums.broken[known:]:
                sys.stdout.write(f"  broken: make simulate SEED={seed}\n")
            known = len(sums.broken)
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stdout.write("stopped\n")
    sys.stdout.write("".join(f"  {kind}: {number}\n" for kind, number in sorted(sums.faults.items())))
    if told.figures:
        put(told.figures, "figures", sums.table())
    return 1 if sums.broken else 0


if __name__ == "__main__":
    sys.exit(main())
