"""Runs the tests beside a machine's worth of other work: none of them may depend on how fast the machine is.

Arguments are handed to pytest: ``tools/test_loaded.py -n auto tests/batch``.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack

BUSY = 4
"""Processes that do nothing, as fast as they can."""


def main() -> int:
    """Start the load, run pytest beside it, and return pytest's exit code."""
    with ExitStack() as load:
        for _ in range(BUSY):
            busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            load.callback(busy.wait)
            load.callback(busy.kill)
        return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
