"""A clock that nobody waits for, and a small internet to talk to."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trustme
from small_internet import HOSTS, Internet, Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager


class TestClock:
    """Time that passes only when somebody waits."""

    __test__ = False

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1775037620.0 + self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def internet(
    authority: trustme.CA, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Reply], AbstractAsyncContextManager[Internet]]:
    """Start the small internet with one reply for all; the client needs only two environment variables."""

    @asynccontextmanager
    async def start(reply: Reply) -> AsyncIterator[Internet]:
        net = Internet(reply)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*HOSTS).configure_cert(context)
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        tls = await asyncio.start_server(net.serve, "127.0.0.1", 0, ssl=context)
        tls_port = tls.sockets[0].getsockname()[1]
        proxy = await asyncio.start_server(lambda r, w: net.tunnel(tls_port, r, w), "127.0.0.1", 0)
        net.proxy_port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{net.proxy_port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        try:
            yield net
        finally:
            proxy.close()
            tls.close()
            await net.down()

    return start
