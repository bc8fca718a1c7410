"""Make and edit pictures with Google's Nano Banana models through the IMA Open API.

Names are loaded on demand, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ima_nano_banana.batch.model import BatchQuote, LineFault, RowsFault
    from ima_nano_banana.domain.events import (
        Acknowledged,
        Adjusted,
        Created,
        Event,
        Failed,
        Interrupted,
        Progress,
        Started,
        Succeeded,
    )
    from ima_nano_banana.domain.model import Adjustment, Offer, Quote, Result
    from ima_nano_banana.doors.library import (
        AsyncClient,
        AsyncHandle,
        AsyncQuotedBatch,
        BatchResult,
        Client,
        Handle,
        Made,
        QuotedBatch,
        RowEvent,
        RowResult,
    )
    from ima_nano_banana.errors import (
        AuthFault,
        BudgetFault,
        CreditsFault,
        DownloadFault,
        Fault,
        GenerationFault,
        InternalFault,
        InterruptedFault,
        Kind,
        NetworkFault,
        PartialFault,
        RejectedFault,
        StorageFault,
        TimeoutFault,
        UncertainFault,
        UsageFault,
    )
    from ima_nano_banana.ledger.model import Plan

__all__ = [
    "Acknowledged",
    "Adjusted",
    "Adjustment",
    "AsyncClient",
    "AsyncHandle",
    "AsyncQuotedBatch",
    "AuthFault",
    "BatchQuote",
    "BatchResult",
    "BudgetFault",
    "Client",
    "Created",
    "CreditsFault",
    "DownloadFault",
    "Event",
    "Failed",
    "Fault",
    "GenerationFault",
    "Handle",
    "InternalFault",
    "Interrupted",
    "InterruptedFault",
    "Kind",
    "LineFault",
    "Made",
    "NetworkFault",
    "Offer",
    "PartialFault",
    "Plan",
    "Progress",
    "Quote",
    "QuotedBatch",
    "RejectedFault",
    "Result",
    "RowEvent",
    "RowResult",
    "RowsFault",
    "Started",
    "StorageFault",
    "Succeeded",
    "TimeoutFault",
    "UncertainFault",
    "UsageFault",
    "__version__",
]

_HOMES = {
    "doors.library": (
        *("AsyncClient", "AsyncHandle", "AsyncQuotedBatch", "BatchResult", "Client", "Handle", "Made"),
        *("QuotedBatch", "RowEvent", "RowResult"),
    ),
    "batch.model": ("BatchQuote", "LineFault", "RowsFault"),
    "domain.model": ("Adjustment", "Offer", "Quote", "Result"),
    "ledger.model": ("Plan",),
    "domain.events": (
        *("Acknowledged", "Adjusted", "Created", "Event", "Failed", "Interrupted", "Progress", "Started", "Succeeded"),
    ),
}


def __getattr__(name: str) -> object:
    """Load a public name from the module that is its home."""
    import importlib

    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    home = next((home for home, names in _HOMES.items() if name in names), "errors")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    """Name what is public, for whoever explores it at a prompt."""
    return sorted(__all__)
