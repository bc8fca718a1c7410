"""Hands over a request that has ended without anybody being told: nothing is created or uploaded again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.domain.task import State
from ima_nano_banana.engine.fetch import fetch
from ima_nano_banana.engine.job import result_of
from ima_nano_banana.engine.notes import noted
from ima_nano_banana.errors import DownloadFault, PartialFault
from ima_nano_banana.ledger.faults import fault_of

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import EnginePorts, How
    from ima_nano_banana.ledger.model import Item

SECONDS = 60.0
"""How long the known addresses are tried before the service is asked for new ones."""


async def handed_over(item: Item, job: Job, how: How, folder: Path, ports: EnginePorts) -> Result | None:
    """Return what was saved; files that are gone are fetched again from the addresses in the books.

    Returns ``None`` if there are none, or they lead nowhere any more: then the service must be asked for the task.

    Raises:
        Fault: it had ended badly; the same failure as then.
    """
    if item.state is State.FAILED:
        raise fault_of(item.fault, task_id=item.task_id)
    if not item.urls:  # they could not be written down, on a full disk
        return None
    result = known(item, job)
    if how.download and not _all_there(item, how.output_dir):
        kept = _kept(item, how.output_dir)
        try:
            result = await fetch(
                result, job, folder, ports.clock.monotonic() + SECONDS, ports, stem=how.stem, kept=kept
            )
        except DownloadFault:
            return None
        await noted(ports.ledger.files(item.id, result.files, instead=True))
    if item.failures:
        raise partial(result)
    return result


def known(item: Item, job: Job) -> Result:
    """Return the result as the books know it."""
    elapsed = round(max(0.0, item.state_at - item.created_at), 1) if item.elapsed is None else item.elapsed
    found = result_of(job, urls=item.urls, cover_url=item.cover_url, elapsed=elapsed, sandbox=item.sandbox)
    return replace(found, files=item.files, width=item.width, height=item.height, failures=item.failures)


def partial(result: Result) -> PartialFault:
    """Return the fault of a task that made only some of its pictures."""
    return PartialFault(
        "partial.some_failed",
        phase="poll",
        charged="yes",
        task_id=result.task_id,
        result=result,
        detail=next((reason for reason in result.failures if reason), None),
        made=len(result.urls),
        count=result.count,
    )


def _all_there(item: Item, folder: Path | None) -> bool:
    return len(item.files) >= len(item.urls) > 0 and all(_is_there(file, folder) for file in item.files)


def _kept(item: Item, folder: Path | None) -> dict[int, str]:
    """Return the files that need not be fetched, by the position of their address."""
    if len(item.files) != len(item.urls):
        return {}
    return {position: file for position, file in enumerate(item.files, start=1) if _is_there(file, folder)}


def _is_there(file: str, folder: Path | None) -> bool:
    """Tell whether a file is still where it was saved, and that is where it is asked for."""
    path = Path(file)
    try:
        there = path.is_file() and path.stat().st_size > 0
        return there and (folder is None or path.resolve().parent == folder.expanduser().resolve())
    except OSError:
        return False
