"""The pictures of finished tasks, drawn when first fetched."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from ima_nano_banana.sandbox import hosts, uploads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.sandbox.orders import Order
    from ima_nano_banana.sandbox.store import Store
    from ima_nano_banana.sandbox.story import Job

_KEPT = 8
"""Pictures kept in memory. Drawing is deterministic, so a forgotten one comes back the same."""


_OTHER_PIXELS = (1024, 1024)
"""What a model gives whose sizes the sandbox does not know."""


def pixels_of(order: Order, *, aspect_ratio: str, shrink: int) -> tuple[int, int]:
    """Return the pixels that the model gives for a size and ratio, divided by ``shrink``."""
    from ima_nano_banana.sandbox.pictures import pixel_size

    try:
        width, height = pixel_size(order.model_id, order.size, aspect_ratio)
    except ValueError:  # one of the list's other models
        width, height = _OTHER_PIXELS
    return max(1, width // shrink), max(1, height // shrink)


class Draw(Protocol):
    """Makes one picture: its bytes and its content type."""

    def __call__(self, job: Job, index: int, inputs: Sequence[bytes]) -> tuple[bytes, str]:
        """Draw picture ``index`` of ``job`` from the input pictures."""


def draw(job: Job, index: int, inputs: Sequence[bytes]) -> tuple[bytes, str]:
    """Draw with the sandbox's own picture maker."""
    from ima_nano_banana.sandbox.pictures import picture_for

    drawn = picture_for(
        prompt=job.prompt,
        model_id=job.model_id,
        size=job.size,
        aspect_ratio=job.aspect_ratio,
        index=index,
        count=job.count,
        inputs=inputs,
        scale_to=job.pixels,
    )
    return drawn.data, drawn.content_type


class Gallery:
    """Draws results and keeps the last few."""

    def __init__(self, store: Store, maker: Draw) -> None:
        """Take input pictures from ``store`` and let ``maker`` draw."""
        self._store, self._maker = store, maker
        self._lock = threading.Lock()
        self._drawn: OrderedDict[tuple[str, int], tuple[bytes, str]] = OrderedDict()

    def picture(self, job: Job, index: int) -> tuple[bytes, str]:
        """Return the bytes and content type of one result. Slow for 4K: call it in a thread."""
        with self._lock:
            found = self._drawn.get((job.id, index)) or self._maker(job, index, self._inputs(job))
            self._drawn[job.id, index] = found
            self._drawn.move_to_end((job.id, index))
            while len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
            return found

    def _inputs(self, job: Job) -> list[bytes]:
        return [data for url in job.inputs if (data := self._input(url)) is not None]

    def _input(self, url: str) -> bytes | None:
        """An uploaded file, or nothing for an address elsewhere: the sandbox fetches from nobody."""
        parts = urlsplit(url)
        upload = uploads.find(self._store, parts.path) if parts.hostname == hosts.INPUTS else None
        return upload.data if upload else None
