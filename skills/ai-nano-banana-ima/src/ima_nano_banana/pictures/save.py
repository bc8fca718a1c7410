"""Bring one paid picture to disk: whole, checked, under its own name, byte for byte as it was received."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ima_nano_banana.errors import DownloadFault, Fault, RejectedFault
from ima_nano_banana.pictures import place
from ima_nano_banana.pictures.measure import Measure, UnusableError, measure
from ima_nano_banana.pictures.names import stem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ima_nano_banana.clock import Clock

__all__ = ["Fetch", "Fetched", "Saved", "save", "stem"]

TRIES_AT_LEAST = 5
"""Interface, section 9: downloads of paid pictures are tried at least five times."""
TRIES_AT_MOST = 8
_PASSING = (408, 425, 429)
_NEVER_AGAIN = ("download.unusable_url", "download.too_large")
_LONGEST_BACKOFF = 8.0
PATIENCE = 60.0
"""Seconds that a download may wait for ``Retry-After`` even if the deadline of the task is nearer."""


class Fetched(Protocol):
    """What a download's answer said; ``length`` is its ``Content-Length`` in bytes."""

    @property
    def status(self) -> int: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def length(self) -> int | None: ...


class Fetch(Protocol):
    """One attempt to download ``url`` into ``sink``; any failure is a :class:`~ima_nano_banana.errors.Fault`."""

    async def __call__(self, url: str, sink: Callable[[bytes], object], *, offset: int = 0) -> Fetched:
        """Download once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A picture on disk: absolute path, size in pixels as decoded, and format (``png``, ``jpg`` or ``webp``)."""

    path: Path
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why one attempt failed, in the words of ``words.download``."""

    code: str
    http_status: int | None = None
    retry_after: float | None = None

    @property
    def tries(self) -> int:
        """How often it is tried: a storage that says no does so again, one that stumbles may recover."""
        says_no = self.http_status is not None and 400 <= self.http_status < 500 and self.http_status not in _PASSING
        return TRIES_AT_LEAST if says_no else TRIES_AT_MOST


async def save(fetch: Fetch, url: str, folder: Path, stem: str, *, clock: Clock, deadline: float) -> Saved:
    """Download a picture until it is whole, and put it into ``folder`` without replacing anything.

    It is tried at least five times with growing waits, and a few times more while ``deadline`` (seconds of
    ``clock.monotonic()``) is ahead. Truncated, foreign and undecodable bytes count as a failed attempt.

    Raises:
        DownloadFault: it could not be saved; the picture is paid and ``params["url"]`` still leads to it.
    """
    patience = max(deadline, clock.monotonic() + PATIENCE)
    attempt = 0
    while True:
        attempt += 1
        outcome = await _attempt(fetch, url, folder, stem, clock)
        if isinstance(outcome, Saved):
            return outcome
        wait = outcome.retry_after if outcome.retry_after is not None else _backoff(attempt)
        then = clock.monotonic() + wait
        enough = attempt >= outcome.tries or (attempt >= TRIES_AT_LEAST and then > deadline)
        if enough or (outcome.retry_after is not None and then > patience):
            raise _fault(outcome.code, url, http_status=outcome.http_status)
        await clock.sleep(wait)


def _backoff(attempt: int) -> float:
    """Return 0.5, 1, 2, 4 and then 8 seconds: whoever waits has a picture that is ready."""
    return min(_LONGEST_BACKOFF, 0.5 * 2.0 ** (attempt - 1))


async def _attempt(fetch: Fetch, url: str, folder: Path, stem: str, clock: Clock) -> Saved | _Failure:
    """Try once, from the first byte to the name.

    Raises:
        DownloadFault: trying again can't help (the disk, or an address that must not be asked).
    """
    part: Path | None = None
    try:
        part, file = place.part_file(folder, clock.time())
        with file:
            received = _Counting(file.write)
            info = await fetch(url, received)
            file.flush()
            os.fsync(file.fileno())
        if info.length is not None and info.length != received.bytes:
            return _Failure("download.truncated", info.status)
        found = await asyncio.to_thread(measure, part)
        return _saved(place.settle(part, stem, found.kind.suffix), found)
    except UnusableError as unusable:
        return _Failure(unusable.code)
    except Fault as fault:
        return _failure(fault, url)
    except OSError as fault:  # a fetch turns its own into faults: this is the disk
        raise _fault("download.disk", url, reason=fault.strerror or type(fault).__name__) from fault
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


class _Counting:
    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.bytes = 0

    def __call__(self, chunk: bytes) -> None:
        self._write(chunk)
        self.bytes += len(chunk)


def _saved(path: Path, found: Measure) -> Saved:
    return Saved(path=path, width=found.width, height=found.height, format=found.kind.suffix)


def _failure(fault: Fault, url: str) -> _Failure:
    if fault.code in _NEVER_AGAIN:
        raise _fault(fault.code, url) from fault
    definite = isinstance(fault, RejectedFault)
    code = fault.code if isinstance(fault, DownloadFault) else "download.gone" if definite else "download.unreachable"
    return _Failure(code, fault.http_status, fault.retry_after)


def _fault(code: str, url: str, *, http_status: int | None = None, reason: str = "") -> DownloadFault:
    return DownloadFault(code, phase="download", charged="yes", http_status=http_status, url=url, reason=reason)
