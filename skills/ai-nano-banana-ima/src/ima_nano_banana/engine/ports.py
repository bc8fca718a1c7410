"""What the engine is given: its outside world, and how a run should behave."""

from __future__ import annotations

import asyncio
import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from ima_nano_banana.clock import Clock, SystemClock
from ima_nano_banana.domain.realm import realm_of
from ima_nano_banana.domain.task import FOLLOW_SECONDS
from ima_nano_banana.engine.going import Going

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Adjustment, Quote, Reservation, TaskView
    from ima_nano_banana.errors import Charged, Fault, Phase
    from ima_nano_banana.ledger import Ask, AsyncLedger, Item, Plan, Standing
    from ima_nano_banana.ledger.model import Named
    from ima_nano_banana.service import FetchInfo

    Emit = Callable[[Event], None]

FaultT = TypeVar("FaultT", bound="Fault")

CREATES_AT_ONCE = 16
"""Claims that one process holds at a time. A claim ages, so whoever would wait for a connection waits before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How one run should behave; nothing here changes which picture is meant.

    Attributes:
        max_credits: Refuse when the quoted price of all pictures is above this many points.
        asks: Above them somebody is to be asked, and no limit is meant.
        keep_size: Never step down to a smaller size after a refusal.
        again: The caller wants a second, separately charged run of an identical request.
        download: Save the pictures; otherwise the URLs are the result.
        output_dir: Where pictures are saved; ``None`` is the default folder.
        timeout: Seconds to follow a task after it was created.
        remember_model: Store this model as the user's preference once the picture is there.
        no_spend: Quote and look, but never send a create.
        agreed: The quote that somebody agreed to; what it says is bought, whatever the list's defaults are by then.
        keep_metadata: Upload input pictures with their EXIF and all else that is no part of the picture.
        plan: The plan that is to be spent, and nothing else.
        wait_approval: Seconds to wait for somebody who approves, if that is needed.
        stem: File name of the pictures without a suffix; ``None`` makes one of prompt and task id.
    """

    max_credits: int | None = None
    asks: bool = False
    keep_size: bool = False
    again: bool = False
    download: bool = True
    output_dir: Path | None = None
    timeout: float = FOLLOW_SECONDS
    remember_model: bool = False
    no_spend: bool = False
    stem: str | None = None
    agreed: Quote | None = None
    keep_metadata: bool = False
    plan: Plan | None = None
    wait_approval: float = 0.0


class ServicePort(Protocol):
    """What the engine asks of the service; :class:`ima_nano_banana.service.Service` says what each means."""

    async def products(self, task_type: str, /) -> list[object]: ...

    async def create(
        self, reservation: Reservation, quote: Quote, prompt: str, image_urls: Sequence[str], /
    ) -> str: ...

    async def detail(self, task_id: str, /) -> TaskView: ...

    async def upload(self, data: bytes | Path, content_type: str, suffix: str, /) -> str: ...

    async def fetch(self, url: str, sink: Callable[[bytes], object], *, offset: int = 0) -> FetchInfo: ...


