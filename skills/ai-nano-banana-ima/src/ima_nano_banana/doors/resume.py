"""The command line that fetches a paid picture: ready to be run as it stands, through the same door."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.doors.messages import fetchable
from ima_nano_banana.doors.order import on, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ima_nano_banana.errors import Fault


def command_line(words: Sequence[str]) -> str:
    """Quote ``words`` for the shell of this system."""
    if sys.platform == "win32":
        import subprocess

        return subprocess.list2cmdline(list(words))
    return shlex.join(words)


def of_script(script: str) -> tuple[str, ...]:
    """Return how the skill script's ``--resume`` begins."""
    return (sys.executable or "python3", script, "--resume")


OF_COMMAND = ("nano-banana", "resume")


def resume_command(start: Sequence[str], values: Callable[[], Mapping[str, object]]) -> Callable[[Fault], str | None]:
    """Return what turns a fault into the command that fetches its picture, or ``None`` if nothing can.

    Args:
        start: How the command begins, up to the task's id.
        values: The options of this run; where the picture goes and whose it is are kept, the key is not.
    """

    def of(fault: Fault) -> str | None:
        if not fetchable(fault) or fault.task_id is None:
            return None
        return command_line((*start, fault.task_id, *_kept(values())))

    return of


def _kept(values: Mapping[str, object]) -> list[str]:
    kept = ["--sandbox"] if on(values, "sandbox") else []
    for name in ("user_id", "language"):
        if told := text(values, name):
            kept += [f"--{name.replace('_', '-')}", told]
    if folder := text(values, "output_dir"):
        kept += ["--output-dir", str(Path(folder).expanduser().absolute())]
    return [*kept, "--no-download"] if on(values, "no_download") else kept
