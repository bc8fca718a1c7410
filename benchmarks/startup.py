"""How much processor time passes until the skill script's first byte is on the wire."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "scripts" / "ima_image_create.py"
ROUNDS = 12
ALLOWANCE = 0.1
"""Seconds that the script may take more than ``import requests``."""


def measure(home: Path) -> tuple[float, float]:
    """Return CPU seconds of ``import requests``, and of the script until its first byte; the least of each.

    Both take turns, so that a busy moment of the machine strikes both.
    """
    plain, ours = [], []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(60)
        for _ in range(ROUNDS):
            plain.append(_whole_process([sys.executable, "-c", "import requests"]))
            ours.append(_until_first_byte(proxy, home))
    return min(plain), min(ours)


def _whole_process(command: list[str]) -> float:
    return _spent(subprocess.Popen(command))


def _until_first_byte(proxy: socket.socket, home: Path) -> float:
    env = {
        **os.environ,
        "HTTPS_PROXY": f"http://127.0.0.1:{proxy.getsockname()[1]}",
        "IMA_API_KEY": "ima_" + "0" * 32,
        "OPENCLAW_STATE_DIR": str(home),
    }
    command = [sys.executable, str(SCRIPT), "--prompt", "a cat", "--output-json"]
    child = subprocess.Popen(command, env=env, cwd=home, stdout=subprocess.DEVNULL)
    line, _ = proxy.accept()
    with line:
        line.recv(1)
        child.kill()
        return _spent(child)


def _spent(child: subprocess.Popen[bytes]) -> float:
    """Wait for a child and return its user and system time."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime
