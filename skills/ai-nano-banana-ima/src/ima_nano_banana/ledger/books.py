"""The ledger itself: one method for each thing that can happen to money."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from ima_nano_banana.clock import Clock, SystemClock
from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.domain.realm import IMA
from ima_nano_banana.domain.task import State
from ima_nano_banana.errors import Fault, InternalFault, NetworkFault, StorageFault, UsageFault
from ima_nano_banana.ledger import batches, claims, freezes, history, keys, outcomes, plans, rows, sql
from ima_nano_banana.ledger.alive import Owner, is_alive
from ima_nano_banana.ledger.aside import Memory
from ima_nano_banana.ledger.claims import Context
from ima_nano_banana.ledger.connection import Database
from ima_nano_banana.ledger.looking import Looking
from ima_nano_banana.ledger.model import Filters, Item, Standing
from ima_nano_banana.ledger.planning import Planning
from ima_nano_banana.ledger.storage import storage_fault

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from ima_nano_banana.domain.model import Adjustment, Quote
    from ima_nano_banana.domain.periods import Group
    from ima_nano_banana.ledger.model import Ask, Batch, BatchStanding, Cost, Named, Twin

T = TypeVar("T")

ALIVE_FOLDER = "ima_alive"


class Ledger(Planning, Looking):
    """Every request, its price, its task and its outcome, durable before anything is spent.

    The file is opened at the first use. Every method raises :class:`~.errors.StorageFault` when the books
    can't be kept; nothing that costs may be sent then.

    Args:
        path: The SQLite file; its folder also holds the senders' locks.
        clock: Dates what is written.
        zone: Time zone of the calendar days and months of limits; ``None`` is this machine's.
    """

    shares: ClassVar[bool] = True
    """Whether several pieces of work may be one transaction."""

    def __init__(self, path: Path, *, clock: Clock | None = None, zone: tzinfo | None = None) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._zone = zone
        self._alive = path.absolute().parent / ALIVE_FOLDER
        self._owner = Owner(self._alive)
        self._memory = Memory(path.absolute().parent, str(path.absolute()))
        self.database = Database(path, self._alive)

    @property
    def moment(self) -> float:
        """The moment on the clock that never jumps, as reservations are dated."""
        return self._clock.monotonic()

    # --- before money ---

    def peek(self, ask: Ask) -> Standing:
        """Tell how a request stands without reserving anything.

        Raises:
            UncertainFault: an identical request may have been charged; ``ask.again`` was not said.
            BudgetFault: it would break a stored limit.
        """
        return _standing(self._write(lambda tx, context: claims.look(tx, ask, context)))

    def named(self, named: Named) -> Standing | None:
        """Tell how the request of a caller's key stands; ``None`` if the key is free.

        Raises:
            UsageFault: the key was used for another request; the fault names the fields that differ.
            UncertainFault: that request may have been charged.
        """

        def work(tx: sqlite3.Connection, context: Context) -> Standing | Fault | None:
            claims.bury(tx, context)
            return keys.look(tx, named, context.zone)

        found = self._write(work)
        return None if found is None else _standing(found)

    def reserve(self, ask: Ask) -> Reservation | Standing:
        """Book the points and the right to send one create, durably; or tell what is in the way.

        Raises:
            UncertainFault, BudgetFault: as for :meth:`peek`.
        """
        self._hold()

        def claim(tx: sqlite3.Connection, context: Context) -> claims.Booked | Standing | Fault:
            standing = claims.look(tx, ask, context)
            if isinstance(standing, Standing) and standing.state == "free":
                return claims.open_item(tx, ask, context, standing.plan)
            return standing

        found = self._write(claim)
        if not isinstance(found, claims.Booked):
            return _standing(found)
        self._memory.claimed(found.item, ask.named)
        return self._reservation(found)

    def further(self, reservation: Reservation, quote: Quote) -> Reservation:
        """Book the next attempt of an item whose last one was provably not charged.

        If it may not be tried again the item is closed, uncharged, and the reason is raised.

        Raises:
            BudgetFault: dearer than it was reserved for, or over a limit that others have used up meanwhile;
                or the ledger is frozen, and the item waits, uncharged.
            NetworkFault: the pace does not allow it before ``retry_after``; the item waits, uncharged.
        """
        self._hold()

        def claim(tx: sqlite3.Connection, context: Context) -> claims.Booked | Fault:
            item = outcomes.requeued(tx, reservation, None, context.now, owner=context.owner)
            if item.state is not State.QUEUED or item.attempt != reservation.attempt:
                return InternalFault("ledger.inconsistent", why="tried_after_end")
            refusal = claims.again_allowed(tx, item, quote, context)
            if refusal is None:
                return claims.book(tx, item, quote, context)
            # The pace and a freeze only ask to wait: it may be claimed again.
            if not isinstance(refusal, NetworkFault) and refusal.code != freezes.FROZEN:
                outcomes.refused(tx, reservation, refusal, context.now)
            return refusal

        found = self._write(claim)
        if isinstance(found, Fault):
            raise found
        return self._reservation(found)

    def has_open(self, subject: str) -> bool:
        """Tell whether a request for the same picture, at whatever size, has not ended."""
        return self._read(lambda tx: tx.execute(sql.OPEN_SUBJECT, {"subject": subject}).fetchone() is not None)

    # --- what became of a create ---

    def created(self, reservation: Reservation, task_id: str) -> Item:
        """Note the task id, durably. An answer that comes late is kept too: it was paid for.

        A row that is gone (a server took over without it, a file was restored) is written anew.

        Raises:
            StorageFault: with ``charged="yes"`` and the task id, so that a person can still resume it.
        """

        def work(tx: sqlite3.Connection, context: Context) -> Item:
            self._memory.load(tx, reservation.item_id)
            return outcomes.created(tx, reservation, task_id, context.now)

        try:
            item = self._settled(work)
        except Exception as error:  # whatever it is, the task is paid for: its id must not be lost
            raise self._memory.unbooked(error, reservation, task_id) from error
        self._memory.known(item)
        return item

    def requeue(self, reservation: Reservation, fault: Fault | None = None) -> Item:
        """Take back a create that was provably not charged; :meth:`further` may follow."""

        def work(tx: sqlite3.Connection, context: Context) -> Item:
            # It waits for us now, also if it was taken for a dead sender's meanwhile and had no owner any more.
            return outcomes.requeued(tx, reservation, fault, context.now, owner=context.owner)

        self._hold()
        return self._settled(work)

    def refused(self, reservation: Reservation, fault: Fault | None = None) -> Item:
        """Close an item that was provably not charged, and free its points."""
        ended = self._settled(lambda tx, context: outcomes.refused(tx, reservation, fault, context.now))
        self._memory.closed(reservation.item_id)
        return ended

    def uncertain(self, reservation: Reservation, fault: Fault | None = None) -> Item:
        """Note that the create may have been charged. Its points stay booked and it is not repeated."""
        return self._settled(lambda tx, context: outcomes.uncertain(tx, reservation, fault, context.now))

    # --- the life of a task ---

    def adopt(self, task_id: str, user_id: str, realm: str, key_fingerprint: str = "") -> Item:
        """Return the row of a task; one that this machine has never seen gets a row without a price."""
        return self._write(
            lambda tx, context: outcomes.adopt(
                tx, task_id, user_id=user_id, realm=realm, key_fingerprint=key_fingerprint, now=context.now
            )
        )

    def ready(
        self,
        item_id: str,
        urls: Sequence[str],
        *,
        cover_url: str | None = None,
        failures: Sequence[str | None] = (),
        model_id: str | None = None,
        model_name: str | None = None,
        task_type: str | None = None,
    ) -> Item:
        """Note the result of a task before its pictures are fetched.

        ``failures`` are the service's reasons for the pictures that are missing. Model and task type are
        only taken where the row does not know them.
        """

        def work(tx: sqlite3.Connection, context: Context) -> Item:
            item = self._memory.load(tx, item_id)
            found = replace(
                item,
                urls=tuple(urls),
                cover_url=cover_url or item.cover_url,
                failures=tuple(failures) or item.failures,
                model_id=item.model_id or model_id,
                model_name=item.model_name or model_name,
                task_type=item.task_type or task_type,
            )
            return outcomes.ready(tx, item, found, self._owner.id, context.now)

        return self._write(work)

    def files(self, item_id: str, files: Sequence[str], *, instead: bool = False) -> Item:
        """Note the pictures that were saved although others could not be; ``instead`` of those that are gone."""

        def work(tx: sqlite3.Connection, _: Context) -> Item:
            item = self._memory.load(tx, item_id)
            return rows.save(tx, item, replace(item, files=tuple(files) if instead else _merged(item, files)))

        return self._write(work)

    def done(
        self,
        item_id: str,
        files: Sequence[str],
        *,
        width: int | None = None,
        height: int | None = None,
        adjustments: Sequence[Adjustment] = (),
        elapsed: float | None = None,
    ) -> Item:
        """Note that the request has ended well. It stays open until somebody was told (:meth:`told`)."""

        def work(tx: sqlite3.Connection, context: Context) -> Item:
            item = self._memory.load(tx, item_id)
            found = replace(
                item,
                files=_merged(item, files),
                width=width or item.width,
                height=height or item.height,
                adjustments=tuple(dict.fromkeys((*item.adjustments, *adjustments))),
                elapsed=elapsed if item.elapsed is None else item.elapsed,
            )
            return outcomes.done(tx, item, found, context.now)

        ended = self._write(work)
        self._memory.closed(item_id)
        return ended

    def failed(self, item_id: str, fault: Fault | None = None) -> Item:
        """Note that the task ended badly. Its points count unless ``fault.charged`` is ``"no"``."""
        ended = self._write(lambda tx, context: outcomes.failed(tx, self._memory.load(tx, item_id), fault, context.now))
        self._memory.closed(item_id)
        return ended

    def told(self, item_id: str) -> bool:
        """Note that somebody was told how it ended: the same request makes a new picture from now on.

        Returns whether it was this call that closed it; what has not ended is left alone.
        """
        return self._write(lambda tx, context: outcomes.told(tx, item_id, context.now))

    def untold(self, item_id: str) -> None:
        """Open again what :meth:`told` has just closed: whoever was to hear of it has gone meanwhile."""
        self._write(lambda tx, _: tx.execute(sql.TAKE_BACK_TOLD, {"id": item_id}).rowcount)

    # --- looking back ---

    def find(self, name: str, *, realm: str | None = None) -> Item | None:
        """Return the item of a task id or item id, or of an unmistakable start or end of one.

        Raises:
            UsageFault: several fit.
        """
        return self._read(lambda tx: history.find(tx, name.strip(), realm))

    def of_realm(self, name: str, realm: str) -> Item | None:
        """Return the item of a name, for somebody who stands in ``realm``.

        The simulated service and the real one know nothing of each other's tasks.

        Raises:
            UsageFault: several fit, or the one that fits is of the other realm.
        """
        item = self.find(name, realm=realm)
        if item is None and (other := self.find(name)) is not None:
            code = "ledger.simulated_task" if other.sandbox else "ledger.real_task"
            raise UsageFault(code, phase="poll", id=other.task_id or name.strip())
        return item

    def open_items(self, *, user_id: str | None = None, realm: str | None = None) -> list[Item]:
        """Return the paid tasks that are still to be finished or told of, newest first."""
        with suppress(StorageFault):
            self._write(claims.bury)
        return self._read(lambda tx: history.to_finish(tx, user_id, realm))

    def tasks(self, filters: Filters | None = None) -> list[Item]:
        """Return the history, newest first. Dead senders are settled first, so that no state is stale."""
        # Books that can't be written can still be read.
        with suppress(StorageFault):
            self._write(claims.bury)
        return self._read(lambda tx: history.tasks(tx, filters or Filters()))

    def changes(self, item_id: str) -> list[dict[str, object]]:
        """Return every state change of an item with its time."""
        return self._read(lambda tx: history.changes(tx, item_id))

    def pictures(self, user_id: str, realm: str, *, limit: int = 50, key: str | None = None) -> list[str]:
        """Return the files of a user's finished pictures, newest first (``@last`` is the first of them).

        With the ``key`` of a request that was sent before, those that there were then.
        """
        return self._read(lambda tx: history.pictures(tx, user_id, realm, limit, key))

    def durations(
        self, model_id: str | None, size: str | None, task_type: str | None, *, realm: str = IMA, limit: int = 50
    ) -> list[float]:
        """Return how long the latest tasks of a kind took, in seconds, newest first."""
        return self._read(lambda tx: history.durations(tx, model_id, size, task_type, realm=realm, limit=limit))

    def costs(
        self,
        by: Sequence[Group] = ("day",),
        *,
        realm: str = IMA,
        user_id: str | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> list[Cost]:
        """Add up what was spent by ``"day"``, ``"user"`` and ``"model"``, in any combination."""
        zone = self.time_zone(realm).tz
        return self._read(
            lambda tx: history.costs(tx, by, realm=realm, user_id=user_id, since=since, until=until, zone=zone)
        )

    def forget(self, filters: Filters | None = None, *, ids: Sequence[str] | None = None) -> int:
        """Remove prompts, references, file names and foreign texts of items that have ended; keep the books.

        Returns how many items were changed. The bytes are gone from the file as well, unless another
        process reads it at this moment.
        """

        def work(tx: sqlite3.Connection, context: Context) -> int:
            meant = history.tasks(tx, filters or Filters()) if ids is None else [rows.load(tx, one) for one in ids]
            plans.forget(tx, meant, (filters or Filters()) if ids is None else None, context.now)
            return history.forget(tx, meant)

        changed = self._write(work)
        self.database.scrub()
        return changed

    def settle(self, item_id: str, *, charged: bool) -> Item:
        """Enter what a person looked up: whether an uncertain or failed item was charged.

        Raises:
            UsageFault: there is nothing to settle about it.
        """
        return self._write(
            lambda tx, context: outcomes.settled(tx, rows.load(tx, item_id), charged=charged, now=context.now)
        )

    # --- batches ---

    def batch_set(self, batch: Batch) -> BatchStanding:
        """Write a batch down, or give one that is there another budget and pace; its spending stays."""
        return self._write(lambda tx, _: batches.set_(tx, batch))

    def batch(self, batch_id: str) -> BatchStanding | None:
        """Return how a batch stands, if there is one of that name. Quick however many rows it has."""
        return self._read(lambda tx: batches.standing(tx, batch_id))

    def batch_items(self, batch_id: str) -> list[Item]:
        """Return the items of a batch's rows, in no order. Dead senders are settled first."""
        with suppress(StorageFault):
            self._write(claims.bury)
        return self._read(lambda tx: batches.items(tx, batch_id))

    def batch_file(self, file: str) -> str | None:
        """Return the batch that a file is known as; ``file`` is a digest of its path, or a batch's own id."""
        return self._read(lambda tx: batches.of_file(tx, file))

    def batch_file_set(self, file: str, batch_id: str, path: str | None) -> None:
        """Note which batch a file is."""
        values = {"file": file, "batch_id": batch_id, "path": path}
        self._write(lambda tx, _: tx.execute(sql.SET_BATCH_FILE, values).rowcount)

    def batch_twins(self, realm: str, user_id: str, row_ids: Sequence[str]) -> list[Twin]:
        """Return the batches that have rows of the same ids, the newest first."""
        return self._read(lambda tx: batches.twins(tx, realm, user_id, row_ids))

    # --- the file ---

    def check(self) -> None:
        """Let SQLite look for damage (``doctor``)."""
        self.database.check()

    def close(self) -> None:
        """Close the file. Whatever this ledger was still sending is uncertain from now on."""
        self.database.close()
        self._owner.release()

    def __enter__(self) -> Self:
        """Return the ledger; the file is opened at the first use."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _hold(self) -> None:
        try:
            self._owner.hold()
        except OSError as error:
            raise storage_fault(error, self._alive) from error

    def _settled(self, work: Callable[[sqlite3.Connection, Context], T]) -> T:
        """Book what became of a create. If that fails nobody may wait for its sender, however long we live."""
        try:
            return self._write(work)
        except StorageFault:
            self._lost()
            raise

    def _lost(self) -> None:
        """Be somebody else: what was under way turns uncertain at the next look, and a late answer mends it."""
        self._owner.release()

    def _write(self, work: Callable[[sqlite3.Connection, Context], T]) -> T:
        if not self.database.sharing:
            self._memory.take_in(self._write)

        def with_context(tx: sqlite3.Connection) -> T:
            return work(
                tx,
                Context(
                    now=self._clock.time(),
                    zone=self._zone,
                    owner=self._owner.id,
                    lives=lambda owner: is_alive(self._alive, owner),
                    monotonic=self._clock.monotonic(),
                ),
            )

        return self.database.write(with_context)

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if not self.database.sharing:
            self._memory.take_in(self._write)
        return self.database.read(work)

    def _reservation(self, booked: claims.Booked) -> Reservation:
        # Where a rate must hold, its second began when it was booked; elsewhere a slow disk harms nobody, and
        # within a shared commit the moment is filled in after it.
        late = math.inf if self.database.sharing else self.moment
        claimed_at = booked.at if booked.paced else late
        item = booked.item
        return Reservation(item_id=item.id, attempt=item.attempt, credit=item.credit or 0, claimed_at=claimed_at)


def _standing(found: Standing | Fault) -> Standing:
    if isinstance(found, Fault):
        raise found
    return found


def _merged(item: Item, files: Sequence[str]) -> tuple[str, ...]:
    """Return all files of an item: two runs that joined one task each save their own."""
    return tuple(dict.fromkeys((*item.files, *files)))
