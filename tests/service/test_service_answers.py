"""The service over a scripted transport: outcomes, retries, redirects, limits, logs."""

from __future__ import annotations

import gzip
import json
import logging
from contextlib import suppress

import httpx2
import pytest

from ima_nano_banana.errors import (
    AuthFault,
    DownloadFault,
    Fault,
    NetworkFault,
    RejectedFault,
    UncertainFault,
    UsageFault,
)
from ima_nano_banana.service import Service, failures
from ima_nano_banana.service.retries import patiently
from samples.answers import KEY, QUOTE, reservation, sample

pytestmark = pytest.mark.anyio

PROMPT = "a cat in a very private hat"


class Script:
    """Answers requests in turn (the last answer for good) and remembers them."""

    def __init__(self, *turns) -> None:
        self.turns = list(turns)
        self.requests: list[httpx2.Request] = []
        self.bodies: list[bytes] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        self.bodies.append(await request.aread())
        turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        if isinstance(turn, Exception):
            raise turn
        if isinstance(turn, str):
            status, headers, body = sample(turn)
            return httpx2.Response(status, headers=headers, content=body)
        return turn


def service(script: Script, clock, **more) -> Service:
    return Service(KEY, transport=httpx2.MockTransport(script), clock=clock, **more)


async def fault_of(awaitable) -> Fault:
    with pytest.raises(Fault) as caught:
        await awaitable
    return caught.value


async def test_products_come_back_unread(clock):
    script = Script("list_ok")
    async with service(script, clock) as ima:
        (group,) = await ima.products("text_to_image")

    assert group["type"] == "2"
    assert script.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert clock.slept == []


async def test_a_list_is_asked_again_after_passing_troubles(clock):
    script = Script("list_bad_gateway", httpx2.ConnectError("refused"), "list_html_200", "list_ok")
    async with service(script, clock) as ima:
        assert await ima.products("text_to_image")

    assert len(script.requests) == 4
    assert len(clock.slept) == 3
    assert all(0 <= wait <= 5 for wait in clock.slept)


async def test_a_list_that_stays_down_is_given_up_after_four_tries(clock):
    script = Script("list_bad_gateway")
    async with service(script, clock) as ima:
        fault = await fault_of(ima.products("text_to_image"))

    assert (type(fault), fault.code, fault.http_status) == (NetworkFault, "network.server_error", 502)
    assert len(script.requests) == 4


async def test_the_wait_that_the_service_asks_for_is_honoured(clock):
    script = Script("list_rate_limited", "list_ok")
    async with service(script, clock) as ima:
        await ima.products("text_to_image")

    assert clock.slept == [7.0]


async def test_a_wait_beyond_our_patience_is_told_to_the_caller_instead(clock):
    script = Script(httpx2.Response(429, headers={"Retry-After": "3600"}))
    async with service(script, clock) as ima:
        fault = await fault_of(ima.products("text_to_image"))

    assert (fault.code, fault.retry_after, fault.retryable) == ("network.rate_limited", 3600.0, True)
    assert (len(script.requests), clock.slept) == (1, [])


@pytest.mark.parametrize("case", ["list_unauthorized_500", "list_refused", "list_redirect"])
async def test_a_definite_answer_is_not_asked_for_again(clock, case: str):
    script = Script(case)
    async with service(script, clock) as ima:
        await fault_of(ima.products("text_to_image"))

    assert len(script.requests) == 1


async def test_a_create_gives_the_task_id(clock):
    script = Script("create_ok")
    async with service(script, clock) as ima:
        assert await ima.create(reservation(), QUOTE, PROMPT, ["https://p.example.com/a.png"]) == "0a1b2c3d"

    assert json.loads(script.bodies[0])["parameters"][0]["parameters"]["prompt"] == PROMPT


