"""One approved plan, many processes at the same moment: one create."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ima_nano_banana import sandbox

AT_ONCE = 3


def test_processes_that_run_one_plan_at_the_same_time_pay_once(ima, tmp_path: Path) -> None:
    plan = ima("plan", "a cat", "--sandbox", "--json", door="command").json["plan"]["plan_id"]
    ima("approve", plan, "--sandbox", door="command")
    line = [sys.executable, "-m", "ima_nano_banana", "run", plan, "--sandbox", "--json"]
    running = [
        subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(os.environ))
        for _ in range(AT_ONCE)
    ]
    told = [json.loads(one.communicate()[0]) for one in running]
    assert [one.returncode for one in running] == [0] * AT_ONCE
    assert len({one["task_id"] for one in told}) == 1
    with sandbox.open_world(tmp_path / "state" / "memory" / "ima_sandbox.sqlite3") as world:
        assert len(world.books.creates()) == 1
