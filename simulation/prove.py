"""``python -m simulation.prove``: plants each fault in a copy of the program, and shows at which seed it was found."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from simulation.mutations import MUTATIONS, Mutation
from simulation.pages import put

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "ima_nano_banana"
SEEDS = 1_000


def planted(mutation: Mutation, folder: Path) -> None:
    """Copy the program with one line made wrong.

    Raises:
        ValueError: the line is not there, or not there once: the program has changed.
    """
    shutil.copytree(SOURCE, folder / "ima_nano_banana", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "ima_nano_banana" / mutation.file
    text = file.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.name}: {text.count(mutation.old)} such lines in {mutation.file}")
    file.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")


def proved(mutation: Mutation, seeds: int) -> tuple[Mutation, str]:
    """Return at which seed a planted fault was found, and by which rule."""
    with tempfile.TemporaryDirectory(prefix="planted-") as name:
        planted(mutation, Path(name))
        env = {**os.environ, "PYTHONPATH": os.pathsep.join((name, str(ROOT))), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "simulation.prove", "--hunt", str(seeds)]
        found = subprocess.run(command, cwd=name, env=env, capture_output=True, text=True, check=False)
    last = (found.stdout.strip().splitlines() or [f"broke down: {found.stderr.strip()[-200:]}"])[-1]
    return mutation, last


def hunt(seeds: int) -> str:
    """Run seeds until a promise is broken."""
    from simulation.run import run

    for seed in range(seeds):
        found = run(seed)
        if found.broken:
            return f"{seed} | {found.broken[0].rule}"
    return "not found | "


def main() -> int:
    """Be the command."""
    parser = argparse.ArgumentParser(prog="python -m simulation.prove")
    parser.add_argument("--hunt", type=int, help="look for a broken promise in the program that is imported")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", help="the faults whose name holds this")
    parser.add_argument("--table", metavar="PAGE", help="write the table into this page")
    told = parser.parse_args()
    if told.hunt is not None:
        sys.stdout.write(hunt(told.hunt) + "\n")
        return 0
    wanted = [one for one in MUTATIONS if told.only is None or told.only in one.name]
    lines = ["| Planted fault | File | Found at seed | By the rule |", "|---|---|---|---|"]
    sys.stdout.write("\n".join(lines) + "\n")
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for mutation, found in pool.map(partial(proved, seeds=told.seeds), wanted):
            lines.append(f"| {mutation.name} | `{mutation.file}` | {found} |")
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
    missed = sum("not found" in line or "broke down" in line for line in lines)
    last = f"{len(wanted) - missed} of {len(wanted)} found within {told.seeds:,} seeds."
    sys.stdout.write(last + "\n")
    if told.table:
        put(told.table, "planted faults", "\n".join([*lines, "", last]))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
