"""``nano-banana plan PROMPT [IMAGE…]``: a request with its price, for somebody else to approve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import order, planned
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Write a plan down."""
    last = ("@last",) if order.on(session.values, "last") else ()
    images = (*order.many(session.values, "input_images"), *order.many(session.values, "images"))
    session.values["input_images"] = (*last, *images)
    return planned.propose(session)


COMMAND = Command(
    name="plan",
    about="help.plan_",
    example='nano-banana plan "a cute puppy on grass" --model-id pro --size 4K',
    run=run,
    flags=flags_of("plan"),
    arguments=(Argument("prompt", required=True), Argument("images", many=True)),
    exit_codes=True,
)
