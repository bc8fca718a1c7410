"""Every figure side by side: prints one table and writes ``docs/performance.md`` with its plot.

    make bench

Real sockets, real TLS, on loopback with latency added; no network, no key. The numbers are ratios and counts
of one run on one machine. They promise nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import many
import noticing
import plot
import startup
import trips

import batch
from ima_nano_banana.domain.model import FLASH, PRO
from service import running

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[1] / "docs"
LATENCY = 0.1
GENERATION = 30.0
"""Seconds that a task takes while thousands are followed."""
MOST_KILOBYTES, MOST_MILLISECONDS = 40, 15
BATCH_GENERATION = 20.0
MOST_CPU, MOST_MIB, MOST_CLAIM_MILLISECONDS = 2.5, 120, 10


@dataclass
class Row:
    """One line of the table; ``share`` is the part of what is allowed that was used, where something is."""

    what: str
    plain: str
    ours: str
    ratio: float
    share: float | None = None


def rows(tasks: int) -> Iterator[Row]:
    """Measure everything, one figure after the other."""
    yield from _noticing()
    with tempfile.TemporaryDirectory() as home:
        yield from _startup(Path(home))
        lone = yield from _trips(Path(home))
    yield from _many(tasks, lone)
    yield from _batch(batch.ROWS if tasks == many.TASKS else tasks)


def _noticing() -> Iterator[Row]:
    for model in (FLASH, PRO):
        fixed, ours = noticing.compared(model)
        ratio = ours.lag / fixed.lag
        yield Row(f"noticing: mean lag, {model}", "1", f"{ratio:.2f}", ratio, ratio / 0.40)
        yield Row(
            f"noticing: mean looks, {model}",
            f"{fixed.looks:.1f}",
            f"{ours.looks:.1f}",
            ours.looks / fixed.looks,
            ours.looks / fixed.looks,
        )


def _startup(home: Path) -> Iterator[Row]:
    plain, ours = startup.measure(home)
    share = ours / (plain + startup.ALLOWANCE)
    yield Row("start-up: CPU to the first byte : `import requests`", "1", f"{ours / plain:.2f}", ours / plain, share)


def _trips(home: Path) -> Iterator[Row]:
    images = trips.photos(home)
    with running(latency=LATENCY, task_seconds=1.0) as service:
        plain = trips.best(service, trips.plain(images), home / "plain")
        ours = trips.best(service, trips.ours(images), home / "ours")
    for what, theirs, mine in (
        ("four photos: start to create", plain.create, ours.create),
        ("four pictures: ready to saved", plain.fetch, ours.fetch),
    ):
        yield Row(what, "1", f"{mine / theirs:.2f}", mine / theirs)
    for what, count, own in (
        ("four photos, four pictures: TLS handshakes", plain.handshakes, ours.handshakes),
        ("four photos, four pictures: requests", plain.requests, ours.requests),
    ):
        yield Row(what, str(count), str(own), own / count)
    return plain


def _many(tasks: int, lone: trips.Trip) -> Iterator[Row]:
    """Compare with a process of the plain client for each task, as it can follow but one."""
    with running(latency=LATENCY / 2, task_seconds=GENERATION) as service:
        command = [sys.executable, many.__file__, str(tasks)]
        done = subprocess.run(command, env={**os.environ, **service.env}, stdout=subprocess.PIPE, check=True)
    cost = many.Cost(**json.loads(done.stdout))
    memory, cpu = cost.kilobytes / (lone.megabytes * 1000), cost.cpu_milliseconds / (lone.cpu * 1000)
    yield Row(f"{tasks} tasks at once: made", str(tasks), str(cost.made), cost.made / tasks)
    yield Row(f"{tasks} tasks at once: memory of each", "1", f"{memory:.4f}", memory, cost.kilobytes / MOST_KILOBYTES)
    yield Row(f"{tasks} tasks at once: CPU of each", "1", f"{cpu:.3f}", cpu, cost.cpu_milliseconds / MOST_MILLISECONDS)


def _batch(rows: int) -> Iterator[Row]:
    """Compare a batch with the bare requests of it, and a claim with what it may take."""
    costs = {}
    for kind in ("bare", "ours"):
        with running(latency=0.0, task_seconds=BATCH_GENERATION) as service:
            costs[kind] = _cost(service.env, kind, rows)
    cpu = costs["ours"]["cpu"] / costs["bare"]["cpu"]
    memory, bare = costs["ours"]["mebibytes"], costs["bare"]["mebibytes"]
    yield Row(f"batch of {rows} rows: made", str(rows), str(costs["ours"]["made"]), costs["ours"]["made"] / rows)
    yield Row(f"batch of {rows} rows: CPU : the bare requests", "1", f"{cpu:.2f}", cpu, cpu / MOST_CPU)
    yield Row(
        f"batch of {rows} rows: memory : the bare requests",
        "1",
        f"{memory / bare:.2f}",
        memory / bare,
        memory / MOST_MIB,
    )
    few, most = _cost({}, "claim", 1000)["milliseconds"], _cost({}, "claim", batch.CLAIMED)["milliseconds"]
    what = f"claim among {batch.CLAIMED} rows : among 1000"
    yield Row(what, "1", f"{most / few:.2f}", most / few, most / MOST_CLAIM_MILLISECONDS)


def _cost(env: dict[str, str], kind: str, rows: int) -> dict[str, float]:
    command = [sys.executable, batch.__file__, kind, str(rows)]
    done = subprocess.run(command, env={**os.environ, **env}, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def table(measured: list[Row]) -> str:
    """Return the table as Markdown."""
    lines = ["| what | plain | ours | ours : plain | of what is allowed |", "|---|--:|--:|--:|--:|"]
    for row in measured:
        share = "" if row.share is None else f"{row.share:.0%}"
        lines.append(f"| {row.what} | {row.plain} | {row.ours} | {row.ratio:.2g} | {share} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    if not hasattr(os, "wait4"):
        sys.exit("the benchmarks need a POSIX system: they read the processor time of processes")
    tasks = int(sys.argv[1]) if sys.argv[1:] else many.TASKS
    measured = []
    for row in rows(tasks):
        measured.append(row)
        print(f"{row.what}: {row.ratio:.2g}", file=sys.stderr, flush=True)
    print(table(measured))
    if tasks == many.TASKS:
        page = Path(__file__).with_name("page.md").read_text(encoding="utf-8")
        (DOCS / "performance.md").write_text(page.replace("{table}", table(measured)), encoding="utf-8")
        (DOCS / "performance.svg").write_text(plot.drawing(), encoding="utf-8")


if __name__ == "__main__":
    main()
