"""Answers a signal that comes while a door is still being loaded. Imports next to nothing."""

from __future__ import annotations

import gc
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


YOUNG = 50_000
"""Objects after which garbage is looked for. What is made while modules load lives as long as the process;
looking through it again and again only delays the first question."""


def run(door: Callable[[], int], argv: Sequence[str]) -> int:
    """Load and run a door, and return its exit code.

    Args:
        door: Imports the door and runs it. Once it runs it answers signals by itself.
        argv: The arguments, to answer in the mode and language that were asked for.
    """
    gc.set_threshold(YOUNG)
    try:
        # Only the main thread may say what signals do; another one gets none.
        with suppress(ValueError):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        return door()
    except KeyboardInterrupt:
        return stopped(argv)


def stopped(argv: Sequence[str]) -> int:
    """Report that the program was stopped before it did anything."""
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.doors.reading import read
    from ima_nano_banana.doors.run import interrupted

    fault = interrupted(None)
    Desk(read(argv), resume=()).reporter.failed(fault)
    return fault.exit_code
