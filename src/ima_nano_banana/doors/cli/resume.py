"""``nano-banana resume [TASK_ID|--all]``: fetch what is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order, resuming
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.desk import Desk


def run(desk: Desk) -> int:
    """Fetch one task, or with ``--all`` every open one; without an id, the newest open one."""
    task_id = order.text(desk.values, "task_id")
    everything = order.on(desk.values, "all")
    if task_id is not None and everything:
        raise UsageFault("flags.exclude", one="TASK_ID", other="--all")
    if task_id is not None:
        return actions.resume(desk, order.task_id_of(task_id))
    if everything:
        return resuming.all_open(desk)
    paid = resuming.open_ones(desk)
    return actions.resume(desk, str(paid[0].task_id)) if paid else resuming.nothing(desk)


COMMAND = Command(
    name="resume",
    about="help.resume_",
    example="nano-banana resume --all",
    run=run,
    flags=flags_of("resume"),
    arguments=(Argument("task_id"),),
    exit_codes=True,
)
