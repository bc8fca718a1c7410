"""A worker: takes rows of every batch of its account until it is told to stop, or nothing is left."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from procrastinate.exceptions import ProcrastinateException

from ima_nano_banana.assembly import Parts
from ima_nano_banana.cluster import jobs, shelf
from ima_nano_banana.cluster.files import Files
from ima_nano_banana.cluster.hands import Hands
from ima_nano_banana.domain.identity import key_fingerprint
from ima_nano_banana.domain.realm import realm_of
from ima_nano_banana.errors import Fault, StorageFault
from ima_nano_banana.ledger.postgres import as_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from procrastinate import App

    from ima_nano_banana.cluster.tally import Tally
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.ledger.postgres import PostgresLedger

_log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 1.0
STALLED_SECONDS = 4.0
SWEEP_SECONDS = 2.0
POLL_SECONDS = 1.0
GRACE_SECONDS = 60.0
AGAIN_SECONDS = 1.0
ROWS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a worker works.

    Attributes:
        store: ``postgresql://…``.
        folder: Where it saves pictures.
        files: Where they are carried to instead, as a URL.
        concurrency: How many rows it has in hand at once.
        heartbeat: Seconds between signs of life of its jobs.
        stalled: Seconds of silence after which its jobs are given to others.
        lease: Seconds of silence after which a create that it was sending counts as uncertain.
        grace: Seconds that rows in hand may still take once it is told to stop.
        batch_id: Stop when this batch has ended; ``None`` goes on for ever.
    """

    store: str
    folder: Path
    files: str | None = None
    concurrency: int = ROWS
    heartbeat: float = HEARTBEAT_SECONDS
    stalled: float = STALLED_SECONDS
    lease: float | None = None
    grace: float = GRACE_SECONDS
    batch_id: str | None = None


def queue_of(key: str, *, sandbox: bool) -> str:
    """Return the queue of an account: whoever works on it has the same key."""
    return f"{realm_of(sandbox=sandbox)}-{key_fingerprint(key)}"


class Worker:
    """One worker process.

    Args:
        settings: How it works.
        key: The API key, if not to be found in the environment or keyring.
        sandbox: Work on simulated batches.
        scenes: Faults to rehearse in the simulated service.
        env: Stands in for ``os.environ``.
        heard: Told every event of the engine with batch and row.
        frozen: Told when a freeze keeps rows from beginning, and with ``None`` when that has ended.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        key: str | None = None,
        sandbox: bool = False,
        scenes: tuple[str, ...] = (),
        env: Mapping[str, str],
        heard: Callable[[str, str, Event], object] = lambda *_: None,
        frozen: Callable[[Fault | None], object] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._sandbox = sandbox
        self._parts = Parts(
            key=key,
            sandbox=sandbox,
            scenes=scenes,
            env={**env, "IMA_LEDGER_URL": settings.store},
            lease=settings.lease,
            door="worker",
        )
        self._heard = heard
        self._frozen = frozen
        self._stop = asyncio.Event()
        self._due: set[str] = set()
        self._woken = asyncio.Event()
        self.fault: Fault | None = None

    def stop(self) -> None:
        """Take no further rows, and end when those in hand have ended."""
        self._stop.set()

    async def run(self) -> Tally:
        """Work until stopped, and return what was done.

        Raises:
            Fault: this worker can do nothing: no key, no database, a refused key.
        """
        try:
            queue = queue_of(self._parts.key(), sandbox=self._sandbox)
            ledger = as_shared(self._parts.ledger().ledger)
            await asyncio.to_thread(jobs.prepare, ledger)
            hands = Hands(
                ports=replace(self._parts.ports(), cwd=self._settings.folder),
                folder=self._settings.folder,
                files=Files(self._settings.files) if self._settings.files else None,
                leads=self._leads,
                unfit=self._unfit,
                heard=self._heard,
                frozen=self._frozen,
            )
            app = jobs.open_app(self._settings.store, hands.run)
            async with app.open_async():
                sweeping = asyncio.create_task(self._sweep(app, ledger))
                try:
                    await self._work(app, queue)
                finally:
                    sweeping.cancel()
                    await asyncio.gather(sweeping, return_exceptions=True)
            tally = await hands.close()
        finally:
            await self._parts.close()
        if self.fault is not None:
            raise self.fault
        return tally

    async def _work(self, app: App, queue: str) -> None:
        """Run Procrastinate's worker; begin anew whenever the database took it down."""
        while not self._stop.is_set():
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[queue],
                    name="nano-banana",
                    concurrency=self._settings.concurrency,
                    install_signal_handlers=False,
                    listen_notify=False,
                    fetch_job_polling_interval=POLL_SECONDS,
                    shutdown_graceful_timeout=self._settings.grace,
                    update_heartbeat_interval=self._settings.heartbeat,
                    stalled_worker_timeout=max(30.0, self._settings.stalled),
                    delete_jobs="successful",
                )
            )
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not working.done():
                working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                try:
                    await working
                except Exception as error:  # whatever took it down, the rows are safe in the ledger
                    _log.warning("the worker begins anew after %s", type(error).__name__)
            if not self._stop.is_set():
                await asyncio.sleep(AGAIN_SECONDS)

    async def _sweep(self, app: App, ledger: PostgresLedger) -> None:
        """Give the rows of dead workers to the living, and make jobs for rows that lack one."""
        while True:
            self._woken.clear()
            with contextlib.suppress(ProcrastinateException, StorageFault):
                await asyncio.to_thread(ledger.bury)
                await self._revive(app)
                await jobs.defer_due(app, ledger)
                if self._settings.batch_id is not None and await self._ended(ledger, self._settings.batch_id):
                    self.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._woken.wait()

    async def _revive(self, app: App) -> None:
        manager = app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._settings.stalled):
            if job.task_name == jobs.TASK:
                with contextlib.suppress(ProcrastinateException):  # another worker was quicker
                    await manager.retry_job(job)

    async def _ended(self, ledger: PostgresLedger, batch_id: str) -> bool:
        found = await asyncio.to_thread(ledger.store.read, lambda tx: shelf.progress(tx, batch_id))
        return bool(found) and found[0].ended

    def _leads(self, _: str) -> None:
        self._woken.set()

    def _unfit(self, fault: Fault) -> None:
        self.fault = self.fault or fault
        self.stop()
