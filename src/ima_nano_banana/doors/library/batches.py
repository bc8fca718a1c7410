"""``client.batch``: many pictures from a file or from rows, quoted as a whole and spent as agreed."""

from __future__ import annotations

import asyncio
import math
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from ima_nano_banana import words
from ima_nano_banana.batch import offer as offers
from ima_nano_banana.batch import order, session
from ima_nano_banana.batch.model import RowsFault
from ima_nano_banana.domain.events import Failed, Interrupted, Succeeded
from ima_nano_banana.doors import messages
from ima_nano_banana.doors.library import arguments
from ima_nano_banana.doors.library.arguments import UNSET, Unset
from ima_nano_banana.doors.library.made import Made, made
from ima_nano_banana.doors.library.telling import Teller
from ima_nano_banana.errors import InterruptedFault, UsageFault
from ima_nano_banana.ledger import is_shared
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ima_nano_banana.assembly import Parts
    from ima_nano_banana.batch.model import BatchQuote, LineFault, Outcome, Row, Summary
    from ima_nano_banana.batch.model import State as RowState
    from ima_nano_banana.batch.offer import BatchOffer
    from ima_nano_banana.batch.order import Order, Source
    from ima_nano_banana.batch.session import Ended, Share
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Wish
    from ima_nano_banana.engine import Engine, How
    from ima_nano_banana.errors import Charged, Fault
    from ima_nano_banana.words import Language

    Rows = str | os.PathLike[str] | Iterable[Mapping[str, object] | str]
    RowHeard = Callable[["RowEvent"], object]

