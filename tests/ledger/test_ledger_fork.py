"""A sender that forks and dies: what its child does says nothing about it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ima_nano_banana.ledger.alive import is_alive

PROGRAM = """
import os, sys
from pathlib import Path
from ima_nano_banana.ledger.alive import Owner
owner = Owner(Path(sys.argv[1]))
name = owner.hold()
if os.fork() == 0:
    os.write(1, f"{name} {owner.id}\\n".encode())
    sys.stdin.read()  # lives on until it is told to go
    os._exit(0)
os._exit(0)
"""


@pytest.mark.loopback
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform can't fork")
def test_a_dead_sender_is_found_dead_though_its_child_lives_on(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "alive")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        owner, in_child = child.stdout.readline().split()
        assert child.wait(90) == 0
        assert in_child == "None"
        assert not is_alive(tmp_path / "alive", owner)
