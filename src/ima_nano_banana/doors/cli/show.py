"""``nano-banana show TASK_ID``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, books, order, present, tables
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Show one task with every change of its state."""
    name = order.text(session.values, "task_id") or ""
    with books.ledger(session) as ledger:
        plan = ledger.plan(name, realm=books.realm_shown(session))
    if plan is not None:
        from ima_nano_banana.doors import planned

        return planned.show_one(session, plan)
    item = books.known(session, name)
    with books.ledger(session) as ledger:
        changes = ledger.changes(item.id)
    language = session.reporter.language
    body = {
        **books.item_object(item),
        "requested": present.requested(item.requested),
        "adjustments": present.adjustments(item.adjustments, language),
        "width": item.width,
        "height": item.height,
        "failures": list(item.failures),
        "fault": dict(item.fault) if item.fault else None,
        "changes": changes,
    }
    session.reporter.answer(body, tables.item(item, language))
    return actions.DONE


COMMAND = Command(
    name="show",
    about="help.show_",
    example="nano-banana show 66f0c1 --json",
    run=run,
    flags=flags_of("show"),
    arguments=(Argument("task_id", required=True),),
)