@pytest.mark.parametrize(
    ("turn", "kind", "charged"),
    [
        (httpx2.ConnectError("refused"), NetworkFault, "no"),
        (httpx2.ConnectTimeout("slow"), NetworkFault, "no"),
        (httpx2.PoolTimeout("full"), NetworkFault, "no"),
        (httpx2.ProxyError("403"), NetworkFault, "no"),
        (httpx2.ReadTimeout("slow"), UncertainFault, "unknown"),
        (httpx2.ReadError("reset"), UncertainFault, "unknown"),
        (httpx2.WriteError("reset"), UncertainFault, "unknown"),
        (httpx2.WriteTimeout("slow"), UncertainFault, "unknown"),
        (httpx2.RemoteProtocolError("closed"), UncertainFault, "unknown"),
        (OSError("odd"), UncertainFault, "unknown"),
        (RuntimeError("odder"), UncertainFault, "unknown"),
        ("create_500_plain", UncertainFault, "unknown"),
        ("create_truncated_json", UncertainFault, "unknown"),
        ("create_redirect_307", NetworkFault, "no"),
        ("create_redirect_302", NetworkFault, "no"),
        ("create_rate_limited", NetworkFault, "no"),
        ("create_unauthorized_500", AuthFault, "no"),
        ("create_backend_fault", RejectedFault, "no"),
    ],
)
async def test_a_create_is_sent_once_and_says_what_it_may_have_cost(clock, turn, kind: type[Fault], charged: str):
    """D1 and D9: whatever happens, there is one POST, and its outcome is a definite no or unknown."""
    script = Script(turn)
    async with service(script, clock) as ima:
        fault = await fault_of(ima.create(reservation(), QUOTE, PROMPT, []))

    assert (type(fault), fault.charged, fault.phase) == (kind, charged, "create")
    assert len(script.requests) == 1
    assert KEY not in str(fault) + repr(fault) + repr(vars(fault))
    assert PROMPT not in str(fault) + repr(vars(fault))


async def test_a_create_without_a_reservation_is_impossible(clock):
    script = Script("create_ok")
    async with service(script, clock) as ima:
        with pytest.raises(TypeError):
            await ima.create(None, QUOTE, PROMPT, [])  # type: ignore[arg-type]

    assert script.requests == []


async def test_a_claim_that_waited_too_long_is_not_sent(clock):
    clock.now = 0.3
    script = Script("create_ok")
    async with service(script, clock) as ima:
        fault = await fault_of(ima.create(reservation(claimed_at=0.0), QUOTE, PROMPT, []))

    assert (fault.code, fault.charged) == ("network.claimed_too_late", "no")
    assert script.requests == []


async def test_a_look_is_taken_once_and_not_repeated(clock):
    script = Script("detail_bad_gateway", "detail_done")
    async with service(script, clock) as ima:
        assert (await fault_of(ima.detail("0a1b2c3d"))).code == "network.server_error"
        assert (await ima.detail("0a1b2c3d")).medias[0].state == "done"

    assert len(script.requests) == 2
    assert clock.slept == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("question", ["products", "create", "detail", "upload"])
async def test_no_redirect_is_followed_with_key_prompt_or_bytes(clock, status: int, question: str):
    """D29."""
    script = Script(httpx2.Response(status, headers={"Location": "https://evil.example.com/"}))
    async with service(script, clock) as ima:
        asked = {
            "products": lambda: ima.products("text_to_image"),
            "create": lambda: ima.create(reservation(), QUOTE, PROMPT, []),
            "detail": lambda: ima.detail("t"),
            "upload": lambda: ima.upload(b"png", "image/png", "png"),
        }[question]
        fault = await fault_of(asked())

    assert (fault.code, fault.charged == "unknown") == ("network.redirect", False)
    assert [request.url.host for request in script.requests] in (["api.imastudio.com"], ["imapi.liveme.com"])


async def test_a_picture_is_put_where_the_ticket_says_with_the_same_content_type(clock, tmp_path):
    picture = tmp_path / "in.png"
    picture.write_bytes(b"p" * 700_000)
    script = Script("token_ok", httpx2.Response(200))
    async with service(script, clock) as ima:
        where = await ima.upload(picture, "image/png", "png")

    put = script.requests[1]
    assert where == "https://ima-ga.esxscloud.com/webAgent/privite/2026/04/01/1_2_3.png"
    assert (put.method, put.headers["content-type"], put.headers["content-length"]) == ("PUT", "image/png", "700000")
    assert script.bodies[1] == picture.read_bytes()
    assert KEY not in str(put.headers)


async def test_both_steps_of_an_upload_survive_passing_troubles(clock):
    script = Script(
        "list_bad_gateway",
        "token_null",
        "token_ok",
        httpx2.Response(503),
        httpx2.WriteError("reset"),
        httpx2.Response(200),
    )
    async with service(script, clock) as ima:
        assert await ima.upload(b"png", "image/png", "png")

    assert [request.method for request in script.requests] == ["POST", "POST", "POST", "PUT", "PUT", "PUT"]
    assert script.bodies[-1] == b"png"


