"""What an answer that is not a yes means, as a fault (contract, section 8; interface, section 9).

Two questions are kept apart: what went wrong, and whether it may have cost points. Only create can cost,
and after it everything that is not a definite no is uncertain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.errors import AuthFault, CreditsFault, Fault, NetworkFault, RejectedFault, UncertainFault
from ima_nano_banana.wire.gateways import by_gateway
from ima_nano_banana.wire.reasons import meaning_of

if TYPE_CHECKING:
    from ima_nano_banana.errors import Charged, Phase
    from ima_nano_banana.wire.envelope import Envelope

_F = TypeVar("_F", bound=Fault)

_FINAL: dict[int, tuple[type[Fault], str]] = {
    401: (AuthFault, "auth.refused"),
    403: (AuthFault, "auth.refused"),
    4008: (CreditsFault, "credits.insufficient"),
    4014: (CreditsFault, "credits.subscription"),
}
_REJECTIONS = {
    6006: "rejected.credit_mismatch",
    6009: "rejected.rule",
    6010: "rejected.rule",
    400: "rejected.parameters",
    500: "rejected.backend",
    503: "rejected.model_unavailable",
}
_INVALID_ATTRIBUTE = "invalid product attribute"  # a message; no code of its own is known
# Said to a question that costs nothing, these mean "ask again".
_PASSING = frozenset({429, 500, 502, 503, 504})
_TRY_LATER = frozenset({408, 425, 429})


def charged_in(phase: Phase) -> Charged:
    """Return what a definite failure of this step means for the points: they are gone only once a task exists."""
    return "yes" if phase in ("poll", "download", "deliver") else "no"


def by_code(envelope: Envelope, phase: Phase) -> Fault:
    """Return the fault for a body code that is no yes. A request that the service itself refused charged nothing."""
    code = envelope.code or 0
    if phase == "create" and by_gateway(envelope):
        return uncertain(envelope)
    if code == 429 or (phase != "create" and code in _PASSING):
        return _passing(envelope, phase)
    if code in _FINAL:
        kind, text = _FINAL[code]
        return _fault(kind, text, envelope, phase)
    text = _rejection(code, envelope.message)
    return _fault(RejectedFault, text, envelope, phase, retryable=code in (500, 503))


def by_status(envelope: Envelope, phase: Phase) -> Fault:
    """Return the fault for an answer without a body code, or with a payload that makes no sense."""
    status = envelope.status
    if 300 <= status < 400:
        return _fault(NetworkFault, "network.redirect", envelope, phase, retryable=False)
    if status in (401, 403):
        return _fault(AuthFault, "auth.refused", envelope, phase)
    if status in _TRY_LATER:
        return _passing(envelope, phase)
    if 400 <= status < 500:
        return _fault(RejectedFault, "rejected.unexplained", envelope, phase)
    if phase == "create":
        return uncertain(envelope)
    return _passing(envelope, phase) if status >= 500 else _fault(NetworkFault, "network.bad_answer", envelope, phase)


def uncertain(envelope: Envelope) -> UncertainFault:
    """Return the fault for an answer to create that is neither a yes with an id nor a definite no."""
    broken = envelope.status >= 500 or (envelope.code or 0) >= 500
    return _unsure("uncertain.server_error" if broken else "uncertain.bad_answer", envelope)


def contradictory(envelope: Envelope) -> UncertainFault:
    """Return the fault for an answer to create that says no and names a task all the same."""
    return _unsure("uncertain.contradictory", envelope)


def _unsure(text: str, envelope: Envelope) -> UncertainFault:
    return UncertainFault(
        text,
        phase="create",
        charged="unknown",
        ima_code=envelope.code,
        http_status=envelope.status,
        detail=envelope.message or None,
    )


def _fault(kind: type[_F], text: str, envelope: Envelope, phase: Phase, *, retryable: bool | None = None) -> _F:
    return kind(
        text,
        phase=phase,
        charged=charged_in(phase),
        ima_code=envelope.code,
        http_status=envelope.status,
        retry_after=envelope.retry_after,
        retryable=retryable,
        detail=envelope.message or None,
    )


def _passing(envelope: Envelope, phase: Phase) -> NetworkFault:
    text = "network.rate_limited" if 429 in (envelope.code, envelope.status) else "network.server_error"
    return _fault(NetworkFault, text, envelope, phase)


def _rejection(code: int, message: str) -> str:
    if code in _REJECTIONS and code not in (400, 500):
        return _REJECTIONS[code]
    if _INVALID_ATTRIBUTE in message.lower():  # seen under unnamed codes; a plain 400 or 500 may carry it too
        return "rejected.attribute"
    meaning = meaning_of(message)
    if meaning is not None and code != 500 and (code, meaning) != (400, "size"):
        return f"rejected.{meaning}"
    if message:
        return _REJECTIONS.get(code, "rejected.other")
    return {400: "rejected.parameters_unexplained"}.get(code) or _REJECTIONS.get(code, "rejected.unexplained")
