"""A stand-in for ``openclaw`` on PATH: it writes down how it was called and behaves as a plan says."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

PROGRAM = """#!{python} -S
import json, os, sys, time
from pathlib import Path
home = Path({home!r})
calls = home / "calls.jsonl"
number = len(calls.read_text("utf-8").splitlines()) if calls.exists() else 0
told = {{"argv": sys.argv[1:], "key": os.environ.get("IMA_API_KEY"), "books": os.environ.get("IMA_LEDGER_URL")}}
told["at"] = time.monotonic()
with calls.open("a", encoding="utf-8") as file:
    file.write(json.dumps(told) + "\\n")
plan = json.loads((home / "plan.json").read_text("utf-8"))
step = plan[min(number, len(plan) - 1)] if plan else {{}}
if "media_exit" in step:
    step["exit"] = step["media_exit"] if "--media" in sys.argv else 0
time.sleep(step.get("sleep", 0))
print(json.dumps(step.get("out", {{"ok": step.get("exit", 0) == 0}})))
sys.exit(step.get("exit", 0))
"""


class StandIn:
    """One stand-in with its plan: what each call does, the last entry for all that follow."""

    def __init__(self, home: Path, *plan: dict[str, object]) -> None:
        self.home = home
        self.bin = home / "bin"
        self.bin.mkdir(parents=True)
        program = self.bin / "openclaw"
        program.write_text(PROGRAM.format(python=sys.executable, home=str(home)), "utf-8")
        program.chmod(0o755)
        (home / "plan.json").write_text(json.dumps(plan), "utf-8")

    @property
    def env(self) -> dict[str, str]:
        path = os.pathsep.join((str(self.bin), os.environ.get("PATH", "")))
        return {**os.environ, "PATH": path, "OPENCLAW_STATE_DIR": str(self.home / "state")}

    @property
    def root(self) -> Path:
        return self.home / "state"

    @property
    def calls(self) -> list[dict[str, object]]:
        file = self.home / "calls.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    @property
    def argvs(self) -> list[list[str]]:
        return [call["argv"] for call in self.calls]

    @property
    def texts(self) -> list[str]:
        return [argv[argv.index("--message") + 1] for argv in self.argvs]
