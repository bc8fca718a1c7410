"""``nano-banana worker``: makes rows of shared batches until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, batch_shared, books, order, present
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from ima_nano_banana.cluster.tally import Tally
    from ima_nano_banana.cluster.worker import Settings
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.errors import Fault


def run(desk: Desk) -> int:
    """Work until SIGTERM or Ctrl-C; rows in hand are finished first."""
    batch_shared.use_store(desk, needed=True)
    settings = settings_of(desk)
    desk.open_log()
    books.tell_of_idle_limits(desk)
    # psycopg can't wait on the loop that Windows has by default.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        tally = runner.run(_work(desk, settings))
    _tell_end(desk, tally)
    return actions.DONE


def settings_of(desk: Desk) -> Settings:
    """Return how the options want the worker to work.

    Raises:
        UsageFault: a number can't be read.
    """
    from ima_nano_banana.cluster.worker import ROWS, STALLED_SECONDS, Settings

    folder = order.text(desk.values, "output_dir")
    return Settings(
        store=str(paths.books(desk.env)),
        folder=paths.from_here(Path(folder) if folder else None),
        files=order.text(desk.values, "files"),
        concurrency=order.whole(desk.values, "concurrency", least=1) or ROWS,
        stalled=float(order.whole(desk.values, "stalled_after", least=2) or STALLED_SECONDS),
    )


async def _work(desk: Desk, settings: Settings) -> Tally:
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
    return await worker.run()


def _tell_end(desk: Desk, tally: Tally) -> None:
    """Say what this worker has done and spent, and what it leaves open."""
    body: present.Json = {
        "worker": {
            "states": dict(tally.states),
            "credit": tally.spent,
            "open": tally.left,
            "credit_open": tally.spent_on_left,
        }
    }
    if desk.reporter.mode is not Mode.HUMAN:
        desk.reporter.answer(body, "")
        return
    for line in _end_lines(tally, desk.reporter.language):
        desk.reporter.printer.err(line)


def _end_lines(tally: Tally, language: words.Language) -> list[str]:
    states = tally.states
    stopped = words.text(
        "cluster.stopped",
        language,
        done=states.get("done", 0),
        failed=states.get("failed", 0) + states.get("partial", 0),
        uncertain=states.get("uncertain", 0),
        credit=tally.spent,
    )
    if not tally.left:
        return [stopped]
    return [stopped, words.text("cluster.left_open", language, open=tally.left, credit=tally.spent_on_left)]


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