_MOST_NOTES = 20
"""So many faults of rows are named in a traceback; ``faults`` has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEvent:
    """What happened to a row: its id, its line (or place, from 1), and the event as of a single request."""

    row: str
    line: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """How a row stands.

    Attributes:
        id: Its name: as told, else made of its content.
        line: Its line in the file, or its place among the rows, from 1.
        state: ``"done"``, ``"partial"``, ``"failed"``, ``"uncertain"``, ``"running"`` or ``"waiting"``.
        result: Its pictures, if there are any.
        fault: Why it is not done.
        charged: Whether points were taken for it: ``"no"``, ``"yes"`` or ``"unknown"``.
    """

    id: str
    line: int
    state: RowState
    result: Made | None
    fault: Fault | None
    charged: Charged


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """How a batch ended.

    Attributes:
        id: Its name in the books; ``name=`` takes it too.
        rows: Every row, in the order of the file.
        credit: Points spent so far, over all runs; uncertain ones count.
        credit_left: Points left of the budget.
        stopped: Why no further row was sent, if something stopped the batch.
        fault: What is missing, if not every row is done; :meth:`check` raises it.
        folder: Where the pictures are.
    """

    id: str
    rows: tuple[RowResult, ...]
    credit: int
    credit_left: int | None
    stopped: Fault | None
    fault: Fault | None
    folder: Path

    @property
    def complete(self) -> bool:
        """Tell whether every row is done."""
        return all(row.state == "done" for row in self.rows)

    def check(self) -> BatchResult:
        """Return the same if every row is done.

        Raises:
            PartialFault: some are not.
        """
        if self.fault is not None:
            raise self.fault
        return self


class AsyncQuotedBatch:
    """A batch that was looked at and priced. Nothing is spent before :meth:`run`, and then what was quoted.

    Attributes:
        id: Its name in the books.
        quote: What is still to be paid for: ``rows``, ``pictures``, ``credit``, ``seconds`` and ``lines``.
        done_before: How many rows earlier runs finished.
    """

    def __init__(self, client: Batching, offer: BatchOffer, *, yes: bool) -> None:
        self._client = client
        self._offer = offer
        self._yes = yes
        self.id: str = offer.batch_id
        self.quote: BatchQuote = offer.quote
        self.done_before: int = offer.done_before

    async def run(self, *, on_event: RowHeard | None = None) -> BatchResult:
        """Agree to the quote and make what is due; see :meth:`AsyncClient.batch`."""
        return await self._client.run_batch(self._offer, on_event, yes=True)

    async def as_told(self, *, on_event: RowHeard | None = None) -> BatchResult:
        """Make what is due if a budget was told.

        Raises:
            UsageFault: there is none, and so nobody has agreed.
        """
        return await self._client.run_batch(self._offer, on_event, yes=self._yes)


class Batching:
    """The batches of a client."""

    language: Language | None
    _env: Mapping[str, str]
    _user: str
    _wish: Wish
    _how: How
    _warned = False

    if TYPE_CHECKING:

        def _opened(self) -> tuple[Engine, Parts]: ...

        def _speaking(self, prompt: object) -> AbstractContextManager[None]: ...

        def _manner(self, told: Mapping[str, object]) -> How: ...

        @property
        def _realm(self) -> str: ...

    async def batch(
        self,
        rows: Rows,
        *,
        name: str | None = None,
        model: str | None = None,
        size: str | int | None = None,
        aspect_ratio: str | tuple[int, int] | None = None,
        count: int | None = None,
        max_credits: float | None = None,
        concurrency: int | None = None,
        rate: str | tuple[int, float] | None = None,
        retry_failed: bool = False,
        again: bool = False,
        keep_size: bool | None = None,
        keep_metadata: bool | None = None,
        download: bool | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | Unset | None = UNSET,
        encoding: str | None = None,
        on_event: RowHeard | None = None,
    ) -> BatchResult:
        """Make every row of a file, or of mappings with the columns of one; the same rows continue.

        Args:
            rows: A path, or rows: mappings with ``prompt``, ``id``, ``images``, ``model``, ``size``,
                ``aspect_ratio``, ``count``, ``output``, ``user``, ``idempotency_key``; a text alone is a prompt.
            name: What the batch is called in the books, to continue it from elsewhere or with more rows. A file is
                known by its path, and rows by their content.
            model: What rows take that say nothing; so are ``size``, ``aspect_ratio`` and ``count``.
            size: As there.
            aspect_ratio: As there.
            count: As there.
            max_credits: The budget over all runs of the batch, which is what agrees to the price;
                ``math.inf`` agrees to whatever is quoted.
            concurrency: How many tasks at once.
            rate: At most so many creates in a period, as ``"20/minute"`` or ``(20, 60)``.
            retry_failed: Pay for rows that failed once more.
            again: Pay for rows of unknown outcome once more.
            keep_size: Fail rather than step down to a smaller size.
            keep_metadata: Upload input pictures with their EXIF, which may name a place.
            download: Save the pictures.
            output_dir: Where to; by default a folder of its own.
            timeout: Seconds to follow each task after it was created.
            encoding: That of the file, if it can't be told.
            on_event: Receives a :class:`RowEvent` for every event of every row.

        Raises:
            RowsFault: rows that don't hold together (a :class:`UsageFault`); nothing was sent.
            UsageFault: nobody agreed to the price, or the rows were paid for as another batch.
        """
        quoted = await self.batch_quote(**_but(locals(), "self", "on_event"))
        return await quoted.as_told(on_event=on_event)

    async def batch_quote(
        self,
        rows: Rows,
        *,
        name: str | None = None,
        model: str | None = None,
        size: str | int | None = None,
        aspect_ratio: str | tuple[int, int] | None = None,
        count: int | None = None,
        max_credits: float | None = None,
        concurrency: int | None = None,
        rate: str | tuple[int, float] | None = None,
        retry_failed: bool = False,
        again: bool = False,
        keep_size: bool | None = None,
        keep_metadata: bool | None = None,
        download: bool | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | Unset | None = UNSET,
        encoding: str | None = None,
    ) -> AsyncQuotedBatch:
        """Check and price every row of :meth:`batch`; nothing is sent before ``run()`` of what is returned."""
        with self._speaking(None):
            told = self._order(locals())
            _, parts = self._opened()
            try:
                offer = await offers.offer(parts.ports(), told)
                if offer.faults:
                    raise RowsFault(offer.faults)
            except RowsFault as fault:
                self._name_rows(fault)
                raise
            return AsyncQuotedBatch(self, offer, yes=max_credits == math.inf)

    async def _warn_of_idle_limits(self) -> None:
        """Warn once of limits in this machine's own ledger, which hold nothing in the one that is spent from."""
        books = paths.books(self._env)
        if self._warned or not is_shared(books):
            return
        self._warned = True
        from ima_nano_banana.ledger.elsewhere import idle_beside

        own = paths.ledger_file(paths.state_root(self._env))
        if idle := await idle_beside(self._opened()[1].ledger(), own, realm=self._realm):
            told = words.text("cluster.idle_limits", self.language or "en", limits=idle)
            warnings.warn(told, stacklevel=2)

    def _name_rows(self, fault: RowsFault) -> None:
        """Give every fault of a row its sentences, and name the first of them where a traceback shows it."""
        language = self.language or "en"
        for one in fault.faults:
            _spoken(one.fault, language)
        for one in fault.faults[:_MOST_NOTES]:
            fault.add_note(_line(one, language))

    async def run_batch(self, offer: BatchOffer, on_event: RowHeard | None, *, yes: bool) -> BatchResult:
        """Make what was offered, and wait for it; whoever stops waiting stops it, and the same rows continue."""
        with self._speaking(None):
            heard = arguments.called("on_event", on_event)
            _agreed(offer, yes=yes)
            _, parts = self._opened()
            await self._warn_of_idle_limits()
            voice = _Listening(self.language)
            running = parts.going.helped(
                asyncio.create_task(session.run(parts.ports(), offer, voice, yes=yes, share=_sharing(self._env)))
            )
            voice.teller = Teller(heard, running)
            ended = await _awaited(running, voice.teller)
            return _result(offer, ended, self.language or "en")

    def _order(self, told: Mapping[str, Any]) -> Order:
        """Understand every argument, before anything is asked of anybody."""
        how = self._manner(told)
        wish = replace(
            self._wish,
            model=arguments.text("model", told["model"]) or self._wish.model,
            size=arguments.word("size", told["size"]) or self._wish.size,
            aspect_ratio=arguments.ratio("aspect_ratio", told["aspect_ratio"]) or self._wish.aspect_ratio,
            count=arguments.whole("count", told["count"], 1) or self._wish.count,
            language=self.language,
            user_id=self._user,
        )
        return order.Order(
            source=_source(told["rows"], arguments.text("encoding", told["encoding"])),
            defaults=wish,
            how=how,
            name=arguments.text("name", told["name"]),
            folder=how.output_dir,
            concurrency=arguments.whole("concurrency", told["concurrency"], 1) or order.CONCURRENCY,
            rate=_rate(told["rate"]),
            max_credits=how.max_credits,
            retry_failed=arguments.switch("retry_failed", told["retry_failed"]),
            shared=_sharing(self._env) is not None,
        )


