"""One picture as one step of somebody else's engine: Celery, Temporal, Airflow, Ray.

Both functions are idempotent by the item's id, so an engine may call them again as often as it likes: the
second ``submit`` changes nothing, and ``wait`` only looks. Workers (``nano-banana worker``) make the picture.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ima_nano_banana import words
from ima_nano_banana.batch.agree import most_of_one
from ima_nano_banana.batch.model import RawRow
from ima_nano_banana.batch.plan import plan
from ima_nano_banana.cluster import shelf
from ima_nano_banana.cluster import submit as submitting
from ima_nano_banana.cluster.worker import queue_of
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.domain.realm import realm_of
from ima_nano_banana.errors import TimeoutFault, UsageFault
from ima_nano_banana.ledger import Batch, rows, sql
from ima_nano_banana.ledger.elsewhere import idle_limits, listed
from ima_nano_banana.ledger.faults import fault_of
from ima_nano_banana.ledger.postgres import PostgresLedger
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOK_SECONDS = 1.0
_BETWEEN = "/"


def submit(
    item: Mapping[str, object],
    *,
    max_credits: int,
    store: str | None = None,
    group: str = "steps",
    key: str | None = None,
    sandbox: bool = False,
) -> str:
    """Hand one picture to the workers and return its name for :func:`wait`.

    Args:
        item: A row as in a batch's file: ``id``, ``prompt``, ``images``, ``model``, ``size``, ``aspect_ratio``,
            ``count``, ``user``. Without an ``id`` its content names it.
        max_credits: The most points that it may cost; a higher price is refused before it is spent.
        store: ``postgresql://…``; by default what ``IMA_LEDGER_URL`` names.
        group: Ids are unique within a group; ``nano-banana batch status`` shows it as one batch.
        key: The API key; by default that of the environment or keyring. It only chooses the queue.
        sandbox: Use the simulated service.

    Raises:
        UsageFault: the item does not hold together, or an input picture can't be read.
        AuthFault: there is no key.
        StorageFault: the database can't be reached.
    """
    planned = plan([RawRow(1, dict(item))], Wish())
    for found in planned.faults:
        raise found.fault
    (row,) = planned.rows
    if row.parents:
        raise UsageFault("batch.no_such_row", ids=row.parents)
    realm = realm_of(sandbox=sandbox)
    user = row.wish.user_id
    batch_id = hashlib.sha256("\0".join(("steps", realm, user, group)).encode()).hexdigest()[:16]
    with PostgresLedger(_store(store)) as ledger:
        _warn_of_idle_limits(ledger, realm)
        whole = submitting.prepared(
            Batch(id=batch_id, realm=realm, user_id=user, name=group, created_at=time.time()),
            [row],
            {row.id: most_of_one(max_credits, ledger.limits_show(user_id=user, realm=realm))},
            queue=queue_of(_key(key, sandbox=sandbox), sandbox=sandbox),
            how={},
            cwd=Path.cwd(),
        )
        asyncio.run(submitting.submit(ledger, whole))
    return f"{batch_id}{_BETWEEN}{row.id}"


def wait(name: str, *, store: str | None = None, timeout: float = 1800.0) -> dict[str, Any]:
    """Wait until a picture is made, and return its ``files``, ``urls``, ``task_id`` and ``credit``.

    Raises:
        Fault: how it ended otherwise; after :class:`~.errors.UncertainFault` it may have been charged.
        TimeoutFault: it has not ended; call again.
        UsageFault: nothing of that name was submitted.
    """
    batch_id, _, row_id = name.partition(_BETWEEN)
    deadline = time.monotonic() + timeout
    with PostgresLedger(_store(store)) as ledger:
        while (state := _state(ledger, batch_id, row_id))[0] == "open":
            if time.monotonic() > deadline:
                raise TimeoutFault("timeout.still_running", phase="poll", charged="unknown", seconds=round(timeout))
            time.sleep(_LOOK_SECONDS)
    told, facts, item = state
    if item is None or told not in ("done", "partial"):
        raise fault_of(facts, task_id=item.task_id if item is not None else None)
    return {
        "state": told,
        "files": list(item.files),
        "urls": list(item.urls),
        "task_id": item.task_id,
        "credit": item.credit,
    }


def _state(ledger: PostgresLedger, batch_id: str, row_id: str) -> tuple[str, Any, Any]:
    def work(tx: Any) -> tuple[str, Any, Any]:  # noqa: ANN401 -- a transaction
        found = shelf.outcome(tx, batch_id, row_id)
        if found is None:
            raise UsageFault("cluster.no_batch", id=batch_id)
        known = tx.execute(sql.ROW, {"batch_id": batch_id, "row_id": row_id}).fetchone()
        return (*found, rows.from_row(known) if known is not None else None)

    return ledger.store.read(work)


def _warn_of_idle_limits(ledger: PostgresLedger, realm: str) -> None:
    """Warn of limits in this machine's own ledger, which hold nothing in the one that is spent from."""
    file = paths.ledger_file(paths.state_root(os.environ))
    idle = idle_limits(file, lambda: ledger.limits_show(realm=realm), realm=realm)
    if idle:
        warnings.warn(words.text("cluster.idle_limits", "en", limits=listed(idle)), stacklevel=3)


def _store(told: str | None) -> str:
    store = told or os.environ.get("IMA_LEDGER_URL", "").strip()
    if not store:
        raise UsageFault("cluster.needs_store")
    return store


def _key(told: str | None, *, sandbox: bool) -> str:
    if sandbox:
        from ima_nano_banana.sandbox import SANDBOX_KEY

        return SANDBOX_KEY
    from ima_nano_banana.local import keys

    return keys.find(told, os.environ)
