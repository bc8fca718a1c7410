"""``nano-banana batch status|cancel|retry``: what is done with batches that machines share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import batch_shared
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import named

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session

_FLAGS = named("--store", "--language", "--sandbox", "--output-json", "--events")


def status(session: Session) -> int:
    """Say how one batch stands, or all of them."""
    return batch_shared.manage(session, "status")


def cancel(session: Session) -> int:
    """Let nothing more of a batch be paid for."""
    return batch_shared.manage(session, "cancel")


def retry(session: Session) -> int:
    """Make the failed rows of a batch anew."""
    return batch_shared.manage(session, "retry")


COMMANDS = (
    Command(
        name="status",
        about="help.batch_status_",
        example="nano-banana batch status 3f9a --store postgresql://ima@db.example.com/ima",
        run=status,
        flags=_FLAGS,
        arguments=(Argument("id"),),
    ),
    Command(
        name="cancel",
        about="help.batch_cancel_",
        example="nano-banana batch cancel 3f9a --store postgresql://ima@db.example.com/ima",
        run=cancel,
        flags=_FLAGS,
        arguments=(Argument("id", required=True),),
    ),
    Command(
        name="retry",
        about="help.batch_retry_",
        example="nano-banana batch retry 3f9a --store postgresql://ima@db.example.com/ima",
        run=retry,
        flags=_FLAGS,
        arguments=(Argument("id", required=True),),
    ),
)
