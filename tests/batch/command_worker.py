"""The command in a process of its own, on a simulated service that plays the faults that prompts ask for."""

from __future__ import annotations

import sys

from batch_kit import Faulty, drawn

from ima_nano_banana import sandbox
from ima_nano_banana.domain import schedule
from ima_nano_banana.doors.cli.main import main


def rehearse() -> None:
    """Put the faults in front of the built-in service, and look more often, as its tasks are short."""
    open_world, in_process = sandbox.open_world, sandbox.in_process
    sandbox.open_world = lambda path, **facts: open_world(path, **{**facts, "draw": drawn, "task_seconds": 0.4})
    sandbox.in_process = lambda world: Faulty(in_process(world))
    schedule.next_look = lambda *_: 0.3  # type: ignore[assignment]


if __name__ == "__main__":
    rehearse()
    sys.exit(main(sys.argv[1:]))
