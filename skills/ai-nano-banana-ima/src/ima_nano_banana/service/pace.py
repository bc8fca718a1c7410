"""The end of a body that drips: a read timeout alone is content with one byte in every half minute, for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ima_nano_banana.clock import Clock

WINDOW = 10.0
LEAST = 10_000
"""Bytes that must come in each window of a picture: a kilobyte a second, slower than any line that loads a page."""
LONGEST_BODY = 30.0
"""Seconds for the body of a JSON answer, which is one packet or two."""
LONGEST_PICTURE = 600.0


class TooSlowError(TimeoutError):
    """A body came too slowly, or took too long in all."""


class Pace:
    """Watches one body on the clock that the program goes by.

    Args:
        clock: What time it is.
        longest: Seconds for the whole body.
        least: Bytes that must come in each :data:`WINDOW`; 0 asks for none.
    """

    def __init__(self, clock: Clock, longest: float, least: int = 0) -> None:
        self._clock = clock
        self._end = clock.monotonic() + longest
        self._least = least
        self._since = clock.monotonic()
        self._came = 0

    def took(self, size: int) -> None:
        """Count what has come.

        Raises:
            TooSlowError: it is not worth waiting for the rest.
        """
        now = self._clock.monotonic()
        if now > self._end:
            raise TooSlowError
        self._came += size
        if now - self._since < WINDOW:
            return
        if self._came < self._least:
            raise TooSlowError
        self._since, self._came = now, 0


def longest_upload(size: int) -> float:
    """Return the seconds that a picture of so many bytes may take on its way up: 25 kB/s, and the answer."""
    return 90.0 + size / 25_000
