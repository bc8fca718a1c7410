"""The sandbox on loopback with real TLS, for clients that must not be changed.

Two ports: a TLS server with certificates for every host of the service, and a CONNECT proxy that leads
there. A client needs only the variables of :attr:`Served.env`.
"""

from __future__ import annotations

import asyncio
import queue
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import trustme

from ima_nano_banana.sandbox import SANDBOX_KEY, hosts
from ima_nano_banana.sandbox.app import app
from ima_nano_banana.sandbox.proxy import Proxy
from ima_nano_banana.sandbox.sockets import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ima_nano_banana.sandbox.world import World

_READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running sandbox: its ports on loopback and the certificate that a client must trust."""

    tls_port: int
    proxy_port: int
    ca_file: Path

    @property
    def proxy(self) -> str:
        """URL of the proxy."""
        return f"http://127.0.0.1:{self.proxy_port}"

    @property
    def env(self) -> dict[str, str]:
        """Return what a client's environment needs, and nothing else."""
        return {
            "HTTPS_PROXY": self.proxy,
            "NO_PROXY": "",
            "SSL_CERT_FILE": str(self.ca_file),
            "IMA_API_KEY": SANDBOX_KEY,
        }


async def serve(
    world: World,
    *,
    host: str = "127.0.0.1",
    tls_port: int = 0,
    proxy_port: int = 0,
    ca_dir: Path,
    on_ready: Callable[[Served], None],
    latency: float = 0.0,
) -> None:
    """Serve ``world`` until cancelled.

    Args:
        world: The world behind the service.
        host: Address to listen on.
        tls_port: Port of the TLS server; 0 takes a free one.
        proxy_port: Port of the proxy; 0 takes a free one.
        ca_dir: Folder for the certificate of an authority that lives only as long as this call.
        on_ready: Told once both ports listen.
        latency: Seconds added to every answer, and twice to every new connection.
    """
    ca_file, context = certificates(ca_dir)
    server = Server(world, app(world, latency=latency), context)
    try:
        port = await server.start(host, tls_port)
        proxy = Proxy(world, (host, port), latency)
        try:
            on_ready(Served(port, await proxy.start(host, proxy_port), ca_file))
            await asyncio.Event().wait()
        finally:
            await proxy.stop()
    finally:
        await server.stop()


def certificates(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make an authority and a server context for every host; return the authority's file and the context."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    ca_file = folder / "sandbox-ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts.SERVICE, hosts.CONTROL).configure_cert(context)
    return ca_file, context


@contextmanager
def serve_in_thread(world: World, ca_dir: Path, *, latency: float = 0.0) -> Iterator[Served]:
    """Serve ``world`` from a thread for as long as the block lasts."""
    loop = asyncio.new_event_loop()
    ready: queue.Queue[Served | BaseException] = queue.Queue()
    task = loop.create_task(serve(world, ca_dir=ca_dir, on_ready=ready.put, latency=latency))
    thread = threading.Thread(target=_run, args=(loop, task, ready), name="sandbox", daemon=True)
    thread.start()
    try:
        served = ready.get(timeout=_READY_SECONDS)
        if isinstance(served, BaseException):
            raise served
        yield served
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None], ready: queue.Queue[Served | BaseException]) -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    except BaseException as error:
        ready.put(error)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
