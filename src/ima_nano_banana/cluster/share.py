"""Batches that many machines share: which store they lie in, how they get there, and what can be done with them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.ledger import is_shared
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.batch.offer import BatchOffer
    from ima_nano_banana.batch.session import Share
    from ima_nano_banana.cluster.model import Progress
    from ima_nano_banana.engine.ports import Ports
    from ima_nano_banana.ledger import Batch, Ledger

STORE = "IMA_LEDGER_URL"

Verb = Literal["status", "cancel", "retry"]


def with_store(env: Mapping[str, str], told: str | None, *, needed: bool = False) -> Mapping[str, str]:
    """Return the environment with the store that was told.

    Args:
        env: The environment.
        told: The store, if somebody named one.
        needed: Whether it must be one for many machines.

    Raises:
        UsageFault: the store is no PostgreSQL, one is needed and none is named, or its packages are missing.
    """
    if told is not None:
        if not is_shared(told):
            raise UsageFault("cluster.bad_store")
        env = {**env, STORE: told}
    shared = is_shared(paths.books(env))
    if needed and not shared:
        raise UsageFault("cluster.needs_store")
    if shared:
        need_packages()
    return env


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


def sharing(env: Mapping[str, str]) -> Share | None:
    """Return what puts a batch before other machines, if the books of this environment are theirs too.

    Raises:
        UsageFault: the packages for that are missing.
    """
    if not is_shared(paths.books(env)):
        return None
    need_packages()
    return share


async def share(ports: Ports, offer: BatchOffer, batch: Batch) -> None:
    """Put the batch where every worker of the account finds it.

    Raises:
        StorageFault: the database can't be reached; what is written stays, and the same call goes on.
        UsageFault: an input picture can't be read, or was changed meanwhile.
    """
    from ima_nano_banana.cluster import submit
    from ima_nano_banana.cluster.worker import queue_of
    from ima_nano_banana.ledger.postgres import as_shared

    order = offer.order
    how = {name: getattr(order.how, name) for name in ("keep_size", "keep_metadata", "download", "timeout")}
    ledger = as_shared(ports.ledger.ledger)
    whole = submit.prepared(
        batch,
        offer.rows,
        {name: price.credit for name, price in offer.prices.items()},
        queue=queue_of(ports.key(), sandbox=ports.sandbox),
        how=how,
        cwd=order.source.base,
    )
    await submit.submit(ledger, whole)
    if order.retry_failed:
        await submit.retry(ledger, offer.batch_id)


def managed(ledger: Ledger, verb: Verb, told: str | None) -> list[Progress]:
    """Call a batch off, or run what failed of it once more; return how it stands, or how all do.

    Args:
        ledger: The books that the machines share.
        verb: What to do.
        told: The batch's id, or an unmistakable beginning of it.

    Raises:
        UsageFault: there is no such batch.
        StorageFault: the database can't be reached.
    """
    from ima_nano_banana.cluster import submit
    from ima_nano_banana.ledger.postgres import as_shared

    shared = as_shared(ledger)
    batches = submit.progress(shared)
    if told is None:
        if verb != "status":
            raise UsageFault("flags.missing", name="ID")
        return batches
    found = [one.id for one in batches if one.id.startswith(told)]
    if len(found) != 1:
        raise UsageFault("cluster.no_batch", id=told)
    if verb == "cancel":
        submit.cancel(shared, found[0])
    elif verb == "retry":
        asyncio.run(submit.retry(shared, found[0]))
    return submit.progress(shared, found[0])
