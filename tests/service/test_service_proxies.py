"""A proxy setting that can't be used is told as such, whatever is wrong with it."""

from __future__ import annotations

import importlib.util

import pytest

from ima_nano_banana import words
from ima_nano_banana.errors import NetworkFault
from ima_nano_banana.service import Service, proxies

UNUSABLE = [
    *("ftp://127.0.0.1:1", "file:///x", "socks4://127.0.0.1:1", "http://", "://", "http://user@:80"),
    *("127.0.0.1:99999", "http://127.0.0.1:-1", "http://127.0.0.1:0", "http://127.0.0.1:abc", "http://[::1"),
    *("http://a..b:80", "http://exa mple:80", "http://" + "a" * 300 + ":80", "http://\udcff:80", "http:// :80"),
]


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def _told() -> NetworkFault:
    async with Service("ima_x") as service:
        with pytest.raises(NetworkFault) as caught:
            await service.products("text_to_image")
    for language in ("zh", "en"):
        assert "{" not in words.text(caught.value.code + ".do", language, **caught.value.params)
    return caught.value


@pytest.mark.anyio
@pytest.mark.parametrize("setting", UNUSABLE)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
async def test_a_setting_that_can_not_be_a_proxy_is_no_defect(name, setting, monkeypatch):
    monkeypatch.setenv(name, setting)
    fault = await _told()
    assert (fault.code, fault.retryable, fault.charged) == ("network.proxy_setting", False, "no")


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_socks_proxy_names_the_package_that_is_missing(scheme, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "socksio" else found(name))
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:1080")
    fault = await _told()
    assert fault.code == "network.proxy_socks"
    assert "[socks]" in words.text("network.proxy_socks.do", "en", **fault.params)


@pytest.mark.parametrize("fine", ["http://proxy:3128", "proxy.example.com:80", "https://u:p@[::1]:8443", "http://a.b."])
def test_a_setting_that_can_be_used_is_left_alone(fine, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", fine)
    proxies.check()
    assert proxies.in_use()
    monkeypatch.setenv("NO_PROXY", "*")
    assert not proxies.in_use()


@pytest.mark.anyio
@pytest.mark.loopback
async def test_a_proxy_that_is_not_there_is_what_is_told_and_not_the_service(monkeypatch):
    from clocks import Skipping

    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    async with Service("ima_x", clock=Skipping()) as service:
        with pytest.raises(NetworkFault) as caught:
            await service.products("text_to_image")
    assert caught.value.code == "network.proxy_away"
