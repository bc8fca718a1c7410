"""The library: :class:`AsyncClient` and its sync twin :class:`Client`, with all that they hand out."""

from ima_nano_banana.doors.library.batches import AsyncQuotedBatch, BatchResult, RowEvent, RowResult
from ima_nano_banana.doors.library.client import AsyncClient
from ima_nano_banana.doors.library.handle import AsyncHandle
from ima_nano_banana.doors.library.made import Made
from ima_nano_banana.doors.library.sync import Client, Handle, QuotedBatch

__all__ = [
    "AsyncClient",
    "AsyncHandle",
    "AsyncQuotedBatch",
    "BatchResult",
    "Client",
    "Handle",
    "Made",
    "QuotedBatch",
    "RowEvent",
    "RowResult",
]
