"""Make and edit pictures with Google's Nano Banana models through the IMA Open API.

Names are loaded on demand, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Adjustment, Offer, Quote, Result
    from ima_nano_banana.doors.library import AsyncClient, Client
    from ima_nano_banana.errors import Fault

_HOMES = {
    "Adjustment": "domain.model",
    "AsyncClient": "doors.library",
    "Client": "doors.library",
    "Fault": "errors",
    "Offer": "domain.model",
    "Quote": "domain.model",
    "Result": "domain.model",
}

__all__ = ["Adjustment", "AsyncClient", "Client", "Fault", "Offer", "Quote", "Result", "__version__"]


def __getattr__(name: str) -> object:
    """Load a public name from the module that is its home."""
    import importlib

    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
