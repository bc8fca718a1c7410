"""A studio in a process of its own, and a browser that looks at it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

CHROMIUM = os.environ.get("IMA_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SHOTS = Path(os.environ.get("IMA_SCREENSHOTS", Path(__file__).parents[2] / "build" / "screenshots"))
COMMAND = (sys.executable, "-c", "from ima_nano_banana.doors.cli.main import main; raise SystemExit(main())")


@dataclass
class Machine:
    """One user's machine: a state folder, a folder to work in, and the commands that run there."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.home / "work").mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMA_", "OPENCLAW_"))}
        self.env = {**kept, "OPENCLAW_STATE_DIR": str(self.home / "state"), "HOME": str(self.home), **self.env}

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [*COMMAND, *argv],
            cwd=self.home / "work",
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, *argv: str) -> int:
        """Run a command to its end."""
        process = self.start(*argv)
        process.communicate(timeout=90)
        return process.returncode


class Studio:
    """A studio that listens."""

    def __init__(self, machine: Machine, *argv: str, port: int = 0) -> None:
        self.machine = machine
        self._argv = argv
        self.port = port
        self.start()

    def start(self) -> None:
        """Start it, at the port that it had."""
        self.process = self.machine.start("studio", "--sandbox", "--no-open", "--port", str(self.port), *self._argv)
        assert self.process.stdout is not None
        self.link = self.process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/enter\?code=\S+", self.link)
        assert found is not None, self.link
        self.port = int(found[1])

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        self.process.communicate(timeout=20)
