"""The proxy that the environment names: whether it can be used at all, before anything is asked through it."""

from __future__ import annotations

import importlib.util
import re
import urllib.request
from urllib.parse import urlsplit

from ima_nano_banana.errors import NetworkFault
from ima_nano_banana.wire.requests import API_HOST

_SCHEMES = ("http", "https", "socks5", "socks5h")
_LABEL = re.compile(r"[^\s\x00-\x20./@?#]{1,63}")


def check() -> None:
    """Refuse a setting that nobody can connect by, in words about the setting.

    Raises:
        NetworkFault: a proxy's address can't be one, or it speaks SOCKS and the package for that is missing.
    """
    told = urllib.request.getproxies()
    for url in filter(None, (told.get(name, "").strip() for name in ("https", "all", "http"))):
        scheme = _scheme(url)
        if scheme is None:
            raise NetworkFault("network.proxy_setting", phase="catalog", retryable=False)
        if scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
            from ima_nano_banana.local.installs import install_extra

            raise NetworkFault("network.proxy_socks", phase="catalog", retryable=False, install=install_extra("socks"))


def in_use() -> bool:
    """Tell whether what is asked of the service goes through a proxy."""
    told = urllib.request.getproxies()
    return bool(told.get("https") or told.get("all")) and not urllib.request.proxy_bypass(API_HOST)


def _scheme(url: str) -> str | None:
    """Return how the proxy is spoken to, or ``None`` if its address can't be one."""
    try:
        url.encode()
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port, host = parts.port, parts.hostname or ""
        labels = [host] if ":" in host else host.removesuffix(".").split(".")
        named = ":" in host or all(_LABEL.fullmatch(label) for label in labels)
    except ValueError:
        return None
    fine = parts.scheme in _SCHEMES and named and port != 0 and len(host) <= 253
    return parts.scheme if fine else None
