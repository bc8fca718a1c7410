"""The commands that decide about a plan and spend it, and who is told of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.doors.resume import command_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.errors import Fault

NEEDED = "approval.needed"


@dataclass(frozen=True, slots=True)
class Commands:
    """How a plan is approved and run; in a chat nobody is handed the command that approves."""

    approve: str | None
    run: str


def commands(plan_id: str, *, sandbox: bool, env: Mapping[str, str] | None = None) -> Commands:
    """Return the commands of a plan.

    Where a host names who wrote, the sender decides by writing, and what an agent passes on to others in a chat must
    not be a command that approves.
    """
    from ima_nano_banana.local import paths

    where = ["--sandbox"] if sandbox else []
    in_chat = paths.sender_id(os.environ if env is None else env) is not None
    approve = None if in_chat else command_line(["nano-banana", "approve", plan_id, *where])
    return Commands(approve=approve, run=command_line(["nano-banana", "run", plan_id, *where]))


def of_fault(fault: Fault, *, sandbox: bool, env: Mapping[str, str] | None = None) -> str | None:
    """Return the command that approves what a fault asks for, if it does and may be told."""
    if fault.code != NEEDED or "plan_id" not in fault.params:
        return None
    return commands(str(fault.params["plan_id"]), sandbox=sandbox, env=env).approve
