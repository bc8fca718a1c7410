"""Only public https links are named to the service, and only such answers are followed (D33, D34)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.domain.model import Wish
from ima_nano_banana.domain.request import is_url, resolve
from ima_nano_banana.domain.urls import safe_url, shown, trusted_answer_url, url_fault
from ima_nano_banana.errors import UsageFault

PRIVATE = [
    *(
        "https://127.0.0.1/a.png",
        "https://10.1.2.3/a",
        "https://192.168.0.1",
        "https://172.16.0.1/",
        "https://0.0.0.0/",
    ),
    *("https://169.254.169.254/latest", "https://100.64.0.1/", "https://224.0.0.1/", "https://255.255.255.255/"),
    *("https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/"),
    *("https://010.0.0.1/", "https://1.2.3.4.5/", "https://0x/", "https://１２７.0.0.1/", "https://127。0。0。1/"),
    *("https://[::1]/", "https://[::]/", "https://[fe80::1]/", "https://[fd00::1]/", "https://[ff02::1]/"),
    *(
        "https://[::ffff:10.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
    ),
    *("https://localhost/", "https://LOCALHOST:8443/", "https://a.localhost/", "https://printer.local/x"),
    *("https://metadata.google.internal/", "https://nas.home.arpa/", "https://intranet/x", "https://a。local/"),
]
BAD = [
    *("https://", "https:///path", "https://example.com./a", "https://a..b/", "https://.example.com/"),
    *("https://example.com:0/", "https://example.com:99999/", "https://example.com:x/", "https://example.com\\@evil.example/"),
    *("https://example.com%2f.evil.example/", "https://[::1", "https://exam\tple.com/", "https://example.com/\x7f"),
    "https:a.png",
    "https://exa mple.com/",
    "https://" + "a." * 200 + "com/",
]  # fmt: skip
GOOD = [
    *("https://example.com/photo.jpg", "https://example.com", "HTTPS://EXAMPLE.COM/A", "https://cdn.example.com:8443/a?b=c"),
    *("https://8.8.8.8/a.png", "https://[2606:4700::1111]/a.png", "https://例子.测试/图.png", "https://a_b.example.com/x"),
    "https://zhubite-imagent-bot.oss-us-east-1.aliyuncs.com/x?Signature=a",
]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_host_in_any_spelling_is_refused(url):
    assert url_fault(url) == "usage.url_private"
    assert not trusted_answer_url(url)


@pytest.mark.parametrize("url", BAD)
def test_a_link_that_two_readers_could_read_differently_is_refused(url):
    assert url_fault(url) in ("usage.url_bad", "usage.url_private")


@pytest.mark.parametrize("url", GOOD)
def test_a_public_https_link_is_accepted_as_written(url):
    assert url_fault(url) is None
    assert resolve(Wish(prompt="x", images=(url,))).images == (url,)


def test_plain_http_is_refused_with_the_advice_to_use_https_or_a_file():
    with pytest.raises(UsageFault) as caught:
        safe_url("http://example.com/a.png")
    assert caught.value.code == "usage.url_http"


@pytest.mark.parametrize("url", ["ftp://example.com/a", "s3://bucket/key", "data:image/png;base64,AAAA"])
def test_other_schemes_are_refused(url):
    assert url_fault(url) == "usage.url_scheme"
    assert is_url(url)


@pytest.mark.parametrize("url", ["https://user@example.com/", "https://u:p@example.com/", "https://@example.com/"])
def test_user_info_is_refused_and_not_repeated(url):
    with pytest.raises(UsageFault) as caught:
        safe_url(url)
    assert caught.value.code == "usage.url_user"
    assert caught.value.params["url"] == "https://example.com/"


def test_an_error_shows_no_query_string():
    assert shown("https://h.example/p?Signature=secret#x") == "https://h.example/p"


@pytest.mark.parametrize(
    "path", ["photo.jpg", "./a.png", "~/a.png", "C:\\a.png", "C:/a.png", "file:///a.png", "a:b.png"]
)
def test_everything_else_is_a_local_file(path):
    assert not is_url(path)
    assert resolve(Wish(prompt="x", images=(path,))).images == (path,)


@given(st.text(max_size=40) | st.text(max_size=30).map("https://".__add__))
def test_any_text_is_judged_without_a_crash(text):
    assert trusted_answer_url(text) == (url_fault(text) is None)


@given(st.ip_addresses())
def test_a_literal_address_is_trusted_only_if_it_is_global(address):
    host = f"[{address}]" if address.version == 6 else str(address)
    assert not trusted_answer_url(f"https://{host}/") or address.is_global or address.version == 6
