"""``nano-banana edit PROMPT IMAGE…``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import IMAGE_TO_IMAGE
from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Make a picture from pictures."""
    images = order.many(session.values, "images")
    if order.on(session.values, "last"):
        images = ("@last", *images)
    if not images:
        raise UsageFault("flags.no_image")
    session.values["input_images"] = images
    session.values["task_type"] = order.text(session.values, "task_type") or IMAGE_TO_IMAGE
    return actions.make(session, actions.wish(session), order.how_of(session.values))


COMMAND = Command(
    name="edit",
    about="help.edit_",
    example='nano-banana edit "turn into oil painting" ./photo.jpg',
    run=run,
    flags=flags_of("edit"),
    arguments=(Argument("prompt", required=True), Argument("images", many=True)),
    exit_codes=True,
)
