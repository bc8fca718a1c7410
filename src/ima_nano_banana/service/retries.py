"""Ask a free question again after a passing trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.errors import NetworkFault
from ima_nano_banana.service.failures import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tenacity import RetryCallState

    from ima_nano_banana.clock import Clock

T = TypeVar("T")

TRIES = 4
PATIENCE = 30.0
"""Seconds within which the last try begins."""
UNREACHED_PATIENCE = 5.0
"""The same while nobody was met at all: a sandbox whose network is closed must hear of it within ten seconds."""


async def patiently(ask: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """Return what ``ask`` returns, trying up to four times within half a minute; ``Retry-After`` is honoured.

    Never wrap a create in this.

    Raises:
        Fault: the last one, or the first that another try won't mend.
    """
    started = clock.monotonic()
    try:
        return await ask()
    except NetworkFault as fault:
        if not fault.retryable:
            raise
        first = fault
    return await _again(ask, first, clock, started)


async def _again(ask: Callable[[], Awaitable[T]], first: NetworkFault, clock: Clock, started: float) -> T:
    from tenacity import AsyncRetrying, retry_if_exception, wait_random_exponential

    earlier = [first]  # the first try counts; the library was not worth loading for it
    backoff = wait_random_exponential(multiplier=0.5, max=5.0)

    async def attempt() -> T:
        if earlier:
            raise earlier.pop()
        return await ask()

    def wait(state: RetryCallState) -> float:
        return max(_asked(state), backoff(state))

    def stop(state: RetryCallState) -> bool:
        left = UNREACHED_PATIENCE if _unreached(state) else PATIENCE
        return state.attempt_number >= TRIES or clock.monotonic() - started + _asked(state) > left

    retrying = AsyncRetrying(
        sleep=clock.sleep,
        retry=retry_if_exception(lambda exc: isinstance(exc, NetworkFault) and exc.retryable),
        stop=stop,
        wait=wait,
        reraise=True,
    )
    return await retrying(attempt)


def _asked(state: RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    return (fault.retry_after or 0.0) if isinstance(fault, NetworkFault) else 0.0


def _unreached(state: RetryCallState) -> bool:
    fault = state.outcome.exception() if state.outcome else None
    return isinstance(fault, NetworkFault) and fault.code in UNREACHED
