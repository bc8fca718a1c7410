"""The sandbox on real sockets: an unchanged client, and connections that really break."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sandbox_kit import API, Client, order

from ima_nano_banana.sandbox.serve import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.loopback]

CONTROL = "https://control.sandbox.invalid"


@contextmanager
def _served(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **options: float) -> Iterator[Any]:
    """Serve the world, and set the environment that it asks for, and nothing else."""
    with serve_in_thread(world, tmp_path / "ca", **options) as served:
        for name, value in served.env.items():
            monkeypatch.setenv(name, value)
        yield served


async def test_an_unchanged_client_makes_a_picture_over_tls(
    worlds: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds(task_seconds=0.0)
    with _served(world, tmp_path, monkeypatch):
        async with httpx2.AsyncClient() as http:
            client = Client(http)
            url = await client.upload(b"picture")
            task_id = await client.made(order(images=(url,), attribute_id=4405))
            (media,) = await client.medias(task_id)
            got = await http.get(media["url"])
            books = (await http.get(f"{CONTROL}/books")).json()
    assert (got.status_code, got.headers["content-type"]) == (200, "image/png")
    assert books["points_charged"] == 6
    hosts = [name for name in books["counters"] if name.startswith("tls:")]
    assert [books["counters"][name] for name in hosts] == [1] * 5  # one handshake for each host
    assert books["counters"]["tunnel"] == books["counters"]["tls"] == 5


@pytest.mark.parametrize(
    ("scene", "error", "charged"),
    [
        ("lost-create", httpx2.ReadError | httpx2.RemoteProtocolError, 6),
        ("create-cut", httpx2.RemoteProtocolError, 6),
        ("create-slow", httpx2.ReadTimeout, 6),
        ("create-refused", httpx2.ConnectError | httpx2.ProxyError, 0),
    ],
)
async def test_connections_break_as_they_break_in_the_world(
    worlds: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scene: str,
    error: type[Exception],
    charged: int,
) -> None:
    world = worlds(scene)
    with _served(world, tmp_path, monkeypatch):
        async with httpx2.AsyncClient(timeout=httpx2.Timeout(10, read=0.3)) as http:
            client = Client(http)
            assert (await client.list()).status_code == 200
            try:
                await client.create(order())
            except httpx2.TransportError as raised:
                assert isinstance(raised, error)
            else:
                raise AssertionError("the create was answered")
            assert world.books.points_charged() == charged


@pytest.mark.parametrize(
    ("scene", "error"),
    [("download-truncated", httpx2.RemoteProtocolError), ("download-slow", httpx2.ReadTimeout)],
)
async def test_a_download_breaks_off_in_the_middle(
    worlds: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: str, error: type[Exception]
) -> None:
    world = worlds(scene, task_seconds=0.0, draw=lambda *_: (b"x" * 100_000, "image/png"))
    with _served(world, tmp_path, monkeypatch):
        async with httpx2.AsyncClient(timeout=httpx2.Timeout(10, read=0.3)) as http:
            client = Client(http)
            (media,) = await client.medias(await client.made())
            size = 0
            with pytest.raises(error):
                async with http.stream("GET", media["url"]) as answer:
                    async for part in answer.aiter_raw():
                        size += len(part)
            assert 0 < size < 100_000


async def test_other_hosts_are_not_reached_and_are_on_record(
    worlds: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds()
    with _served(world, tmp_path, monkeypatch):
        async with httpx2.AsyncClient() as http:
            with pytest.raises(httpx2.TransportError):
                await http.get("https://evil.example/")
    assert world.books.saw("evil.example") == {"visit"}


async def test_a_client_that_does_not_know_the_authority_sends_nothing(
    worlds: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds()
    with _served(world, tmp_path, monkeypatch):
        monkeypatch.delenv("SSL_CERT_FILE")
        async with httpx2.AsyncClient() as http:
            with pytest.raises(httpx2.ConnectError):
                await http.get(f"{API}/product/list", headers={"authorization": "Bearer ima_sandbox"})
    assert world.books.hosts() == set()


async def test_another_process_can_read_the_books_and_choose_scenes(
    worlds: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds()
    with _served(world, tmp_path, monkeypatch):
        async with httpx2.AsyncClient() as http:
            chosen = await http.post(f"{CONTROL}/scene", json={"scenes": ["list-down"], "run": "r", "task_seconds": 9})
            assert chosen.json() == {"scenes": ["list-down"], "run": "r"}
            assert (await Client(http).list()).status_code == 503
            unknown = await http.post(f"{CONTROL}/scene", json={"scenes": ["nonsense"]})
            assert (unknown.status_code, unknown.json()) == (400, {"unknown": ["nonsense"]})
            assert (await http.get(f"{CONTROL}/books")).json()["counters"]["list"] == 1
    assert world.task_seconds == 9


def test_the_server_speaks_tls_for_every_host_without_the_proxy(worlds: Callable[..., Any], tmp_path: Path) -> None:
    with serve_in_thread(worlds(), tmp_path) as served:
        context = ssl.create_default_context(cafile=str(served.ca_file))
        for host in ("api.imastudio.com", "imapi.liveme.com", "ws.esxscloud.com"):
            with (
                socket.create_connection(("127.0.0.1", served.tls_port), timeout=10) as raw,
                context.wrap_socket(raw, server_hostname=host) as secure,
            ):
                assert secure.getpeercert()
