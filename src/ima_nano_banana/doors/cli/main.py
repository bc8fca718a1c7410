"""``nano-banana``: the command for people, shells and build servers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ima_nano_banana.doors import early

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.doors.reading import Reading
    from ima_nano_banana.doors.session import Session


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    line = sys.argv[1:] if argv is None else list(argv)
    return early.run(lambda: _open(line), line)


def _open(line: Sequence[str]) -> int:
    from ima_nano_banana.doors.reading import read
    from ima_nano_banana.doors.resume import OF_COMMAND
    from ima_nano_banana.doors.run import guarded
    from ima_nano_banana.doors.session import Session

    reading = read(line)
    session = Session(reading, resume=OF_COMMAND, door="command")
    return guarded(lambda: _run(reading, session), session)


def _run(reading: Reading, session: Session) -> int:
    from ima_nano_banana.doors.cli import commands

    if reading.version:
        from ima_nano_banana import __version__

        session.reporter.printer.out(__version__)
        return 0
    # Whatever else was typed is no reason to refuse somebody who asks for help.
    found = commands.find(reading.words, lenient=reading.help)
    if not reading.help:
        values = commands.values(found, reading)
        if found.spec is not None and found.spec.run is not None:
            session.settle(values)
            return found.spec.run(session)
    session.reporter.printer.out(commands.help_of(found, session.reporter.language))
    return 0
