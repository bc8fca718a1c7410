"""How a fault is kept in the books."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ima_nano_banana.errors import NetworkFault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from ima_nano_banana.errors import Fault

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
        "params": {name: value for name, value in fault.params.items() if isinstance(value, _SIMPLE)},
    }


def without_texts(facts: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """Return the facts without the service's own words, which may repeat a prompt."""
    return None if facts is None else {**facts, "params": {}}


def outcome_of(fault: Fault | None) -> str:
    """Name how an attempt ended that was not charged: answered with a refusal, or never at the service."""
    unsent = fault is None or (isinstance(fault, NetworkFault) and fault.http_status is None and fault.ima_code is None)
    return "unsent" if unsent else "refused"


def local_time(at: float, zone: tzinfo | None) -> str:
    """Return a time the way people write it, in their own zone."""
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"
