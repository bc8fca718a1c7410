"""``batch status|cancel|retry``: what is said about batches that many machines share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ima_nano_banana import words
from ima_nano_banana.doors import actions, books, messages, order
from ima_nano_banana.ledger.faults import fault_of

if TYPE_CHECKING:
    from ima_nano_banana.cluster.model import Progress
    from ima_nano_banana.cluster.share import Verb
    from ima_nano_banana.doors import present
    from ima_nano_banana.doors.session import Session


def use_store(session: Session, *, needed: bool) -> None:
    """Let the rest of this run use the books that ``--store`` or the environment names.

    Raises:
        UsageFault: the store is no PostgreSQL, or one is needed and none is named.
    """
    from ima_nano_banana.cluster.share import with_store

    session.env = with_store(session.env, order.text(session.values, "store"), needed=needed)


def manage(session: Session, verb: Verb) -> int:
    """Tell how shared batches stand; call one off; run what failed once more.

    Raises:
        UsageFault: no store is named, or it has no such batch.
    """
    from ima_nano_banana.cluster.share import managed

    use_store(session, needed=True)
    with books.ledger(session) as ledger:
        batches = managed(ledger, verb, order.text(session.values, "id"))
    language = session.reporter.language
    lines = [_line(one, language) for one in batches] or [words.text("cluster.none", language)]
    session.reporter.answer({"batches": [_object(one) for one in batches]}, "\n".join(lines))
    return actions.DONE


def _object(one: Progress) -> present.Json:
    return {
        "id": one.id,
        "name": one.name,
        "rows": one.rows,
        "states": dict(one.states),
        "running": one.running,
        "credit": one.committed,
        "budget": one.budget,
        "ended": one.ended,
        "cancelled": one.cancelled,
        "errors": {row: dict(fault) for row, fault in one.faults.items()},
    }


def _line(one: Progress, language: words.Language) -> str:
    told = words.text(
        "cluster.status",
        language,
        id=one.id,
        name=one.name,
        rows=one.rows,
        done=one.states.get("done", 0),
        failed=one.states.get("failed", 0) + one.states.get("partial", 0),
        uncertain=one.states.get("uncertain", 0),
        open=one.states.get("open", 0),
        running=one.running,
        credit=one.committed,
    )
    lines = [told, *([words.text("cluster.cancelled", language)] if one.cancelled else [])]
    lines += [words.text("cluster.ended", language)] if one.ended else []
    for row, facts in one.faults.items():
        fault: Any = fault_of(facts)
        message = messages.reason(fault, language)
        lines.append("  " + words.text("batch.row_event", language, row=row, message=message))
    return "\n".join(lines)
