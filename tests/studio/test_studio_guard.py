"""What others may try: another host's name, another site's form, paths, files that are no pictures, and too much."""

from __future__ import annotations

import io
import json
import re
import socket
from contextlib import ExitStack

import httpx2
import pytest
from PIL import Image
from studio_kit import Studio

from ima_nano_banana.doors.studio import peer
from ima_nano_banana.doors.studio.app import _READ, _WRITE
from ima_nano_banana.doors.studio.news import MOST_STREAMS
from ima_nano_banana.doors.studio.session import Sessions

pytestmark = pytest.mark.loopback

WRITES = sorted(_WRITE)


def png(color: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(file, "PNG")
    return file.getvalue()


def test_health_says_that_it_lives_and_which_version(stranger: httpx2.Client) -> None:
    told = stranger.get("/healthz").json()
    assert told["ok"] is True
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", told["version"])


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "localhost", "a@127.0.0.1:{port}", ""]
)
def test_a_name_that_is_not_ours_is_refused_whatever_is_asked(
    stranger: httpx2.Client, studio: Studio, host: str
) -> None:
    for path in ("/", "/healthz", "/api/events", "/static/main.js", "/enter?code=x"):
        assert stranger.get(path, headers={"host": host.format(port=studio.port)}).status_code == 403


@pytest.mark.parametrize("path", WRITES)
def test_nothing_is_written_without_a_session(stranger: httpx2.Client, studio: Studio, path: str) -> None:
    told = stranger.post(path, json={}, headers={"origin": studio.url})
    assert told.status_code == 403
    assert told.json()["error"]["kind"] == "forbidden"


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_nothing_is_written_for_another_origin(
    owner: httpx2.Client, studio: Studio, path: str, origin: str | None
) -> None:
    headers = dict(owner.headers)
    headers.pop("origin")
    if origin is not None:
        headers["origin"] = origin.format(port=studio.port)
    with httpx2.Client(base_url=studio.url, trust_env=False, headers=headers, cookies=owner.cookies) as other:
        assert other.post(path, json={}).status_code == 403


def test_other_sites_read_nothing_but_may_link_here(owner: httpx2.Client) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    assert owner.get("/api/items", headers={**foreign, "sec-fetch-mode": "no-cors"}).status_code == 403
    assert owner.get("/", headers={**foreign, "sec-fetch-mode": "navigate"}).status_code == 200


def test_the_cookie_can_be_read_by_no_script_and_is_sent_by_no_other_site(studio: Studio) -> None:
    studio.stop()
    studio.start()
    with httpx2.Client(base_url=studio.url, trust_env=False) as client:
        told = client.get(studio.link)
        cookie = told.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert studio.link.partition("code=")[2] not in cookie
    with httpx2.Client(base_url=studio.url, trust_env=False) as second:
        assert second.get(studio.link).status_code == 403  # the link works once
        assert "set-cookie" not in second.get(studio.link).headers


def test_a_forged_or_old_cookie_opens_nothing(tmp_path) -> None:
    sessions, other = Sessions(tmp_path / "one", 1), Sessions(tmp_path / "two", 1)
    good = sessions.set_cookie().partition(";")[0]
    assert sessions.holds(good, "")
    assert Sessions(tmp_path / "one", 1).holds(good, "")  # a restart ends no session
    assert not other.holds(good, "")
    name, _, value = good.partition("=")
    for bad in (
        "",
        value[:-1] + ("0" if value[-1] != "0" else "1"),
        "1." + value.partition(".")[2],
        "x",
        ".",
        "9" * 40,
    ):
        assert not sessions.holds(f"{name}={bad}", "")


def test_every_answer_forbids_inline_scripts_and_other_hosts(owner: httpx2.Client, stranger: httpx2.Client) -> None:
    answers = [
        owner.get(path, headers={"accept": "text/html"})
        for path in ("/", "/money", "/healthz", "/static/main.js", "/nothing")
    ]
    answers += [stranger.post("/api/runs", json={}), stranger.get("/", headers={"host": "evil.example"})]
    for told in answers:
        policy = told.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert told.headers["x-content-type-options"] == "nosniff"
        assert told.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in told.headers
        assert "server" not in told.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/pictures/..%2f..%2fetc%2fpasswd/1",
        "/pictures/%2fetc%2fpasswd",
        "/thumbs/..%2f..%2f/1/256/x.webp",
        "/inputs/..%2f..%2fima_ledger.sqlite3.webp",
        "/zip?ids=../../etc/passwd",
    ],
)
def test_no_path_reaches_the_file_system(owner: httpx2.Client, path: str) -> None:
    told = owner.get(path)
    assert told.status_code in (400, 404)
    assert b"root:" not in told.content
    assert b"import" not in told.content


