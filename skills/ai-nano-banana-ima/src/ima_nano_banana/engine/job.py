"""One paid (or about to be paid) piece of work, whether this run pays for it or joins it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from ima_nano_banana.domain.events import Started
from ima_nano_banana.domain.model import Bought, Result
from ima_nano_banana.domain.schedule import expected_seconds

if TYPE_CHECKING:
    from pathlib import Path

    from ima_nano_banana.domain.model import Adjustment, Note, Quote, Request, Reservation
    from ima_nano_banana.ledger.model import Item
    from ima_nano_banana.words import Language


_BOUGHT = tuple(one.name for one in fields(Bought))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Bought):
    """What is known of the work."""

    item_id: str
    task_id: str | None
    user_id: str
    language: Language
    prompt: str = ""
    eet: tuple[float, float] | None = None
    urls: tuple[str, ...] = ()
    age: float = 0.0
    """Seconds since the task was created, when it is not this run that created it."""
    joined: bool = False
    vouched: bool = True
    """The id comes from a create of ours, so the service must know it."""
    failures: tuple[str | None, ...] = ()
    cover_url: str | None = None
    foreign: bool = False
    """It was paid with another key than the present one: of the same account, or of one that can't see it."""
    replayed: bool = False
    """The caller's key was used before, and this is how its request ended."""
    ended: Item | None = None
    """The row of a request that has ended, so that its end is only to be handed over."""
    folder: Path | None = None
    """Where its pictures were ordered to, if they are to go there."""
    unbooked: Reservation | None = None
    """The create of this run, if its task id could not be written down yet."""
    notes: tuple[str | Note, ...] = ()

    @property
    def task(self) -> str:
        """Return the task id of work that is paid for.

        Raises:
            RuntimeError: nothing was paid for yet; a defect of ours.
        """
        if self.task_id is None:
            raise RuntimeError("the task is not created yet")
        return self.task_id

    @property
    def expected(self) -> tuple[int, int]:
        """Return the typical seconds of the model, for texts and results."""
        return expected_seconds(self.model_id)

    def repriced(self, quote: Quote) -> Job:
        """Return the same work at the price of a refreshed list."""
        offer = quote.offer
        return replace(
            self,
            credit=quote.credit,
            model_name=offer.name,
            version_id=offer.version_id,
            size=quote.size,
            eet=offer.eet,
        )

    def stepped(self, quote: Quote, adjustment: Adjustment) -> Job:
        """Return the same work at another size and price."""
        return replace(
            self,
            size=quote.size,
            credit=quote.credit,
            adjustments=(*self.adjustments, adjustment),
        )

    def started(self) -> Started:
        """Return the event of step 1."""
        return Started(
            task_type=self.task_type,
            model_name=self.model_name or self.model_id,
            size=self.size,
            aspect_ratio=self.aspect_ratio,
            count=self.count,
            credit=self.credit,
            expected_seconds=self.expected,
            joined=self.joined,
            ended=self.ended is not None,
        )


def new_job(item_id: str, request: Request, quote: Quote) -> Job:
    """Return the work of a request that this run pays for."""
    return Job(
        item_id=item_id,
        task_id=None,
        user_id=request.user_id,
        language=request.language,
        prompt=request.prompt,
        task_type=request.task_type,
        model_id=request.model_id,
        model_name=quote.offer.name,
        version_id=quote.offer.version_id,
        size=quote.size,
        aspect_ratio=quote.aspect_ratio,
        count=quote.count,
        credit=quote.credit,
        requested=request.requested,
        adjustments=quote.adjustments,
        eet=quote.offer.eet,
    )


def job_of(
    item: Item,
    language: Language,
    now: float,
    eet: tuple[float, float] | None = None,
    key: str | None = None,
    *,
    replayed: bool = False,
) -> Job:
    """Return the work that an earlier run paid for, as the ledger knows it.

    ``eet`` is the live expected time, if the product list is at hand; the ledger does not keep it. ``key`` is the
    fingerprint of the present key.
    """
    return Job(
        item_id=item.id,
        task_id=item.task_id,
        user_id=item.user_id,
        language=language,
        prompt=item.prompt or "",
        **_bought(item),
        urls=item.urls,
        failures=item.failures,
        cover_url=item.cover_url,
        vouched=item.vouched,
        eet=eet,
        age=max(0.0, now - item.created_at),
        joined=True,
        foreign=key is not None and item.key_fingerprint not in ("", key),
        ended=item if item.ended else None,
        replayed=replayed,
    )


def _bought(one: Job | Item) -> dict[str, Any]:
    """Return what is made, by the names that a row of the books, the work and its result share."""
    found = {name: getattr(one, name) for name in _BOUGHT}
    return {**found, "count": one.count or 1}


def unknown_job(task_id: str, user_id: str, language: Language, eet: tuple[float, float] | None = None) -> Job:
    """Return a task that nobody vouches for; it comes into the books only once the service has shown it."""
    return Job(item_id="", task_id=task_id, user_id=user_id, language=language, eet=eet, joined=True, vouched=False)


def result_of(job: Job, *, urls: tuple[str, ...], cover_url: str | None, elapsed: float, sandbox: bool) -> Result:
    """Return the result before anything is downloaded."""
    return Result(
        task_id=job.task,
        urls=urls,
        files=(),
        cover_url=cover_url,
        **_bought(job),
        width=None,
        height=None,
        expected_seconds=job.expected,
        elapsed_seconds=elapsed,
        sandbox=sandbox,
        language=job.language,
        notes=job.notes,
    )


def folder_of(item: Item) -> Path | None:
    """Return where a task's pictures were ordered to, if that folder is still there (and on this machine)."""
    from pathlib import Path

    folder = Path(item.folder) if item.folder else None
    return folder if folder is not None and folder.is_dir() else None
