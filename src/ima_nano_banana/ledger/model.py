"""The nouns of the ledger: what is asked of it, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ima_nano_banana.domain.realm import SANDBOX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from ima_nano_banana.domain.model import Adjustment, Quote, Request, Requested
    from ima_nano_banana.domain.periods import Period
    from ima_nano_banana.domain.task import State

Scope = str
"""``"all"``, ``"each-user"`` or ``"user:<id>"``."""

ALL = "all"
EACH_USER = "each-user"
USER_PREFIX = "user:"

QUARTER_SECONDS = 900
"""The grain of the sums that limits are judged by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A request that its caller gave a name to.

    Attributes:
        realm: As for :class:`Ask`, and so is ``user_id``: a key is one of a user, whichever API key pays.
        key: The caller's name for it.
        digest: Of the whole request as it was told.
        fields: The digest of each field, to tell which one differs.
    """

    realm: str
    user_id: str
    key: str
    digest: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A priced request that wants to be paid for.

    Attributes:
        identity: Digest of everything that makes two requests the same (interface, section 8).
        subject: The identity without size and ratio, known before the price list is.
        realm: ``"ima"`` or ``"sandbox"``; simulated points never count against real ones.
        user_id: Whose books and limits apply.
        key_fingerprint: Which account pays; never the key itself.
        request: What was asked.
        quote: What it costs.
        input_hashes: Digests of the input pictures, in order.
        again: A second, separately charged run is wanted beside an open or uncertain one.
        batch_id: The batch that it is a row of, and ``row_id`` which; such a request is known by its row.
        retry: A row that failed may be paid for once more.
        named: The caller's key, if there is one; it is looked up before anything else.
        former: The identity that an older program gave the same request, by the fingerprint of the key it used.
        folder: Where its pictures are ordered to, and ``door`` which door the order came through.
        terms: Digest of all that decides what is bought and what it costs; a plan is approved for these.
        plan_id: The plan that is to be spent, if one was named.
    """

    identity: str
    subject: str
    realm: str
    user_id: str
    key_fingerprint: str
    request: Request
    quote: Quote
    input_hashes: tuple[str, ...] = ()
    again: bool = False
    batch_id: str | None = None
    row_id: str | None = None
    retry: bool = False
    folder: str | None = None
    door: str | None = None
    named: Named | None = None
    terms: str = ""
    plan_id: str | None = None
    former: Callable[[str], str] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One request in the books. ``None`` is "not known".

    Attributes:
        id: The ledger's own name for it; it exists before any task id does.
        owner: The living process that sends it, or that created the task.
        step: Counts the state changes.
        attempt: Counts the claims of this item; a late answer is matched by it.
        credit: Points that were quoted for all pictures.
        committed: Points that count against the limits now.
        spent_at: When these points were booked (Unix seconds).
        task_at: When the task id became known.
        seconds: How long the task took, where the process that created it saw it end.
        acknowledged_at: When somebody said ``--again`` over its unknown outcome.
        fault: What ended it: ``kind``, ``code``, ``phase``, ``charged`` and the text's parameters.
        failures: The service's own reason for each picture that was not made.
        batch_id: The batch it belongs to, and ``row_id`` its row there.
        told_at: When somebody was told how it ended; until then the same request is handed that end.
        folder: Where its pictures were ordered to; ``None`` is the default folder.
        door: Which door the order came through: ``script``, ``command``, ``library``, ``mcp``, ``batch``, ``worker``.
        idempotency_key: The caller's own name for the request.
        elapsed: The seconds that its result was told to have taken.
    """

    id: str
    realm: str
    user_id: str
    key_fingerprint: str
    identity: str
    subject: str
    state: State
    created_at: float
    state_at: float
    step: int = 0
    attempt: int = 0
    owner: str | None = None
    task_id: str | None = None
    task_type: str | None = None
    model_id: str | None = None
    model_name: str | None = None
    version_id: str | None = None
    size: str | None = None
    aspect_ratio: str | None = None
    count: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[tuple[str, str], ...] = ()
    prompt: str | None = None
    images: tuple[str, ...] = ()
    input_hashes: tuple[str, ...] = ()
    language: str | None = None
    requested: Requested | None = None
    adjustments: tuple[Adjustment, ...] = ()
    credit: int | None = None
    committed: int = 0
    spent_at: float | None = None
    task_at: float | None = None
    urls: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    cover_url: str | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    failures: tuple[str | None, ...] = ()
    fault: Mapping[str, object] | None = None
    acknowledged_at: float | None = None
    batch_id: str | None = None
    row_id: str | None = None
    told_at: float | None = None
    folder: str | None = None
    door: str | None = None
    idempotency_key: str | None = None
    elapsed: float | None = None

    @property
    def sandbox(self) -> bool:
        """Tell whether only simulated points are at stake."""
        return self.realm == SANDBOX

    @property
    def account(self) -> str:
        """Return the name of the service account that pays, as attempts are kept under it."""
        return f"{self.realm}:{self.key_fingerprint}"

    @property
    def ended(self) -> bool:
        """Tell whether it is known how it ended; it is closed only once somebody was told."""
        return self.state in ("done", "failed")

    @property
    def vouched(self) -> bool:
        """Tell whether the task id came from a create of ours, so that the service must know it."""
        return self.task_id is not None and self.attempt > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a request stands before it is paid for.

    ``free``: nothing in the way. ``open``: ``item`` is paid and is to be joined, or has ended and nobody was told,
    so that it is to be handed over. ``sending``: a living
    process is paying for the same request right now; look again in a moment. ``wait``: the pace of its
    batch allows the next create in ``retry_after`` seconds. ``replayed``: the key of the caller was used before, and
    its request has ended: the same end again, told or not.
    """

    state: Literal["free", "open", "sending", "wait"]
    item: Item | None = None
    retry_after: float = 0.0
    replayed: bool = False
    plan: Plan | None = None
    """The approved plan that ``free`` was said because of."""


