"""``nano-banana tasks``: the history; ``tasks forget`` and ``tasks settle``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, books, history, order
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of, named
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """List tasks, newest first."""
    return history.tasks(session, order.whose(session.values, session.env))


def forget(session: Session) -> int:
    """Remove prompts: of the tasks named, or of all that fit the filters."""
    from ima_nano_banana.ledger import Filters

    asked = order.many(session.values, "task_ids")
    everything = order.on(session.values, "all")
    user = order.whose(session.values, session.env)
    if not asked and not everything and order.text(session.values, "user") is None:
        raise UsageFault("flags.missing", name="TASK_ID")
    ids = [books.known(session, name).id for name in asked] if asked else None
    with books.ledger(session) as ledger:
        count = ledger.forget(Filters(user_id=user, realm=books.realm_shown(session)), ids=ids)
    session.reporter.answer({"forgotten": count}, words.text("human.forgotten", session.reporter.language, count=count))
    return actions.DONE


def settle(session: Session) -> int:
    """Enter whether a task of unknown outcome was charged."""
    charged, free = order.on(session.values, "charged"), order.on(session.values, "not_charged")
    if charged and free:
        raise UsageFault("flags.exclude", one="--charged", other="--not-charged")
    if not charged and not free:
        raise UsageFault("flags.either", one="--charged", other="--not-charged")
    item = books.known(session, order.text(session.values, "task_id") or "")
    with books.ledger(session) as ledger:
        settled = ledger.settle(item.id, charged=charged)
    key = "human.settled_charged" if charged else "human.settled_free"
    name = item.task_id or item.id
    session.reporter.answer(books.item_object(settled), words.text(key, session.reporter.language, id=name))
    return actions.DONE


_PLAIN = named("--language", "--sandbox", "--output-json")

COMMAND = Command(
    name="tasks",
    about="help.tasks_",
    example="nano-banana tasks --since 2026-01-31 --json",
    run=run,
    flags=flags_of("tasks"),
    commands=(
        Command(
            name="forget",
            about="help.forget_",
            example="nano-banana tasks forget 66f0c1",
            run=forget,
            flags=(*named("--all", "--user"), *_PLAIN),
            arguments=(Argument("task_ids", many=True),),
        ),
        Command(
            name="settle",
            about="help.settle_",
            example="nano-banana tasks settle 66f0c1 --not-charged",
            run=settle,
            flags=(*named("--charged", "--not-charged"), *_PLAIN),
            arguments=(Argument("task_id", required=True),),
        ),
    ),
)
