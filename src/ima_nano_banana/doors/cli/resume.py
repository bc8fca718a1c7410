"""``nano-banana resume [TASK_ID|--all]``: fetch what is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order, resuming
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Fetch one task, or with ``--all`` every open one; without an id, the newest open one."""
    task_id = order.text(session.values, "task_id")
    everything = order.on(session.values, "all")
    if task_id is not None and everything:
        raise UsageFault("flags.exclude", one="TASK_ID", other="--all")
    if task_id is not None:
        return actions.resume(session, order.task_id_of(task_id))
    if everything:
        return resuming.all_open(session)
    paid = resuming.open_ones(session)
    return actions.resume(session, str(paid[0].task_id)) if paid else resuming.nothing(session)


COMMAND = Command(
    name="resume",
    about="help.resume_",
    example="nano-banana resume --all",
    run=run,
    flags=flags_of("resume"),
    arguments=(Argument("task_id"),),
    exit_codes=True,
)