class LedgerPort(Protocol):
    """What the engine asks of the books; :class:`ima_nano_banana.ledger.Ledger` says what each means."""

    async def named(self, named: Named, /) -> Standing | None: ...

    async def peek(self, ask: Ask, /) -> Standing: ...

    async def reserve(self, ask: Ask, /) -> Reservation | Standing: ...

    async def further(self, reservation: Reservation, quote: Quote, /) -> Reservation: ...

    async def may_refuse(self, user_id: str, /, *, realm: str) -> bool: ...

    async def propose(self, draft: Plan, /) -> Plan: ...

    async def plan(self, name: str, /, *, realm: str) -> Plan | None: ...

    async def has_open(self, subject: str, /) -> bool: ...

    async def created(self, reservation: Reservation, task_id: str, /) -> Item: ...

    async def requeue(self, reservation: Reservation, fault: Fault | None = None, /) -> Item: ...

    async def refused(self, reservation: Reservation, fault: Fault | None = None, /) -> Item: ...

    async def uncertain(self, reservation: Reservation, fault: Fault | None = None, /) -> Item: ...

    async def adopt(self, task_id: str, user_id: str, realm: str, /) -> Item: ...

    async def ready(
        self,
        item_id: str,
        urls: Sequence[str],
        /,
        *,
        cover_url: str | None = None,
        failures: Sequence[str | None] = (),
        model_id: str | None = None,
        model_name: str | None = None,
        task_type: str | None = None,
    ) -> Item: ...

    async def files(self, item_id: str, files: Sequence[str], /, *, instead: bool = False) -> Item: ...

    async def done(
        self,
        item_id: str,
        files: Sequence[str],
        /,
        *,
        width: int | None = None,
        height: int | None = None,
        adjustments: Sequence[Adjustment] = (),
        elapsed: float | None = None,
    ) -> Item: ...

    async def failed(self, item_id: str, fault: Fault | None = None, /) -> Item: ...

    async def told(self, item_id: str, /) -> bool: ...

    async def untold(self, item_id: str, /) -> None: ...

    async def of_realm(self, name: str, realm: str, /) -> Item | None: ...

    async def durations(
        self, model_id: str | None, size: str | None, task_type: str | None, /, *, realm: str
    ) -> list[float]: ...

    async def open_items(self, *, user_id: str | None = None, realm: str | None = None) -> list[Item]: ...


LedgerT_co = TypeVar("LedgerT_co", covariant=True)


@dataclass(slots=True, kw_only=True)
class PortsTo(Generic[LedgerT_co]):
    """The engine's outside world, made by :mod:`ima_nano_banana.assembly`.

    ``key``, ``service`` and ``books`` are called when they are first needed, so that a run which fails on its
    flags asks no keyring, loads no HTTP client and opens no ledger.
    """

    key: Callable[[], str]
    service: Callable[[], ServicePort]
    books: Callable[[], LedgerT_co]
    root: Path
    default_folder: Path | None
    cwd: Path | None
    """``None``: the current folder is gone; whoever needs none does not mind."""
    sandbox: bool = False
    sender: str | None = None
    """Who wrote in the chat, where the host names one: nobody else's tasks are made or fetched."""
    door: str = "library"
    """Which door the orders of this engine come through, for the books."""
    clock: Clock = field(default_factory=SystemClock)
    random: Callable[[], float] = random.random
    pace: tuple[float, float] | None = None
    """Seconds that every task of this service takes, where that is known without its list (the sandbox)."""
    following: int = 0
    """Tasks that this engine follows at this moment."""
    going: Going = field(default_factory=Going)
    creating: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CREATES_AT_ONCE))

    def is_strange(self, user_id: str) -> bool:
        """Tell whether this user is another one than the sender that the host names."""
        return self.sender not in (None, user_id)

    def jitter(self) -> float:
        """Return what spreads the looks of many tasks; one alone has nobody to be spread from."""
        return self.random() if self.following > 1 else 0.0

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Count one more task that is followed."""
        self.following += 1
        try:
            yield
        finally:
            self.following -= 1

    @property
    def ledger(self) -> LedgerT_co:
        """Return the one ledger of this engine."""
        return self.books()

    @property
    def realm(self) -> str:
        """Return which books a spend belongs to; simulated points never count against real limits."""
        return realm_of(sandbox=self.sandbox)


if TYPE_CHECKING:
    Ports = PortsTo[AsyncLedger]
    """With the whole ledger behind it, as programs are put together."""
else:
    Ports = PortsTo

EnginePorts = PortsTo[LedgerPort]
"""As the engine knows them: whoever keeps these promises may stand in for the books and the service."""


@dataclass(slots=True)
class Trace:
    """Where a run is, for whoever interrupts it or finds a defect in it."""

    phase: Phase = "validate"
    charged: Charged = "no"
    task_id: str | None = None
    acknowledged: bool = False
    item_id: str | None = None
    """The row of the request in the books, once there is one."""
    at_its_end: bool = True
    """What is told is how the request ended, and not that this run looks no longer."""

    def known(self, fault: FaultT) -> FaultT:
        """Return a fault that does not know how far the run had come, with what is known of it."""
        return fault.moved(phase=self.phase, charged=self.charged, task_id=self.task_id)
