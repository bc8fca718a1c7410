"""``nano-banana``: the command for people, shells and build servers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ima_nano_banana.doors import early

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.doors.reading import Reading


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    line = sys.argv[1:] if argv is None else list(argv)
    return early.run(lambda: _open(line), line)


def _open(line: Sequence[str]) -> int:
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.doors.reading import read
    from ima_nano_banana.doors.resume import OF_COMMAND
    from ima_nano_banana.doors.run import guarded

    reading = read(line)
    desk = Desk(reading, resume=OF_COMMAND, door="command")
    return guarded(lambda: _run(reading, desk), desk)


def _run(reading: Reading, desk: Desk) -> int:
    from ima_nano_banana.doors.cli import commands

    if reading.version:
        from ima_nano_banana import __version__

        desk.reporter.printer.out(__version__)
        return 0
    # Whatever else was typed is no reason to refuse somebody who asks for help.
    found = commands.find(reading.words, lenient=reading.help)
    if not reading.help:
        values = commands.values(found, reading)
        if found.spec is not None and found.spec.run is not None:
            desk.settle(values)
            return found.spec.run(desk)
    desk.reporter.printer.out(commands.help_of(found, desk.reporter.language))
    return 0
