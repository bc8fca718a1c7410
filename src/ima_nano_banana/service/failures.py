"""What went wrong on the way, when there was no answer to decipher."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import httpx2

from ima_nano_banana.errors import Fault, NetworkFault, UncertainFault
from ima_nano_banana.service import proxies
from ima_nano_banana.wire.refusals import charged_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ima_nano_banana.errors import Phase

# What httpx2 raises before a request has a connection to leave on. Only a transport without trace events
# needs this table; for real sockets the trace says exactly whether a byte left.
_BEFORE_THE_FIRST_BYTE = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)


class TooLargeError(Exception):
    """An answer is larger than any honest one; reading stopped."""


# The first that fits an error or one of its causes. A certificate that isn't trusted today won't be in a minute.
_TEXTS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str, bool], ...] = (
    (TooLargeError, "network.too_large", False),
    (ssl.SSLCertVerificationError, "network.certificate", False),
    (ssl.SSLError, "network.tls", True),
    (socket.gaierror, "network.name", True),
    (httpx2.ProxyError, "network.proxy", True),
    ((httpx2.ConnectError, httpx2.ConnectTimeout), "network.unreachable", True),
    ((httpx2.TimeoutException, TimeoutError), "network.timeout", True),
    (httpx2.DecodingError, "network.bad_answer", True),
    ((OverflowError, UnicodeError), "network.proxy_setting", False),
)

UNREACHED = ("network.unreachable", "network.name", "network.proxy_away")
"""Nobody was met at all."""


def leaves_unsent(exc: BaseException) -> bool:
    """Tell from its class alone whether a failure lies before the first byte."""
    return isinstance(exc, _BEFORE_THE_FIRST_BYTE)


def fault_of(exc: Exception, phase: Phase) -> Fault:
    """Return the fault for a failed exchange that can't have cost anything new."""
    return exc if isinstance(exc, Fault) else _network_fault(exc, phase)


def lost(exc: Exception) -> UncertainFault:
    """Return the fault for a create that failed after its first byte left."""
    timed_out = isinstance(exc, (httpx2.TimeoutException, TimeoutError))
    text = "uncertain.no_answer" if timed_out else "uncertain.lost_answer"
    return UncertainFault(text, phase="create", charged="unknown")


def _network_fault(exc: Exception, phase: Phase) -> NetworkFault:
    text, retryable = _text_of(exc)
    return NetworkFault(text, phase=phase, charged=charged_in(phase), retryable=retryable)


def _text_of(exc: Exception) -> tuple[str, bool]:
    """Return the text's key and whether another try makes sense."""
    causes = list(_causes(exc))
    for kind, text, retryable in _TEXTS:
        if any(isinstance(cause, kind) for cause in causes):
            return ("network.proxy_away" if text in UNREACHED and proxies.in_use() else text), retryable
    return "network.interrupted", True


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """Walk to the socket's own error: httpx2 keeps it as cause, context or argument, depending on the layer."""
    seen: set[int] = set()
    open_ends: list[BaseException | None] = [exc]
    while open_ends:
        one = open_ends.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        open_ends += [one.__cause__, one.__context__, *(arg for arg in one.args if isinstance(arg, BaseException))]
