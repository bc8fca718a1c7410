"""Which URLs may be named to the service, and which of its answers may be followed.

Hosts are judged as written, names and literal addresses alike: nothing is resolved or fetched here
(interface, section 9, "Requests").
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

from ima_nano_banana.errors import UsageFault

_PRIVATE_NAMES = ("localhost", "local", "internal", "home.arpa", "localdomain")
# What IDNA takes for a dot beside the dot itself.
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})
_LABEL = re.compile(r"[\w-]{1,63}")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
# A single letter is a Windows drive, and "a:b.png" is a fine name for a file.
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://|(https?|data):", re.IGNORECASE)
FILE = "file"
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def scheme_of(reference: str) -> str | None:
    """Return the scheme of what names an input picture, in lower case; ``None`` for a plain path."""
    found = _SCHEME.match(reference.strip())
    return None if found is None else (found[1] or found[2]).lower()


def is_url(reference: str) -> bool:
    """Tell whether an input picture is a URL that the service fetches; anything else is a local file."""
    return scheme_of(reference) not in (None, FILE)


def safe_url(url: str) -> None:
    """Refuse an input picture's URL that the service should not be sent to.

    Raises:
        UsageFault: not https, user info, a bad port, or a host that is not a public name or address.
    """
    fault = url_fault(url)
    if fault:
        raise UsageFault(fault, url=shown(url))


def trusted_answer_url(url: str) -> bool:
    """Tell whether a result or upload URL that the service returned may be followed."""
    return url_fault(url) is None


def url_fault(url: str) -> str | None:
    """Return the key of what is wrong with ``url`` (``"usage.url_..."``), or ``None``."""
    # urlsplit drops tabs and line ends without a word, and browsers read a backslash as a slash.
    if any(ord(char) <= 0x20 or char in "\x7f\\" for char in url):
        return "usage.url_bad"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "usage.url_bad"
    if parts.scheme != "https":
        return "usage.url_http" if parts.scheme == "http" else "usage.url_scheme"
    if "@" in parts.netloc:
        return "usage.url_user"
    return "usage.url_bad" if port == 0 else _host_fault(parts)


def shown(url: str) -> str:
    """Return as much of ``url`` as an error may show: no user info, no query, not too long."""
    bare = re.split(r"[?#]", url, maxsplit=1)[0]
    bare = re.sub(r"//[^/]*@", "//", bare)
    return bare if len(bare) <= 120 else bare[:119] + "…"


def _host_fault(parts: SplitResult) -> str | None:
    host = unicodedata.normalize("NFKC", parts.hostname or "").translate(_DOTS).lower()
    if parts.netloc.startswith("["):
        return _address_fault(host)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # 2130706433, 0x7f.1 and 127.1 are all loopback to some reader; only the plain spelling is judged.
        return _address_fault(host)
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return "usage.url_bad"
    if len(labels) < 2 or any(host == name or host.endswith("." + name) for name in _PRIVATE_NAMES):
        return "usage.url_private"
    return None


def _address_fault(host: str) -> str | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "usage.url_private"
    return None if all(map(_is_public, _readings(address))) else "usage.url_private"


def _readings(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Return the address that is reached: itself, or each IPv4 address that is wrapped in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in wrapped if inner is not None] or [address]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    scoped = isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None
    return address.is_global and not (address.is_multicast or address.is_reserved or scoped)
