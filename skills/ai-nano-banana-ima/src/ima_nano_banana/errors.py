"""Everything that can go wrong, as one tree.

::

    Fault
    ├── UsageFault         2    bad flags or values; nothing was sent that could cost
    ├── AuthFault          3    the key is missing, invalid or unauthorised
    ├── CreditsFault       4    not enough points, or a subscription is needed
    ├── BudgetFault        5    above ``--max-credits`` or a stored limit; refused locally
    ├── RejectedFault      6    the service refused the parameters or the content
    ├── GenerationFault    7    the task ended failed or deleted
    ├── TimeoutFault       8    still running at the deadline; resumable
    ├── UncertainFault     9    a create was sent and its outcome is unknown
    ├── NetworkFault      10    unreachable, rate-limited or down; nothing was charged
    ├── PartialFault      11    some of several pictures failed
    ├── DownloadFault     12    made and paid, but not saved
    ├── StorageFault      13    the ledger can't be written; nothing that costs was sent
    ├── InterruptedFault 130    Ctrl-C or SIGTERM
    └── InternalFault      1    a defect in this program

A class exists only where a caller would act differently. A fault carries no sentence: ``code`` is a
key of :mod:`ima_nano_banana.words`, and the door that shows it chooses the language.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, ClassVar, Literal, Self

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Result

Kind = Literal[
    "usage",
    "auth",
    "credits",
    "budget",
    "rejected",
    "generation",
    "timeout",
    "uncertain",
    "network",
    "partial",
    "download",
    "storage",
    "interrupted",
    "internal",
]
Phase = Literal["validate", "catalog", "upload", "create", "poll", "download", "deliver"]
Charged = Literal["no", "yes", "unknown"]


class Fault(Exception):
    """One failure, with all that a person, an agent or a program needs to act on it.

    Attributes:
        code: Key of the reason in :mod:`ima_nano_banana.words`; ``code + ".do"`` is the suggestion.
        params: Values for the placeholders of both texts. Never holds the API key.
        phase: The step of the flow in which it happened.
        charged: Whether points were taken: ``"no"``, ``"yes"`` or ``"unknown"``.
        ima_code: The business code of the service's answer, if there was one.
        http_status: The HTTP status of that answer, if there was one.
        task_id: The task that was paid for, if it is known.
        retryable: Whether the same command may simply be run again, later.
        retry_after: Seconds that the service asked to wait (``Retry-After``), if it did.
        replayed: It is the failure of an earlier call with the same idempotency key, told again.
        detail: The service's own words, cleaned of secrets: for logs and developers, not for people.
        result: What was made before the failure (only :class:`PartialFault` and :class:`DownloadFault`).
    """

    kind: ClassVar[Kind] = "internal"
    exit_code: ClassVar[int] = 1
    retryable_by_default: ClassVar[bool] = False

    def __init__(
        self,
        code: str,
        *,
        phase: Phase = "validate",
        charged: Charged = "no",
        ima_code: int | None = None,
        http_status: int | None = None,
        task_id: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
        result: Result | None = None,
        detail: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.phase: Phase = phase
        self.charged: Charged = charged
        self.ima_code = ima_code
        self.http_status = http_status
        self.task_id = task_id
        self.retryable = self.retryable_by_default if retryable is None else retryable
        self.retry_after = retry_after
        self.result = result
        self.replayed = False
        self.detail = detail
        self._said: tuple[str, str] | None = None

    @property
    def message(self) -> str:
        """The reason for a person, in the language of the door that raised it (else English)."""
        return self._said[0] if self._said is not None else str(self)

    @property
    def suggestion(self) -> str:
        """What to do about it, in the same language."""
        from ima_nano_banana import words

        if self._said is not None:
            return self._said[1]
        key = f"{self.code}.do"
        return words.text(key, "en", **self.told()) if words.has(key) else ""

    def told(self) -> dict[str, object]:
        """Return the values for the placeholders of both texts as they may be shown: no key, nothing endless."""
        from ima_nano_banana import words

        return words.presentable(self.params)

    def say(self, message: str, suggestion: str) -> None:
        """Put it in the words of a door."""
        self._said = message, suggestion

    def moved(
        self,
        *,
        phase: Phase | None = None,
        charged: Charged | None = None,
        task_id: str | None = None,
        result: Result | None = None,
    ) -> Self:
        """Return the same failure, told from a later step that knows more about it."""
        other = copy(self)
        other.phase = phase or self.phase
        other.charged = charged or self.charged
        other.task_id = task_id or self.task_id
        other.result = result or self.result
        return other

    def __str__(self) -> str:
        """The English sentence; the tree itself holds none."""
        from ima_nano_banana import words

        return words.text(self.code, "en", **self.told())


class UsageFault(Fault):
    """Bad flags or values. Nothing was sent that could cost."""

    kind, exit_code = "usage", 2


class AuthFault(Fault):
    """The API key is missing, invalid or unauthorised."""

    kind, exit_code = "auth", 3


class CreditsFault(Fault):
    """Not enough points (4008), or a subscription is needed (4014)."""

    kind, exit_code = "credits", 4


class BudgetFault(Fault):
    """The price is above ``--max-credits`` or a stored limit. Refused locally."""

    kind, exit_code = "budget", 5


class RejectedFault(Fault):
    """The service refused the parameters or the content."""

    kind, exit_code = "rejected", 6


class GenerationFault(Fault):
    """The task ended failed or deleted."""

    kind, exit_code = "generation", 7


class TimeoutFault(Fault):
    """Still running at the deadline. The task stays open and can be resumed."""

    kind, exit_code, retryable_by_default = "timeout", 8, True


class UncertainFault(Fault):
    """A create was sent and its outcome is unknown. It may have been charged and is not repeated."""

    kind, exit_code = "uncertain", 9


class NetworkFault(Fault):
    """Unreachable, rate-limited or down, and nothing was charged."""

    kind, exit_code, retryable_by_default = "network", 10, True


class PartialFault(Fault):
    """Some of several pictures failed; the good ones are in ``result``."""

    kind, exit_code = "partial", 11


class DownloadFault(Fault):
    """Made and paid, but it could not be saved. Resuming fetches it again without paying."""

    kind, exit_code, retryable_by_default = "download", 12, True


class StorageFault(Fault):
    """The ledger can't be written, so nothing that costs was sent."""

    kind, exit_code = "storage", 13


class InterruptedFault(Fault):
    """Ctrl-C or SIGTERM. Resumable if the task was created."""

    kind, exit_code, retryable_by_default = "interrupted", 130, True


class InternalFault(Fault):
    """A defect in this program. ``params["report"]`` names the entry in the log."""

    kind, exit_code = "internal", 1
