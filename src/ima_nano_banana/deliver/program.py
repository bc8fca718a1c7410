"""Finds ``openclaw`` and runs it once, within a time limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = "openclaw"
MAX_ANSWER = 200_000
KEPT_BACK = ("IMA_API_KEY", "IMA_PLUGIN_KEY", "IMA_LEDGER_URL")
"""Variables that a messenger has no business with: the key, and the password of the shared books."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How it went: ``code`` is ``None`` if the program was stopped, by the clock or by us."""

    code: int | None
    out: bytes = b""


def find(env: Mapping[str, str]) -> list[str] | None:
    """Return how a command line of OpenClaw begins, or ``None`` if it is not installed.

    On Windows npm installs a batch file, and no quoting makes an argument safe from ``cmd``; the JavaScript
    that it would start is started instead.
    """
    found = _on_path(NAME, env)
    if found is None:
        return None
    if Path(found).suffix.lower() not in (".cmd", ".bat", ".ps1"):
        return [found]
    entry = Path(found).parent / "node_modules" / NAME / f"{NAME}.mjs"
    node = _on_path("node", env)
    return [node, str(entry)] if node and entry.is_file() else None


def _on_path(name: str, env: Mapping[str, str]) -> str | None:
    """Return a program of the folders that PATH names in full.

    A relative one, or the current folder where Windows looks first, would be whatever project the user is in: its
    program would get the messages, and say that they were sent.
    """
    told = env.get("PATH", os.environ.get("PATH", ""))
    places = [one for one in told.split(os.pathsep) if Path(one).is_absolute()]
    found = shutil.which(name, path=os.pathsep.join(places)) if places else None
    return found if found is not None and Path(found).is_absolute() else None


class Runner:
    """Runs one program at a time; another thread may stop it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = {name: value for name, value in env.items() if name not in KEPT_BACK}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.stopped = False

    def run(self, command: Sequence[str], seconds: float) -> Ran:
        """Run ``command`` to its end, but no longer than ``seconds``.

        Raises:
            OSError: it can't be started.
        """
        # A file and no pipe: a child of the child that outlives it can't keep us waiting for the end of a pipe.
        with tempfile.TemporaryFile() as answer:
            process = self._start(command, answer.fileno())
            if process is None:
                return Ran(None)
            try:
                code: int | None = process.wait(seconds)
            except subprocess.TimeoutExpired:
                _kill(process)
                code = None
            with self._lock:
                self._process = None
                code = None if self.stopped else code
            answer.seek(0)
            return Ran(code, answer.read(MAX_ANSWER))

    def stop(self) -> None:
        """Stop what is running and start nothing more."""
        with self._lock:
            self.stopped = True
            if self._process is not None:
                _kill(self._process)

    def _start(self, command: Sequence[str], answer: int) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self.stopped:
                return None
            self._process = subprocess.Popen(  # noqa: S603 -- an argument list, the program found on PATH
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env=self._env,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
                | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            return self._process


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and what it started, and collect it."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(5.0)
