"""From a checked and priced file to a batch in the database that any worker of the account takes part in."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ima_nano_banana.batch.plan import local_images
from ima_nano_banana.cluster import jobs, shelf
from ima_nano_banana.cluster.model import STORED, Progress, SharedRow, shared_row
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ima_nano_banana.batch.model import Row
    from ima_nano_banana.ledger import Batch
    from ima_nano_banana.ledger.postgres import PostgresLedger

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A whole batch.

    Attributes:
        batch: Its name, budget and pace.
        rows: Its rows, in order.
        pictures: The bytes' digest, suffix and path of every input picture.
        queue: The account's (:func:`.worker.queue_of`).
        how: Options of the engine that hold for every row: ``keep_size``, ``download``, ``timeout``.
    """

    batch: Batch
    rows: tuple[SharedRow, ...]
    pictures: Mapping[str, tuple[str, Path]]
    queue: str
    how: Mapping[str, Any]


def prepared(
    batch: Batch,
    rows: Sequence[Row],
    credits_of: Mapping[str, int],
    *,
    queue: str,
    how: Mapping[str, Any],
    cwd: Path,
) -> Submission:
    """Return the batch with every local picture named by its content.

    Args:
        batch: Its name, budget and pace.
        rows: The rows of the file.
        credits_of: What each row was quoted at.
        queue: The account's.
        how: Options of the engine for every row.
        cwd: What relative paths start from.

    Raises:
        UsageFault: a picture can't be read.
    """
    from ima_nano_banana.pictures import inputs

    names: dict[str, str] = {}
    pictures: dict[str, tuple[str, Path]] = {}
    for image in {image: None for row in rows for image in local_images(row.wish.images)}:
        found = inputs.look(image, cwd)
        if found.path is not None:
            pictures[found.digest] = (found.suffix, found.path)
            names[image] = f"{STORED}{found.digest}.{found.suffix}"
    leading = {parent for row in rows for parent in row.parents}
    shared = tuple(shared_row(row, names, max_credits=credits_of.get(row.id), leads=row.id in leading) for row in rows)
    return Submission(batch=batch, rows=shared, pictures=pictures, queue=queue, how=how)


async def submit(ledger: PostgresLedger, submission: Submission) -> None:
    """Write the batch down and make its jobs. The same batch again adds what is missing and changes nothing else.

    Raises:
        StorageFault: the database can't be reached; what is written stays, and the same call goes on.
        UsageFault: an input picture was changed meanwhile.
    """
    await asyncio.to_thread(_write, ledger, submission)
    app = jobs.open_app(ledger.store.url)
    async with app.open_async():
        await jobs.defer_due(app, ledger, submission.batch.id)


def _write(ledger: PostgresLedger, submission: Submission) -> None:
    jobs.prepare(ledger)
    store, batch_id = ledger.store, submission.batch.id
    for digest, (suffix, path) in submission.pictures.items():
        _keep(ledger, digest, suffix, path)
    ledger.batch_set(submission.batch)
    store.write(lambda tx: shelf.add_batch(tx, batch_id, submission.queue, submission.how))
    placed = list(enumerate(submission.rows))
    for start in range(0, len(placed), _AT_ONCE):
        store.write(partial(shelf.add_rows, batch_id=batch_id, rows=placed[start : start + _AT_ONCE]))


def _keep(ledger: PostgresLedger, digest: str, suffix: str, path: Path) -> None:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise UsageFault("image.changed", phase="upload", path=str(path))
    ledger.store.write(lambda tx: shelf.store_picture(tx, digest, suffix, data))


def progress(ledger: PostgresLedger, batch_id: str | None = None) -> list[Progress]:
    """Return how shared batches stand, the newest first; what has ended by the books has ended."""
    jobs.prepare(ledger)
    ledger.bury()
    ledger.store.write(lambda tx: shelf.settle(tx, batch_id))
    return ledger.store.read(lambda tx: shelf.progress(tx, batch_id))


def cancel(ledger: PostgresLedger, batch_id: str) -> None:
    """Let nothing new of a batch be paid for; what is paid for is still fetched."""
    ledger.store.write(lambda tx: shelf.cancel(tx, batch_id))


async def retry(ledger: PostgresLedger, batch_id: str) -> int:
    """Run the failed and called-off rows of a batch once more; return how many."""
    opened = await asyncio.to_thread(ledger.store.write, lambda tx: shelf.retry(tx, batch_id))
    app = jobs.open_app(ledger.store.url)
    async with app.open_async():
        await jobs.defer_due(app, ledger, batch_id)
    return opened