@pytest.mark.parametrize(
    "inputs", [["/etc/passwd"], [{"path": "/etc/passwd"}], [{"input": "../../x"}], [{"picture": "/etc/passwd"}], "x"]
)
def test_no_order_names_a_path(owner: httpx2.Client, inputs: object) -> None:
    body = {"prompt": "x", "key": "k", "max_credits": 99, "inputs": inputs}
    for path in ("/api/runs", "/api/quote"):
        assert owner.post(path, json=body).status_code == 400


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 64,
        b"",
        b"\x89PNG\r\n\x1a\n<script>",
        png()[:-20],
    ],
)
def test_an_upload_is_judged_by_its_content(owner: httpx2.Client, data: bytes) -> None:
    told = owner.post("/api/inputs", content=data, headers={"content-type": "image/png"})
    assert told.status_code == 400
    assert "ima_studio" not in told.text  # where it lay for a moment is nobody's business


def test_a_picture_is_taken_and_shown_small(owner: httpx2.Client) -> None:
    name = owner.post("/api/inputs", content=png()).json()["input"]
    small = owner.get(f"/inputs/{name}.webp")
    assert small.headers["content-type"] == "image/webp"
    assert "immutable" in small.headers["cache-control"]
    assert small.content[8:12] == b"WEBP"


def test_an_oversized_body_is_refused_before_it_is_read(owner: httpx2.Client, studio: Studio) -> None:
    with socket.create_connection(("127.0.0.1", studio.port), timeout=20) as line:
        cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
        head = f"POST /api/inputs HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nOrigin: {studio.url}\r\n"
        line.sendall(f"{head}Cookie: {cookie}\r\nContent-Length: 99000000\r\n\r\n".encode())
        assert line.recv(64).startswith(b"HTTP/1.1 413")


def test_a_body_that_announces_no_length_is_cut_off_too(owner: httpx2.Client) -> None:
    def endless():
        for _ in range(40):
            yield b" " * 100_000

    told = owner.post("/api/runs", content=endless(), headers={"content-type": "application/json"})
    assert told.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'"x"', b"[" * 5000, b'{"ids": "x"}', b'{"ids": [1]}', b'{"on": 1, "ids": []}']
)
@pytest.mark.parametrize("path", [path for path in WRITES if path not in ("/api/inputs", "/api/quote")])
def test_a_body_that_makes_no_sense_is_a_usage_error_and_never_a_defect(
    owner: httpx2.Client, path: str, body: bytes
) -> None:
    told = owner.post(path, content=body, headers={"content-type": "application/json"})
    assert told.status_code in (400, 422), told.text
    assert told.json()["error"]["kind"] != "internal"
    assert owner.post(path, content=body, headers={"content-type": "text/plain"}).status_code == 400


def test_strange_queries_are_bounded(owner: httpx2.Client) -> None:
    for query in (
        "offset=-1",
        "limit=999999999",
        "offset=9" * 9,
        "since=x",
        "top=x",
        "state=;drop",
        "q=%25%00",
        "until=0000-00-00",
    ):
        assert owner.get(f"/api/items?{query}").status_code in (200, 400), query


def test_two_hundred_streams_are_bounded_and_leave_the_studio_answering(studio: Studio, owner: httpx2.Client) -> None:
    refused = 0
    with ExitStack() as lines:
        for _ in range(200):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", studio.port), timeout=30))
            line.sendall(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\n\r\n".encode())
            refused += line.recv(16).startswith(b"HTTP/1.1 503")
        assert refused >= 200 - MOST_STREAMS - 1
        assert owner.get("/healthz").status_code in (200, 503)
    told = owner.get("/api/items")
    assert told.status_code == 200


def test_every_view_is_data_at_the_same_address(owner: httpx2.Client) -> None:
    for path, view in (("/", "look"), ("/money", "money")):
        page = owner.get(path, headers={"accept": "text/html"})
        data = owner.get(path, headers={"accept": "application/json"}).json()
        assert page.headers["content-type"].startswith("text/html")
        assert data["view"] == view
        shown = json.loads(re.search(r'id="first">(.*?)</script>', page.text, re.DOTALL)[1])
        assert set(data) <= set(shown)
    assert owner.get("/now").json()["view"] == "now"
    assert {"/", "/money", "/now"} <= set(_READ)


def test_the_end_of_a_connection_is_known_for_the_owners_where_the_system_tells() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname()) as client:
            own = peer.is_own(client.getsockname(), listener.getsockname())
            assert own is peer._TABLES[0].exists()
            assert not peer.is_own(("127.0.0.1", 1), listener.getsockname())
