"""The jobs on Procrastinate: one for each row, with the row's name as its lock and nothing else in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.schema import SchemaManager

from ima_nano_banana.cluster import shelf
from ima_nano_banana.ledger.postgres.database import with_defaults

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from ima_nano_banana.ledger.postgres import PostgresLedger

TASK = "ima.row"
_MOST_TRIES = 40
_LONGEST_WAIT_SECONDS = 60.0
_POOL_SECONDS = 30.0
_AT_ONCE = 200


class LaterError(Exception):
    """The row is to be run again in ``seconds``, by anybody."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _Again(BaseRetryStrategy):
    """When a row whose run ended without an outcome is run again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, LaterError):
            return RetryDecision(retry_in={"seconds": max(1, round(exception.seconds))})
        if isinstance(exception, asyncio.CancelledError):  # this worker stops; another may go on at once
            return RetryDecision(retry_in={"seconds": 0})
        if job.attempts >= _MOST_TRIES:
            return None
        return RetryDecision(retry_in={"seconds": round(min(_LONGEST_WAIT_SECONDS, 2.0 ** min(job.attempts, 6)))})


def open_app(url: str, run: Callable[[str, str], Awaitable[None]] | None = None) -> App:
    """Return the Procrastinate app on the database at ``url``; ``run`` is what a job does.

    The caller opens it with ``async with app.open_async()``.
    """
    connector = PsycopgConnector(conninfo=url, kwargs=with_defaults(url), min_size=1, max_size=4, timeout=_POOL_SECONDS)
    app = App(connector=connector)

    @app.task(name=TASK, retry=_Again())
    async def row(batch_id: str, row_id: str) -> None:
        assert run is not None  # noqa: S101 -- only workers run jobs, and they say how
        await run(batch_id, row_id)

    return app


def prepare(ledger: PostgresLedger) -> None:
    """Make Procrastinate's tables if they are missing; one process at a time."""
    ledger.store.script("to_regclass('procrastinate_jobs')", SchemaManager.get_schema())


def job_of(batch_id: str, row_id: str, queue: str) -> Job:
    """Return the job of a row. No two of one row wait, and no two run."""
    name = f"{batch_id}/{row_id}"
    kwargs: dict[str, Any] = {"batch_id": batch_id, "row_id": row_id}
    return Job(task_name=TASK, queue=queue, lock=name, queueing_lock=name, task_kwargs=kwargs)


async def defer(app: App, rows: Iterable[tuple[str, str, str]]) -> None:
    """Make the jobs of rows, given as batch, row and queue; a row that has one keeps it."""
    jobs = [job_of(*row) for row in rows]
    for start in range(0, len(jobs), _AT_ONCE):
        some = jobs[start : start + _AT_ONCE]
        try:
            await app.job_manager.batch_defer_jobs_async(some)
        except AlreadyEnqueued:
            for one in some:
                await _defer_one(app, one)


async def _defer_one(app: App, job: Job) -> None:
    try:
        await app.job_manager.defer_job_async(job)
    except AlreadyEnqueued:
        return


async def defer_due(app: App, ledger: PostgresLedger, batch_id: str | None = None) -> int:
    """Make jobs for the open rows that lack one: new ones, healed ones, those whose parents have just ended."""
    deferred = 0
    while True:
        rows = await asyncio.to_thread(ledger.store.write, lambda tx: shelf.due(tx, batch_id))
        await defer(app, rows)
        deferred += len(rows)
        if len(rows) < shelf.DUE_AT_ONCE:
            return deferred
