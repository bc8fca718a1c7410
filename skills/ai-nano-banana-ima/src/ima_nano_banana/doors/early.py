"""Answers a signal that comes while a door is still being loaded. Imports next to nothing."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ima_nano_banana.doors import signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


YOUNG = 50_000
"""Objects after which garbage is looked for. What is made while modules load lives as long as the process;
looking through it again and again only delays the first question."""


class End:
    """How a run ended.

    Attributes:
        code: The exit code.
    """

    code = 0


@contextmanager
def starting(argv: Sequence[str]) -> Iterator[End]:
    """Load and run a door inside this, and leave its exit code in what is yielded.

    Args:
        argv: The arguments, to answer in the mode and language that were asked for.
    """
    read_as_utf8(argv)
    # A resolver that never answers (a closed network) is given up in time to say so; glibc reads this once.
    os.environ.setdefault("RES_OPTIONS", "timeout:2 attempts:2")
    gc.set_threshold(YOUNG)
    end = End()
    try:
        with signals.raised():
            yield end
    except KeyboardInterrupt:
        end.code = stopped(argv)


def read_as_utf8(argv: Sequence[str]) -> None:
    """Start again in Python's UTF-8 mode where the system's encoding is another and the arguments are valid UTF-8.

    A script or a host writes UTF-8 whatever the console is set to; read otherwise, a prompt would be other words
    and a picture could not be given its name. Arguments that are no UTF-8 stay what the console says they are.
    """
    if os.name != "posix" or sys.getfilesystemencoding() == "utf-8" or sys.flags.utf8_mode or not _alone(argv):
        return
    try:
        for word in sys.argv:
            os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return
    with suppress(OSError):
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 -- ourselves


def _alone(argv: Sequence[str]) -> bool:
    """Tell whether this process was started for these arguments, and is not somebody's test or notebook."""
    started = sys.orig_argv[len(sys.orig_argv) - len(argv) :]
    return bool(sys.executable) and list(argv) == sys.argv[1:] == started


def stopped(argv: Sequence[str]) -> int:
    """Report that the program was stopped before it did anything."""
    from ima_nano_banana.doors.reading import read
    from ima_nano_banana.doors.run import interrupted
    from ima_nano_banana.doors.session import Session

    fault = interrupted(None)
    Session(read(argv), resume=()).reporter.failed(fault)
    return fault.exit_code
