"""``nano-banana worker``: makes rows of shared batches until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, batch_shared, books, order
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.cluster.worker import Settings
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.errors import Fault


def run(desk: Desk) -> int:
    """Work until SIGTERM or Ctrl-C; rows in hand are finished first."""
    if not batch_shared.use_store(desk):
        raise UsageFault("cluster.needs_store")
    settings = settings_of(desk)
    desk.open_log()
    books.tell_of_idle_limits(desk)
    # psycopg can't wait on the loop that Windows has by default.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_work(desk, settings))
    return actions.DONE


def settings_of(desk: Desk) -> Settings:
    """Return how the options want the worker to work.

    Raises:
        UsageFault: a number can't be read.
    """
    from ima_nano_banana.cluster.worker import STALLED_SECONDS, Settings

    folder = order.text(desk.values, "output_dir")
    stalled = order.whole(desk.values, "stalled_after", least=2) or STALLED_SECONDS
    return Settings(
        store=desk.env[batch_shared.STORE].strip(),
        folder=Path(folder).expanduser().absolute() if folder else Path.cwd(),
        files=order.text(desk.values, "files"),
        concurrency=order.whole(desk.values, "concurrency", least=1) or 64,
        stalled=float(stalled),
    )


async def _work(desk: Desk, settings: Settings) -> None:
    from ima_nano_banana.cluster.worker import Worker
    from ima_nano_banana.ledger.postgres.trouble import place_of

    worker = Worker(
        settings,
        key=order.text(desk.values, "api_key"),
        sandbox=desk.sandbox,
        scenes=order.many(desk.values, "sandbox_scene"),
        env=desk.env,
        frozen=lambda fault: _tell_freeze(desk, fault),
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(worker.stop))
    language = desk.reporter.language
    desk.reporter.printer.err(words.text("cluster.working", language, place=place_of(settings.store)))
    await worker.run()
    desk.reporter.printer.err(words.text("cluster.stopped", language))


def _tell_freeze(desk: Desk, fault: Fault | None) -> None:
    """Say that no row is begun while the ledger is frozen, and when that has ended."""
    key = "batch.freeze_ends" if fault is None else "batch.freeze_begins"
    reason = None if fault is None else fault.params.get("reason")
    desk.reporter.printer.err(words.text(key, desk.reporter.language, reason=reason))


COMMAND = Command(
    name="worker",
    about="help.worker_",
    example="nano-banana worker --store postgresql://ima@db/ima --output-dir pictures",
    run=run,
    flags=flags_of("worker"),
)
