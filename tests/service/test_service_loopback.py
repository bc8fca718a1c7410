"""The service on real sockets with TLS: what a scripted transport can't show."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs

import httpx2
import pytest
from small_internet import Seen, answer, reset_now

from ima_nano_banana.errors import Fault, NetworkFault, UncertainFault
from ima_nano_banana.service import Service
from samples.answers import KEY, QUOTE, reservation, sample

pytestmark = [pytest.mark.anyio, pytest.mark.loopback]

PROMPT = "a cat in a very private hat"
TICKET = {"ful": "https://store.example.com/a.png?Signature=s", "fdl": "https://pictures.example.com/a.png"}


async def fault_of(awaitable) -> Fault:
    with pytest.raises(Fault) as caught:
        async with asyncio.timeout(90):
            await awaitable
    return caught.value


def honest(one: Seen) -> bytes:
    """Answer like the service."""
    if one.target.endswith("/tasks/create"):
        return answer(200, sample("create_ok")[2])
    if one.target.endswith("/tasks/detail"):
        return answer(200, sample("detail_done")[2])
    if one.target.endswith("/getuploadtoken"):
        return answer(200, json.dumps({"code": 0, "data": TICKET}).encode())
    if one.target.startswith("/open/v1/product/list"):
        return answer(200, sample("list_ok")[2])
    return answer(200, b"picture", {"Content-Type": "image/png"})


async def reply_honestly(one, writer) -> bool:
    writer.write(honest(one))
    return True


async def whole_run(ima: Service, got: bytearray) -> str:
    await ima.products("image_to_image")
    where = await ima.upload(b"png", "image/png", "png")
    task_id = await ima.create(reservation(), QUOTE, PROMPT, [where])
    for _ in range(3):
        view = await ima.detail(task_id)
    await ima.fetch("https://pictures.example.com/b.png", got.extend)
    return view.medias[0].state


async def test_a_whole_run_needs_one_connection_for_each_host(internet, clock):
    """D37: everything is kept alive; SSL_CERT_FILE and HTTPS_PROXY are all that the client is told."""
    got = bytearray()
    async with internet(reply_honestly) as net, Service(KEY, clock=clock) as ima:
        assert await whole_run(ima, got) == "done"

    assert got == b"picture"
    assert len(net.seen) == 8
    assert net.handshakes == 4
    assert sorted(net.tunnels) == [
        "api.imastudio.com:443",
        "imapi.liveme.com:443",
        "pictures.example.com:443",
        "store.example.com:443",
    ]


async def test_the_key_reaches_the_two_pinned_hosts_only(internet, clock):
    async with internet(reply_honestly) as net, Service(KEY, clock=clock) as ima:
        await whole_run(ima, bytearray())

    assert all(one.headers["authorization"] == f"Bearer {KEY}" for one in net.of("api.imastudio.com"))
    (token,) = net.of("imapi.liveme.com")
    assert (token.method, parse_qs(token.body.decode())["appUid"]) == ("POST", [KEY])
    assert KEY not in token.target
    for host in ("store.example.com", "pictures.example.com"):
        assert all(KEY not in str(one) for one in net.of(host))


async def test_a_netrc_file_changes_nothing(internet, clock, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """D32."""
    netrc = tmp_path / "home" / ".netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with internet(reply_honestly) as net, Service(KEY, clock=clock) as ima:
        await whole_run(ima, bytearray())

    assert {one.headers["authorization"] for one in net.of("api.imastudio.com")} == {f"Bearer {KEY}"}
    assert all("authorization" not in one.headers for one in net.seen if one.host != "api.imastudio.com")


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("question", ["products", "create", "detail", "token", "put"])
async def test_a_redirect_carries_nothing_elsewhere(internet, clock, question: str, status: int):
    """D29: neither key nor prompt nor picture reaches the host that a redirect names."""

    async def reply(one, writer) -> bool:
        writer.write(
            honest(one)
            if question == "put" and one.method != "PUT"
            else answer(status, headers={"Location": "https://evil.example.com/"})
        )
        return True

    async with internet(reply) as net, Service(KEY, clock=clock) as ima:
        fault = await fault_of(
            {
                "products": lambda: ima.products("text_to_image"),
                "create": lambda: ima.create(reservation(), QUOTE, PROMPT, []),
                "detail": lambda: ima.detail("t"),
                "token": lambda: ima.upload(b"png", "image/png", "png"),
                "put": lambda: ima.upload(b"png", "image/png", "png"),
            }[question]()
        )

    assert (type(fault), fault.code) == (NetworkFault, "network.redirect")
    assert net.of("evil.example.com") == []
    assert not any("evil" in target for target in net.tunnels)


def dies(after: bytes = b"", *, reset: bool = False):
    async def reply(one, writer) -> bool:
        writer.write(after)
        if reset:
            reset_now(writer)
        return False

    return reply


@pytest.mark.parametrize(
    "reply",
    [
        dies(),
        dies(reset=True),
        dies(b"HTTP/1.1 200 OK\r\nContent-Le"),
        dies(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"code":0,"data":{"id":"0a1'),
        dies(b"garbage\r\n\r\n"),
    ],
    ids=["closed", "reset", "half a head", "half a body", "garbage"],
)
async def test_a_create_whose_answer_breaks_off_is_uncertain_and_sent_once(internet, clock, reply):
    """D1 and D9."""
    async with internet(reply) as net, Service(KEY, clock=clock) as ima:
        fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (type(fault), fault.charged) == (UncertainFault, "unknown")
    assert len(net.seen) == 1


async def test_a_create_on_a_kept_connection_that_dies_is_uncertain_and_sent_once(internet, clock):
    async def reply(one, writer) -> bool:
        if one.target.endswith("/tasks/create"):
            return False
        return await reply_honestly(one, writer)

    async with internet(reply) as net, Service(KEY, clock=clock) as ima:
        await ima.products("text_to_image")
        fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert isinstance(fault, UncertainFault)
    assert len(net.seen) == 2


async def test_a_create_that_is_never_answered_is_uncertain(internet, clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ima_nano_banana.service.client.CREATE", httpx2.Timeout(5.0, read=0.2))

    async def reply(one, writer) -> bool:
        await asyncio.Event().wait()
        return False

    async with internet(reply) as net, Service(KEY, clock=clock) as ima:
        fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (type(fault), fault.code) == (UncertainFault, "uncertain.no_answer")
    assert len(net.seen) == 1


async def test_a_create_that_waited_in_the_queue_for_a_connection_is_not_sent(internet, clock):
    """The claim is checked again right before the first byte."""

    async def reply(one, writer) -> bool:
        return await reply_honestly(one, writer)

    class LateClock(type(clock)):
        asked = 0

        def monotonic(self) -> float:
            self.asked += 1
            return 0.0 if self.asked == 1 else 0.3

    async with internet(reply) as net, Service(KEY, clock=clock) as ima:
        await ima.products("text_to_image")
        ima._clock = LateClock()
        fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (fault.code, fault.charged) == ("network.claimed_too_late", "no")
    assert [one.method for one in net.seen] == ["GET"]


async def test_a_create_to_a_server_with_an_untrusted_certificate_sends_nothing(internet, clock, monkeypatch):
    async with internet(reply_honestly) as net:
        monkeypatch.delenv("SSL_CERT_FILE")
        async with Service(KEY, clock=clock) as ima:
            fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (type(fault), fault.code, fault.charged, fault.retryable) == (
        NetworkFault,
        "network.certificate",
        "no",
        False,
    )
    assert net.seen == []


async def test_a_certificate_of_another_name_is_refused_before_anything_is_asked(internet, clock):
    """A trusted authority is not enough: the name must be the one that was asked for."""
    async with internet(reply_honestly) as net, Service(KEY, clock=clock) as ima:
        fault = await fault_of(ima.fetch("https://elsewhere.example.org/p.png", bytearray().extend))
    assert (type(fault), fault.code) == (NetworkFault, "network.certificate")
    assert net.tunnels == ["elsewhere.example.org:443"]
    assert net.seen == []


async def test_a_proxy_that_refuses_is_told_apart_and_nothing_was_sent(internet, clock, monkeypatch):
    monkeypatch.setattr("ima_nano_banana.wire.requests.API_HOST", "refused.example.com")
    async with internet(reply_honestly) as net, Service(KEY, clock=clock) as ima:
        fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (type(fault), fault.code, fault.charged) == (NetworkFault, "network.proxy", "no")
    assert net.seen == []


async def test_a_proxy_that_is_not_there_is_told_as_such_and_nothing_was_sent(clock, monkeypatch):
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    async with Service(KEY, clock=clock) as ima:
        fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (type(fault), fault.code, fault.charged) == (NetworkFault, "network.proxy_away", "no")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("HTTPS_PROXY", "gopher://proxy.example.com", "network.proxy_setting"),
        ("SSL_CERT_FILE", "/does/not/exist.pem", "network.trust_store"),
    ],
)
async def test_a_bad_setting_of_the_machine_is_named(clock, monkeypatch, name: str, value: str, code: str):
    monkeypatch.setenv(name, value)
    async with Service(KEY, clock=clock) as ima:
        fault = await fault_of(ima.products("text_to_image"))

    assert (type(fault), fault.code, fault.retryable) == (NetworkFault, code, False)


async def test_a_trust_store_without_certificates_is_named_and_nothing_is_sent(internet, clock, monkeypatch, tmp_path):
    """It is read at the first handshake, which is still before the first byte of a create."""
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    async with internet(reply_honestly) as net:
        monkeypatch.setenv("SSL_CERT_FILE", str(broken))
        async with Service(KEY, clock=clock) as ima:
            fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (type(fault), fault.code, fault.charged) == (NetworkFault, "network.trust_store", "no")
    assert net.seen == []


async def test_a_truncated_picture_is_noticed(internet, clock):
    async with internet(dies(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")), Service(KEY, clock=clock) as ima:
        fault = await fault_of(ima.fetch("https://pictures.example.com/a.png", bytearray().extend))

    assert (type(fault), fault.code, fault.retryable) == (NetworkFault, "network.interrupted", True)


async def test_a_look_after_a_dropped_connection_opens_a_new_one(internet, clock):
    """D5: a hiccup of one look does not spoil the next."""
    turns = iter([False, True])

    async def reply(one, writer) -> bool:
        if next(turns):
            return await reply_honestly(one, writer)
        return False

    async with internet(reply) as net, Service(KEY, clock=clock) as ima:
        assert (await fault_of(ima.detail("t"))).code == "network.interrupted"
        assert (await ima.detail("t")).medias[0].state == "done"

    assert net.handshakes == 2
