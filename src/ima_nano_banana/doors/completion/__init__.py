"""Completion scripts for four shells, written from the table of options; no Python is started at a Tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors.completion import bash, fish, powershell, zsh
from ima_nano_banana.doors.completion.tree import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.doors.completion.tree import Tree

_WRITERS: dict[str, Callable[[Tree], str]] = {
    "bash": bash.written,
    "zsh": zsh.written,
    "fish": fish.written,
    "powershell": powershell.written,
}


def script_for(shell: str) -> str:
    """Return the completion script of a shell."""
    return _WRITERS[shell](tree())
