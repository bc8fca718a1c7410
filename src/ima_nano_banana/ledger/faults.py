"""How a fault is kept in the books."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any

from ima_nano_banana import words
from ima_nano_banana.errors import Fault, NetworkFault, UncertainFault
from ima_nano_banana.ledger.calendar import local_time
from ima_nano_banana.wire.redact import keyless

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from ima_nano_banana.ledger.model import Item

_SIMPLE = (str, int, float, bool, type(None))


def facts_of(fault: Fault | None) -> Mapping[str, object] | None:
    """Return what of a fault is worth keeping; its sentence is made anew in the reader's language."""
    if fault is None:
        return None
    return {
        "kind": fault.kind,
        "code": fault.code,
        "phase": fault.phase,
        "charged": fault.charged,
        "ima_code": fault.ima_code,
        "http_status": fault.http_status,
        "detail": fault.detail,
        "params": {name: keyless(value) for name, value in fault.params.items() if isinstance(value, _SIMPLE)},
    }


def fault_of(facts: Mapping[str, object] | None, *, task_id: str | None = None) -> Fault:
    """Return the fault that was kept, as far as its facts tell."""
    known = {kind.kind: kind for kind in Fault.__subclasses__()}
    told: Any = dict(facts or {})
    kind = known.get(told.get("kind"), NetworkFault)
    code = told.get("code")
    if not isinstance(code, str) or not words.has(code):
        kind, code = NetworkFault, "ledger.never_sent"
    return kind(
        code,
        phase=told.get("phase") or "create",
        charged=told.get("charged") or "no",
        ima_code=told.get("ima_code"),
        http_status=told.get("http_status"),
        task_id=task_id,
        detail=told.get("detail"),
        **_complete(code, told.get("params") or {}),
    )


def _complete(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Fill the places of texts that were removed (``tasks forget``), so that the sentence can still be said."""
    found = dict(params)
    for key in (code, f"{code}.do"):
        if words.has(key):
            for _, name, _, _ in Formatter().parse(words.template(key, "en")):
                if name:
                    found.setdefault(name, "…")
    return found


def unsure(item: Item, zone: tzinfo | None = None, *, code: str = "ledger.uncertain") -> UncertainFault:
    """Return the fault of an item whose create may have been charged; it names the item for ``tasks settle``."""
    return UncertainFault(
        code,
        phase="create",
        charged="unknown",
        item=item.id[:8],
        at=local_time(item.spent_at or item.created_at, zone),
        credit=item.credit,
    )


def without_texts(facts: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """Return the facts without the service's own words, which may repeat a prompt."""
    return None if facts is None else {**facts, "detail": None, "params": {}}


def outcome_of(fault: Fault | None) -> str:
    """Name how an attempt ended that was not charged: answered with a refusal, or never at the service."""
    unsent = fault is None or (isinstance(fault, NetworkFault) and fault.http_status is None and fault.ima_code is None)
    return "unsent" if unsent else "refused"
