"""``nano-banana worker``: makes rows of shared batches until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, batch_shared, order, present
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from ima_nano_banana.cluster.tally import Tally
    from ima_nano_banana.cluster.worker import Settings
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.errors import Fault


def run(session: Session) -> int:
    """Work until SIGTERM or Ctrl-C; rows in hand are finished first."""
    batch_shared.use_store(session, needed=True)
    settings = settings_of(session)
    session.open_log()
    session.tell_of_idle_limits()
    # psycopg can't wait on the loop that Windows has by default.
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        tally = runner.run(_work(session, settings))
    _tell_end(session, tally)
    return actions.DONE


def settings_of(session: Session) -> Settings:
    """Return how the options want the worker to work.

    Raises:
        UsageFault: a number can't be read.
    """
    from ima_nano_banana.cluster.worker import ROWS, STALLED_SECONDS, Settings

    folder = order.text(session.values, "output_dir")
    return Settings(
        store=str(paths.books(session.env)),
        folder=paths.from_here(Path(folder) if folder else None),
        files=order.text(session.values, "files"),
        concurrency=order.whole(session.values, "concurrency", least=1) or ROWS,
        stalled=float(order.whole(session.values, "stalled_after", least=2) or STALLED_SECONDS),
    )


async def _work(session: Session, settings: Settings) -> Tally:
    from ima_nano_banana.cluster.worker import Worker
    from ima_nano_banana.ledger.postgres.trouble import place_of

    worker = Worker(
        settings,
        key=order.text(session.values, "api_key"),
        sandbox=session.sandbox,
        scenes=order.many(session.values, "sandbox_scene"),
        env=session.env,
        frozen=lambda fault: _tell_freeze(session, fault),
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(worker.stop))
    language = session.reporter.language
    session.reporter.printer.err(words.text("cluster.working", language, place=place_of(settings.store)))
    return await worker.run()


def _tell_end(session: Session, tally: Tally) -> None:
    """Say what this worker has done and spent, and what it leaves open."""
    body: present.Json = {
        "worker": {
            "states": dict(tally.states),
            "credit": tally.spent,
            "open": tally.left,
            "credit_open": tally.spent_on_left,
        }
    }
    if session.reporter.mode is not Mode.HUMAN:
        session.reporter.answer(body, "")
        return
    for line in _end_lines(tally, session.reporter.language):
        session.reporter.printer.err(line)


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


def _tell_freeze(session: Session, fault: Fault | None) -> None:
    """Say that no row is begun while the ledger is frozen, and when that has ended."""
    key = "batch.freeze_ends" if fault is None else "batch.freeze_begins"
    reason = None if fault is None else fault.params.get("reason")
    session.reporter.printer.err(words.text(key, session.reporter.language, reason=reason))


COMMAND = Command(
    name="worker",
    about="help.worker_",
    example="nano-banana worker --store postgresql://ima@db/ima --output-dir pictures",
    run=run,
    flags=flags_of("worker"),
)