async def test_a_storage_that_refuses_the_picture_is_not_asked_again(clock):
    script = Script("token_ok", httpx2.Response(403))
    async with service(script, clock) as ima:
        fault = await fault_of(ima.upload(b"png", "image/png", "png"))

    assert (type(fault), fault.code, fault.charged) == (RejectedFault, "upload.refused", "no")
    assert len(script.requests) == 2


async def test_a_picture_never_goes_to_an_unsafe_place(clock):
    """D33."""
    script = Script("token_private_place")
    async with service(script, clock) as ima:
        assert (await fault_of(ima.upload(b"png", "image/png", "png"))).code == "upload.untrusted_place"

    assert len(script.requests) == 1


async def test_a_picture_that_vanished_before_its_upload_is_said_so(clock, tmp_path):
    script = Script("token_ok", httpx2.Response(200))
    async with service(script, clock) as ima:
        fault = await fault_of(ima.upload(tmp_path / "gone.png", "image/png", "png"))

    assert (type(fault), fault.code) == (UsageFault, "upload.unreadable")


URL = "https://pictures.example.com/a.png?Signature=s3cr3t"


async def test_a_picture_is_fetched_byte_for_byte_and_without_the_key(clock):
    script = Script(httpx2.Response(200, headers={"Content-Type": "image/png"}, content=b"picture"))
    got = bytearray()
    async with service(script, clock) as ima:
        info = await ima.fetch(URL, got.extend)

    assert (bytes(got), info.status, info.content_type, info.length) == (b"picture", 200, "image/png", 7)
    assert "authorization" not in script.requests[0].headers


@pytest.mark.parametrize(
    ("status", "headers", "content"),
    [(206, {"Content-Range": "bytes 3-6/7"}, b"ture"), (200, {}, b"picture")],
)
async def test_a_picture_is_continued_whether_or_not_the_storage_knows_ranges(clock, status, headers, content):
    script = Script(httpx2.Response(status, headers=headers, content=content))
    got = bytearray(b"pic")
    async with service(script, clock) as ima:
        info = await ima.fetch(URL, got.extend, offset=3)

    assert (bytes(got), info.length) == (b"picture", 7)
    assert script.requests[0].headers["range"] == "bytes=3-"


async def test_a_download_follows_three_public_redirects_and_no_more(clock):
    hop = httpx2.Response(302, headers={"Location": "/b.png"})
    script = Script(hop, hop, hop, httpx2.Response(200, content=b"picture"))
    got = bytearray()
    async with service(script, clock) as ima:
        await ima.fetch(URL, got.extend)
        assert got == b"picture"
        assert (await fault_of(service(Script(hop), clock).fetch(URL, got.extend))).code == "network.redirect"


@pytest.mark.parametrize(
    "where",
    ["http://pictures.example.com/a.png", "https://127.0.0.1/a.png", "https://[::1]/", "https://[bad", "file:///a.png"],
)
async def test_a_download_is_never_led_to_an_unsafe_address(clock, where: str):
    script = Script(httpx2.Response(302, headers={"Location": where}), httpx2.Response(200, content=b"x"))
    got = bytearray()
    async with service(script, clock) as ima:
        fault = await fault_of(ima.fetch(URL, got.extend))

    assert (type(fault), fault.code, fault.charged) == (DownloadFault, "download.unusable_url", "yes")
    assert (len(script.requests), bytes(got)) == (1, b"")


@pytest.mark.parametrize(
    ("turn", "kind", "code"),
    [
        (httpx2.Response(404), DownloadFault, "download.gone"),
        (httpx2.Response(503, headers={"Retry-After": "4"}), NetworkFault, "network.server_error"),
        (httpx2.ReadError("reset"), NetworkFault, "network.interrupted"),
        (httpx2.ReadTimeout("slow"), NetworkFault, "network.timeout"),
        (httpx2.Response(200, headers={"Content-Length": "100000001"}), DownloadFault, "download.too_large"),
    ],
)
async def test_a_download_that_fails_says_whether_to_try_again(clock, turn, kind: type[Fault], code: str):
    script = Script(turn)
    async with service(script, clock) as ima:
        fault = await fault_of(ima.fetch(URL, bytearray().extend))

    assert (type(fault), fault.code, fault.charged, fault.phase) == (kind, code, "yes", "download")
    assert len(script.requests) == 1


