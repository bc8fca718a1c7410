"""``batch --store``: batches that many machines share, and what can be said about them afterwards."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from ima_nano_banana import words
from ima_nano_banana.doors import actions, order
from ima_nano_banana.errors import Fault, UsageFault
from ima_nano_banana.ledger import is_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ima_nano_banana.batch.model import BatchQuote
    from ima_nano_banana.cluster.model import Progress
    from ima_nano_banana.doors import present
    from ima_nano_banana.doors.batch_file import Checked, Order
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.ledger import Batch
    from ima_nano_banana.ledger.postgres import PostgresLedger

STORE = "IMA_LEDGER_URL"
VERBS = ("status", "cancel", "retry")


def use_store(desk: Desk) -> bool:
    """Let the rest of this run use the books that ``--store`` or the environment names; tell whether they are shared.

    Raises:
        UsageFault: the store is no PostgreSQL, or one is needed and none is named.
    """
    told = order.text(desk.values, "store")
    if told is not None:
        if not is_shared(told):
            raise UsageFault("cluster.bad_store")
        desk.env = {**desk.env, STORE: told}
    shared = is_shared(desk.env.get(STORE, "").strip())
    if order.on(desk.values, "detach") and not shared:
        raise UsageFault("cluster.needs_store")
    if shared:
        need_packages()
    return shared


def need_packages() -> None:
    """Say which packages are missing, before anything is begun.

    Raises:
        UsageFault: the ``cluster`` extra is not installed.
    """
    try:
        import procrastinate  # noqa: F401
        import psycopg  # noqa: F401
    except ModuleNotFoundError as missing:
        from ima_nano_banana.local.installs import needs_extra

        raise needs_extra("cluster", missing.name) from missing


def submit(desk: Desk, found: Checked, told: Order, batch: Batch) -> None:
    """Put the batch where every worker of the account finds it."""
    from ima_nano_banana.cluster import submit as clustered
    from ima_nano_banana.cluster.worker import queue_of

    how = {
        "keep_size": order.on(desk.values, "keep_size"),
        "keep_metadata": order.on(desk.values, "keep_metadata"),
        "download": not order.on(desk.values, "no_download"),
        "timeout": order.how_of({**desk.values, "max_credits": None}).timeout,
    }

    async def work(ports: Ports) -> None:
        ledger = cast("PostgresLedger", ports.ledger.ledger)
        whole = clustered.prepared(
            batch,
            found.plan.rows,
            {name: price.credit for name, price in found.prices.items()},
            queue=queue_of(ports.key(), sandbox=desk.sandbox),
            how=how,
            cwd=told.base,
        )
        await clustered.submit(ledger, whole)
        if order.on(desk.values, "retry_failed"):
            await clustered.retry(ledger, told.batch_id)

    desk.with_ports(work)


def left_to_workers(desk: Desk, told: Order, quote: BatchQuote) -> int:
    """Say under which name the batch can be asked after."""
    language = desk.reporter.language
    batch = {"id": told.batch_id, "rows": quote.rows, "credit": quote.credit, "detached": True}
    body: present.Json = {"batch": batch | told.notes}
    desk.reporter.answer(body, words.text("cluster.detached", language, id=told.batch_id))
    return actions.DONE


def manage(desk: Desk, verb: str) -> int:
    """Tell how shared batches stand; call one off; run what failed once more.

    Raises:
        UsageFault: no store is named, or it has no such batch.
    """
    if not use_store(desk):
        raise UsageFault("cluster.needs_store")
    from ima_nano_banana.cluster import submit as clustered

    told = order.text(desk.values, "id")
    with _books(desk) as ledger:
        batches = clustered.progress(ledger)
        if told is None:
            if verb != "status":
                raise UsageFault("flags.missing", name="ID")
            return _told(desk, batches)
        found = [one for one in batches if one.id.startswith(told)]
        if len(found) != 1:
            raise UsageFault("cluster.no_batch", id=told)
        if verb == "cancel":
            clustered.cancel(ledger, found[0].id)
        elif verb == "retry":
            asyncio.run(clustered.retry(ledger, found[0].id))
        return _told(desk, clustered.progress(ledger, found[0].id))


@contextmanager
def _books(desk: Desk) -> Iterator[PostgresLedger]:
    from ima_nano_banana.doors import books

    with books.ledger(desk) as ledger:
        yield cast("PostgresLedger", ledger)


def _told(desk: Desk, batches: list[Progress]) -> int:
    language = desk.reporter.language
    lines = [_line(one, language) for one in batches] or [words.text("cluster.none", language)]
    desk.reporter.answer({"batches": [_object(one) for one in batches]}, "\n".join(lines))
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
    from ima_nano_banana.ledger.faults import fault_of

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
        lines.append("  " + words.text("batch.row_event", language, row=row, message=_reason(fault, language)))
    return "\n".join(lines)


def _reason(fault: Fault, language: words.Language) -> str:
    from ima_nano_banana.doors import messages

    return messages.reason(fault, language)