PlanState = Literal["proposed", "approved", "spent", "refused", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A frozen request with its price.

    Attributes:
        terms: Digest of what is bought and what it costs (:attr:`Ask.terms`).
        digest: Digest of the terms and of the expiry: what somebody approves.
        state: ``spent`` while a request that may have cost something has its id as key.
        facts: What is bought, as far as it may be read for ever.
        wish: The request word for word, with the digests of its pictures; empty once it was forgotten.
        told: The digest that its key is kept with, and those of the fields.
        proposed_by: The sender whom the host named, if it was not the user itself.
        task_id: The task that it was spent on.
    """

    plan_id: str
    realm: str
    user_id: str
    terms: str
    digest: str
    credit: int
    credit_each: int
    created_at: float
    expires_at: float
    facts: Mapping[str, Any]
    wish: Mapping[str, Any]
    told: Mapping[str, Any]
    state: PlanState = "proposed"
    proposed_by: str | None = None
    decided_at: float | None = None
    decided_by: str | None = None
    reason: str | None = None
    task_id: str | None = None

    @property
    def sandbox(self) -> bool:
        """Tell whether only simulated points are at stake."""
        return self.realm == SANDBOX

    @property
    def named(self) -> Named:
        """Return its request under its own id as the key."""
        return Named(
            realm=self.realm,
            user_id=self.user_id,
            key=self.plan_id,
            digest=str(self.told["digest"]),
            fields=dict(self.told["fields"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decides about a plan.

    Attributes:
        name: What the books call them.
        in_host: They speak through a host (a chat), not at a shell of their own.
        sender: Whom the host names as the one who wrote, if it does.
        owner: They own the files of the ledger.
    """

    name: str
    in_host: bool = False
    sender: str | None = None
    owner: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A stored limit, and how it stands.

    ``user_id`` is whose spending is meant, ``None`` for everybody's. ``used`` and ``left`` are ``None``
    where they have no meaning: for a limit on one run, and for a rule that waits for its first user.
    """

    scope: Scope
    period: Period
    points: int
    user_id: str | None = None
    used: int | None = None
    left: int | None = None
    resets_at: float | None = None
    resets: str | None = None
    """The same as people write it; its zone is named where it is not this machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Nobody, or not this user, may begin a create."""

    scope: Scope
    user_id: str | None
    reason: str | None
    frozen_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The time zone that days and months are counted in; ``chosen`` if it is stored with the limits."""

    name: str
    chosen: bool
    tz: tzinfo | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one group of requests came to: ``points`` in all, ``uncertain`` of them perhaps not charged."""

    group: tuple[str, ...]
    points: int
    uncertain: int
    tasks: int
    pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which items of the history are meant. ``None`` is "any"."""

    user_id: str | None = None
    realm: str | None = None
    states: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    batch_id: str | None = None
    idempotency_key: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Many requests that share a budget and a pace.

    Attributes:
        id: Its name in the books.
        name: What a person calls it.
        budget: The most points that all its rows may cost together, over all its runs; ``None`` is no limit.
        max_in_flight: The most tasks of it that may be under way at once.
        rate_count: The most creates of it in any ``rate_seconds``.
        rows: How many rows it has.
    """

    id: str
    realm: str
    user_id: str
    name: str
    created_at: float
    budget: int | None = None
    max_in_flight: int | None = None
    rate_count: int | None = None
    rate_seconds: float | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStanding:
    """A batch and how it stands: its rows by state, and the points that count against its budget."""

    batch: Batch
    states: Mapping[str, int]
    committed: int

    @property
    def left(self) -> int | None:
        """Return what is left of the budget, if there is one."""
        return None if self.batch.budget is None else max(0, self.batch.budget - self.committed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Another batch with rows of the same ids: the files that it is known by, and those rows."""

    batch_id: str
    name: str
    paths: tuple[str, ...]
    items: tuple[Item, ...]
