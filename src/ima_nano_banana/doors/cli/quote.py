"""``nano-banana quote [PROMPT [IMAGE…]]``: a price is the same for every prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session

ANY_PROMPT = "."


def run(session: Session) -> int:
    """Price a request."""
    values = session.values
    values["input_images"] = (*order.many(values, "input_images"), *order.many(values, "images"))
    values["prompt"] = order.text(values, "prompt") or ANY_PROMPT
    return actions.price(session, actions.wish(session), order.how_of(session.values))


COMMAND = Command(
    name="quote",
    about="help.quote_",
    example="nano-banana quote --model-id pro --size 4K --count 2",
    run=run,
    flags=flags_of("quote"),
    arguments=(Argument("prompt"), Argument("images", many=True)),
    exit_codes=True,
)
