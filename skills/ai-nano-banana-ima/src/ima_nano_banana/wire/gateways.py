"""Who wrote a refusal: the service, or a gateway in front of it that gave up waiting.

A gateway speaks after the service may have accepted and charged, so its word proves nothing (interface, section 9).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ima_nano_banana.wire.envelope import Envelope

_SECONDS = range(1_000_000_000, 10_000_000_000)
"""Unix seconds, as the service dates its answers; frameworks in between write milliseconds or ISO 8601."""

# What gateways, meshes and frameworks say of themselves. A message that holds one of these proves nothing.
_PHRASES = re.compile(
    r"upstream|gateway|prox(y|ied)|backend fetch|back-?end server|origin|edge|load ?balancer|ring-?balancer|mesh"
    r"|time[sd]?[ -]?out|timing out|deadline|too long to respond|healthy|no available|no live|unavailable|overload"
    r"|maintenance|internal (server )?(error|fault)|server (error|fault)|system error|unexpected (error|condition)"
    r"|unknown error|an error (has )?occurred|could not complete your request|went wrong|please try again"
    r"|try again later|connect|communicating with endpoint|reset before headers|broken pipe|\beof\b|circuit"
    r"|(bad|invalid) response"
    r"|网关|超时|上游|代理|服务(暂)?不可用|服务器(内部)?(错误|异常|开小差)|系统(错误|异常|繁忙)|内部错误|未知错误|稍后(再|重)试",
    re.IGNORECASE,
)
_TELLING = re.compile(r"[^\W\d_]{2,}.*[^\W\d_]{2,}|[\u3400-\u9fff]{2,}")
"""More than a number or one word such as "error"."""
_BARE = re.compile(
    r"(?i)(?:http|error|err|code|status|failed|fail|failure|fault|internal|success|ok|null|none|[\W\d_])*"
)


def by_gateway(envelope: Envelope) -> bool:
    """Tell whether a refusal may be a gateway's own.

    Its code is one that gateways write, and nothing marks it as the service's: neither the service's timestamp nor a
    message that no gateway writes.
    """
    code = envelope.code
    if code is None or not 500 <= code <= 599:
        return False
    return not (envelope.dated or _is_telling(envelope.message))


def is_date(value: object) -> bool:
    """Tell whether ``value`` is a timestamp as the service writes it."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d{10}\s*", value):
        value = int(value)
    return isinstance(value, int) and not isinstance(value, bool) and value in _SECONDS


def _is_telling(message: str) -> bool:
    bare = _BARE.fullmatch(message) is not None
    return not bare and _TELLING.search(message) is not None and _PHRASES.search(message) is None
