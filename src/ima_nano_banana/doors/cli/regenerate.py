"""``nano-banana regenerate TASK_ID``: the same wish once more, charged anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Wish
from ima_nano_banana.doors import actions, books, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.ledger import Item


def run(session: Session) -> int:
    """Make the pictures of an earlier task anew."""
    name = order.text(session.values, "task_id") or ""
    item = books.known(session, name)
    if not item.prompt:
        raise UsageFault("flags.no_prompt", id=name)
    session.speak_as(item.prompt)
    wished = replace(_wish(item), user_id=session.user, language=session.reporter.language)
    wished = replace(wished, idempotency_key=order.text(session.values, "idempotency_key"))
    return actions.make(session, wished, order.how_of(session.values))


def _wish(item: Item) -> Wish:
    """Return what was asked then; a size that was only stepped down to is not what was asked."""
    asked = item.requested
    return Wish(
        prompt=item.prompt,
        images=item.images,
        task_type=item.task_type,
        model=item.model_id,
        size=asked.size if asked is not None else item.size,
        aspect_ratio=asked.aspect_ratio if asked is not None else item.aspect_ratio,
        count=item.count,
        extra=dict(item.extra),
    )


COMMAND = Command(
    name="regenerate",
    about="help.regenerate_",
    example="nano-banana regenerate 66f0c1 --max-credits 10",
    run=run,
    flags=flags_of("regenerate"),
    arguments=(Argument("task_id", required=True),),
    exit_codes=True,
)
