"""The nouns that travel through the flow: wish -> request -> quote -> reservation -> task -> result.

Names are those of the IMA API wherever it has one (``attribute_id``, ``model_version`` is ``version_id``
as on the command line, ``points`` are ``credit`` once they are ours). Values that the service may extend
stay plain strings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.domain import scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.words import Language

TEXT_TO_IMAGE = "text_to_image"
IMAGE_TO_IMAGE = "image_to_image"
TASK_TYPES = (TEXT_TO_IMAGE, IMAGE_TO_IMAGE)

FLASH, PRO = scope.FLASH, scope.PRO
MODEL_IDS = scope.ids()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One thing that is not what was asked.

    ``reason`` is a key of :mod:`ima_nano_banana.words`; its text may use ``{field}``, ``{from_}`` and ``{to}``.
    """

    field: str
    from_: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark with values in it; ``key`` is one of ``words``."""

    key: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a door was told, word for word; nothing is checked yet."""

    prompt: str | None = None
    images: tuple[str, ...] = ()
    task_type: str | None = None
    model: str | None = None
    version_id: str | None = None
    size: str | None = None
    aspect_ratio: str | None = None
    count: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    language: str | None = None
    user_id: str = "default"
    notes: tuple[Note, ...] = ()
    """What the door itself has to remark about its inputs."""
    idempotency_key: str | None = None
    """The caller's own name for this request."""
    preferred: bool = False
    """The model was not told; it is what the user prefers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """The wish in the words of the API, before any adjustment; ``None`` is "not asked for"."""

    task_type: str
    model_id: str
    size: str | None
    aspect_ratio: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A wish that holds together. What only the live catalogue can judge is still open.

    ``size`` and ``aspect_ratio`` are ``None`` where the live default applies. ``extra`` holds the other
    form fields that were asked for, by field name.
    """

    prompt: str
    images: tuple[str, ...]
    task_type: str
    model_id: str
    version_id: str | None
    size: str | None
    aspect_ratio: str | None
    count: int
    extra: tuple[tuple[str, str], ...]
    language: Language
    user_id: str
    requested: Requested
    adjustments: tuple[Adjustment, ...] = ()
    idempotency_key: str | None = None
    model_told: bool = True
    """The model was named, not chosen by a preference or a default."""


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a model's live form.

    ``name`` is what a user sets. A virtual field (``mapping`` not empty) is sent as ``target`` with the
    value that the first matching mapping rule gives.
    """

    name: str
    default: str | None
    options: tuple[str, ...]
    target: str
    mapping: tuple[tuple[Mapping[str, str], str], ...] = ()
    target_default: str | None = None
    """What a virtual field sends when its defaults match no mapping rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One price: ``points`` for one picture made with exactly these ``attributes`` (``credit_rules``)."""

    attribute_id: int
    points: int
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One leaf of the product tree: a version of a model for one task type."""

    task_type: str
    model_id: str
    version_id: str
    name: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    eet: tuple[float, float] | None
    min_images: int = 1
    max_images: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A request priced by exactly one rule of one offer.

    ``parameters`` is what goes into the inner ``parameters`` object beside prompt, n, input_images and
    cast: every form default overlaid by the wishes, in the rule's own spelling.
    """

    offer: Offer
    rule: Rule
    parameters: Mapping[str, str]
    size: str
    aspect_ratio: str
    count: int
    adjustments: tuple[Adjustment, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    """The fields that were asked for, so that the same wishes can be priced at another size."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """Every field as it was quoted, defaults too, by the names that users know."""

    @property
    def credit_each(self) -> int:
        """Points for one picture."""
        return self.rule.points

    @property
    def credit(self) -> int:
        """Points for all pictures: the gateway charges ``n`` times (contract, section 5)."""
        return self.rule.points * self.count


CLAIM_SECONDS = 0.25
"""A claim that is older is not sent any more: its place in the rate, and that nobody froze the ledger, is no longer
sure. The ledger counts as much on top of every rate, so the two can't drift apart."""

CONNECT_SECONDS = 10.0
"""The same for a claim whose connection has to be opened first; whoever freezes the ledger waits so long for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """The right to send one create. Only the ledger hands it out, after its row is durable."""

    item_id: str
    attempt: int
    credit: int
    claimed_at: float
    """Monotonic seconds; a claim too old to be sure of its place in the rate is not sent."""


UrlKind = Literal["url", "watermark_url", "preview_url"]
MediaState = Literal["running", "done", "failed", "deleted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One picture of a task as the detail answer shows it; ``reason`` is the service's own cleaned text."""

    state: MediaState
    url: str | None = None
    url_kind: UrlKind = "url"
    cover_url: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One look at a task. ``failed`` is a task-level failure; ``model_id`` and ``prompt`` only if told."""

    task_id: str
    medias: tuple[Media, ...]
    failed: bool = False
    reason: str | None = None
    model_id: str | None = None
    model_name: str | None = None
    task_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What is made, and for how much. ``None`` is "not known" (a task resumed without its ledger row)."""

    task_type: str | None = None
    model_id: str | None = None
    model_name: str | None = None
    version_id: str | None = None
    size: str | None = None
    aspect_ratio: str | None = None
    count: int = 1
    credit: int | None = None
    requested: Requested | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Bought):
    """What came back (interface, section 4)."""

    task_id: str
    urls: tuple[str, ...]
    files: tuple[str, ...]
    cover_url: str | None
    width: int | None
    height: int | None
    expected_seconds: tuple[int, int]
    elapsed_seconds: float
    sandbox: bool
    language: Language
    failures: tuple[str | None, ...] = ()
    """The service's own reason for each picture that was not made."""
    replayed: bool = False
    """It was made for an earlier call with the same idempotency key; nothing was sent for this one."""
    notes: tuple[str | Note, ...] = ()
    """Remarks, or the keys of those without values, that a person should read (a preference that couldn't be
    written, a watermarked URL, metadata that was left out)."""

    @property
    def url(self) -> str | None:
        """The first picture's URL."""
        return self.urls[0] if self.urls else None
