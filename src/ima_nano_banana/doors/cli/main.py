"""``nano-banana``: the command for people, shells and build servers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ima_nano_banana.doors import early

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ima_nano_banana.doors.reading import Reading
    from ima_nano_banana.doors.session import Session


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    line = sys.argv[1:] if argv is None else list(argv)
    with early.starting(line) as end:
        from ima_nano_banana.doors import run
        from ima_nano_banana.doors.reading import read
        from ima_nano_banana.doors.resume import OF_COMMAND
        from ima_nano_banana.doors.session import Session

        reading = read(line)
        session = Session(reading, resume=OF_COMMAND, door="command")
        try:
            end.code = session.reporter.heard(_meant(reading, session)(session))
        except (Exception, KeyboardInterrupt) as error:
            end.code = run.failed(error, session)
        finally:
            session.close()
    return end.code


def _meant(reading: Reading, session: Session) -> Callable[[Session], int]:
    """Return what the line asks for; the session has its options then."""
    from ima_nano_banana.doors.cli import commands
    from ima_nano_banana.doors.run import saying

    if reading.version:
        from ima_nano_banana import __version__

        return saying(__version__)
    # Whatever else was typed is no reason to refuse somebody who asks for help.
    found = commands.find(reading.words, lenient=reading.help)
    if not reading.help:
        values = commands.values(found, reading)
        if found.spec is not None and found.spec.run is not None:
            session.settle(values)
            return found.spec.run
    return saying(commands.help_of(found, session.reporter.language))