class _Listening:
    """Tells a program's callback what the rows do."""

    every = 3600.0
    """Nobody is told how it all stands."""

    def __init__(self, language: Language | None) -> None:
        self.teller: Teller[RowEvent] | None = None
        self._language = language

    def short(self, left: int) -> None:
        """Say nothing: ``credit_left`` of the result tells."""

    def begins(self) -> None:
        """Leave no files beside the pictures."""

    def event(self, row: Row, event: Event) -> None:
        """Tell an event; the last one comes with the outcome."""
        if not isinstance(event, (Succeeded, Failed, Interrupted)):
            self._tell(row, event)

    def ended(self, row: Row, outcome: Outcome) -> None:
        """Tell how a row ended."""
        if outcome.fault is not None:
            fault = _spoken(outcome.fault, self._language or row.request.language)
            self._tell(row, Failed(fault=fault))
        elif outcome.result is not None:
            self._tell(row, Succeeded(result=made(outcome.result)))

    def _tell(self, row: Row, event: Event) -> None:
        teller = self.teller
        if teller is None or teller.error is not None:
            return
        try:
            teller(RowEvent(row=row.id, line=row.line, event=event))
        except Exception:
            teller.give_up()
            raise asyncio.CancelledError from None  # the row goes no further; its task, if there is one, stays open

    def frozen(self, fault: Fault | None) -> None:
        """Say nothing: the call waits."""

    def progress(self, summary: Summary) -> None:
        """Say nothing."""

    def silent(self) -> None:
        """Say nothing."""


