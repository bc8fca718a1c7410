"""The trust store, read when the first handshake needs it and not before the first connection is begun."""

from __future__ import annotations

import os
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx2

from ima_nano_banana.errors import NetworkFault

if TYPE_CHECKING:
    from collections.abc import Iterable


class LateTrust(ssl.SSLContext):
    """Stands for the context that httpx2 would make, and makes it at the first handshake.

    To read a hundred and fifty certificates takes as long as many an answer. anyio wraps foreign contexts in
    a thread, so it happens beside whatever else is on its way. One for all pools: it is read once.

    Raises:
        NetworkFault: the file that ``SSL_CERT_FILE`` names can't be opened.
    """

    def __new__(cls) -> Self:
        """Make the outside of a context."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._real: ssl.SSLContext | None = None
        self._protocols: list[str] = []
        if named := os.environ.get("SSL_CERT_FILE"):
            try:
                Path(named).open("rb").close()
            except OSError as error:
                raise _unreadable() from error

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Remember what the transport offers; every handshake of ours offers the same."""
        self._protocols = list(alpn_protocols)

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Begin a handshake.

        Raises:
            NetworkFault: the trust store can't be read.
        """
        return self._read().wrap_bio(incoming, outgoing, server_side, server_hostname, session)

    def _read(self) -> ssl.SSLContext:
        with self._lock:
            if self._real is None:
                try:
                    self._real = httpx2.create_ssl_context()
                except OSError as error:  # ssl.SSLError is one
                    raise _unreadable() from error
                self._real.set_alpn_protocols(self._protocols)
            return self._real


def _unreadable() -> NetworkFault:
    return NetworkFault("network.trust_store", phase="catalog", retryable=False)