async def test_trouble_with_the_disk_is_not_taken_for_trouble_with_the_network(clock):
    def full(chunk: bytes) -> None:
        raise OSError(28, "No space left on device")

    async with service(Script(httpx2.Response(200, content=b"picture")), clock) as ima:
        with pytest.raises(OSError, match="No space"):
            await ima.fetch(URL, full)


class Endless(httpx2.AsyncByteStream):
    """A body of up to 100 MB that counts what is taken."""

    def __init__(self, chunk: bytes = b"[" * 65_536) -> None:
        self.chunk = chunk
        self.taken = 0

    async def __aiter__(self):
        while self.taken < 100_000_000:
            self.taken += len(self.chunk)
            yield self.chunk


async def test_reading_a_huge_answer_stops_early(clock):
    body = Endless()
    async with service(Script(httpx2.Response(200, stream=body)), clock) as ima:
        fault = await fault_of(ima.detail("t"))

    assert (fault.code, fault.retryable) == ("network.too_large", False)
    assert body.taken < 9_000_000


async def test_a_huge_answer_to_create_is_uncertain(clock):
    async with service(Script(httpx2.Response(200, stream=Endless())), clock) as ima:
        assert isinstance(await fault_of(ima.create(reservation(), QUOTE, PROMPT, [])), UncertainFault)


async def test_a_small_answer_that_unpacks_to_gigabytes_is_stopped_early(clock):
    bomb = gzip.compress(b" " * 30_000_000)
    script = Script(httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=Once(bomb)))
    async with service(script, clock) as ima:
        assert (await fault_of(ima.detail("t"))).code == "network.too_large"


class Once(httpx2.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self):
        yield self.content


@pytest.mark.parametrize("cut", [0, 3, 12, -9, -1])
async def test_a_truncated_or_broken_gzip_answer_is_worth_another_look(clock, cut: int):
    packed = gzip.compress(sample("detail_done")[2])
    broken = Once(packed[:cut] if cut else b"not gzip at all")
    script = Script(httpx2.Response(200, headers={"Content-Encoding": "gzip"}, stream=broken), "detail_done")
    async with service(script, clock) as ima:
        try:
            view = await ima.detail("t")
        except NetworkFault as fault:
            assert fault.retryable
        else:
            assert view.medias[0].state == "done"  # only the checksum was cut off


async def test_a_deeply_nested_answer_is_no_crash(clock):
    body = b'{"code":0,"data":' + b'{"medias":[' * 100_000
    async with service(Script(httpx2.Response(200, content=body)), clock) as ima:
        assert (await fault_of(ima.detail("t"))).code == "network.bad_answer"


async def test_the_log_names_method_host_path_and_ids_but_no_secret(clock, caplog):
    """D30."""
    caplog.set_level(logging.DEBUG)
    script = Script("token_ok", httpx2.Response(200), "create_ok", httpx2.Response(200, content=b"x"))
    async with service(script, clock) as ima:
        await ima.upload(b"png", "image/png", "png")
        await ima.create(reservation(), QUOTE, PROMPT, [])
        await ima.fetch(URL, bytearray().extend)

    assert "POST api.imastudio.com/open/v1/tasks/create 200" in caplog.text
    assert "item-1" in caplog.text
    assert "0a1b2c3d" in caplog.text
    for secret in (KEY, PROMPT, "Signature", "s3cr3t", "?"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("exc", "expected"),
    [
        (NetworkFault("network.timeout"), "transient"),
        (NetworkFault("network.redirect", retryable=False), "fatal"),
        (AuthFault("auth.refused"), "fatal"),
        (RejectedFault("rejected.backend", retryable=True), "fatal"),
        (UncertainFault("uncertain.no_answer"), "fatal"),
        (httpx2.ReadTimeout("slow"), "transient"),
        (httpx2.ConnectError("refused"), "transient"),
        (TimeoutError(), "transient"),
        (ValueError(), "fatal"),
        (KeyboardInterrupt(), "fatal"),
    ],
)
async def test_what_is_transient_is_decided_in_one_place(exc: BaseException, expected: str, clock):
    """A free question is asked again after a passing trouble, and after no definite answer."""
    asked: list[BaseException] = []

    async def ask() -> None:
        asked.append(exc)
        raise failures.fault_of(exc, "catalog") if isinstance(exc, (httpx2.HTTPError, TimeoutError)) else exc

    with suppress(BaseException):
        await patiently(ask, clock)
    assert ("transient" if len(asked) > 1 else "fatal") == expected