async def _awaited(running: asyncio.Task[Ended | None], teller: Teller[RowEvent]) -> Ended:
    """Wait for the end of a batch; a stop from outside is one only after the books are closed.

    Raises:
        CancelledError: somebody stopped it.
        Exception: what the callback raised.
    """
    try:
        ended = await running
        stopped = ended is None or ended.interrupted
    except asyncio.CancelledError:
        ended, stopped = None, True
    except BaseException:
        teller.stop()
        raise
    if not stopped:
        await teller.told()
    if teller.error is not None:
        raise teller.error
    if ended is None or stopped:
        teller.stop()
        _stop(ended)
    return ended


def _stop(ended: Ended | None) -> NoReturn:
    charged: Charged = "no" if ended is None else ended.charged
    raise asyncio.CancelledError from InterruptedFault("batch.call_stopped", charged=charged, retryable=True)


def _agreed(offer: BatchOffer, *, yes: bool) -> None:
    """Say in a program's words why nothing begins."""
    if not offer.faults and offer.twin is not None:
        raise UsageFault("batch.twin_rows", where=offer.twin_place, id=offer.twin.batch_id)
    if not offer.faults and not offer.is_agreed(yes=yes):
        raise UsageFault("batch.no_agreement", credit=offer.quote.credit)


def _source(told: object, encoding: str | None) -> Source:
    if isinstance(told, (str, os.PathLike)):
        return order.file_source(os.fsdecode(told), encoding)
    if not isinstance(told, Iterable) or isinstance(told, (bytes, bytearray, Mapping)):
        raise UsageFault("library.rows", name="rows", given=arguments.shown(told))
    return order.rows_source(told)


def _rate(told: object) -> tuple[int, float] | None:
    if isinstance(told, (tuple, list)) and len(told) == 2:
        count, period = arguments.whole("rate", told[0], 1), arguments.seconds("rate", told[1])
        return None if count is None or math.isinf(period) else (count, period)
    return order.rate_of(arguments.text("rate", told))


def _sharing(env: Mapping[str, str]) -> Share | None:
    from ima_nano_banana.cluster.share import sharing

    return sharing(env)


def _result(offer: BatchOffer, ended: Ended, language: Language) -> BatchResult:
    summary, fault = ended.summary, ended.fault()
    return BatchResult(
        id=offer.batch_id,
        rows=tuple(_row(row, ended.outcomes[row.id], language) for row in offer.rows),
        credit=summary.committed,
        credit_left=summary.left,
        stopped=None if summary.stopped is None else _spoken(summary.stopped, language),
        fault=None if fault is None else _spoken(fault, language),
        folder=offer.folder,
    )


def _row(row: Row, outcome: Outcome, language: Language) -> RowResult:
    return RowResult(
        id=row.id,
        line=row.line,
        state=outcome.state,
        result=None if outcome.result is None else made(outcome.result),
        fault=None if outcome.fault is None else _spoken(outcome.fault, language),
        charged=outcome.charged,
    )


def _spoken(fault: Fault, language: Language) -> Fault:
    fault.say(messages.reason(fault, language), messages.suggestion(fault, language))
    fault.result = None if fault.result is None else made(fault.result)
    return fault


def _line(one: LineFault, language: Language) -> str:
    key = "batch.fault_line" if one.row is None else "batch.fault_row"
    return words.text(key, language, line=one.line, row=one.row, reason=messages.reason(one.fault, language))


def _but(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}
