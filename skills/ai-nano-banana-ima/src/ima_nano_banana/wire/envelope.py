"""The envelope around every JSON answer: ``{"code", "message", "data", "timestamp"}``.

The body's code is the business status and outranks the HTTP status: "insufficient points" has been seen
under HTTP 500 (contract, section 3).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ima_nano_banana.wire.gateways import is_date
from ima_nano_banana.wire.redact import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

SUCCESS = (0, 200)
LONGEST_WAIT = 86_400.0

_LARGEST_CODE = 999_999_999
_INTEGER = re.compile(r"\s*([+-]?\d{1,9})(?:\.0*)?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One answer, opened.

    Attributes:
        status: The HTTP status.
        code: The body's code, ``None`` if the body has none.
        message: The body's message as one clean line, ``""`` if there is none.
        data: The payload, whatever it is.
        is_object: Whether the body is a JSON object at all.
        retry_after: Seconds that the service asked to wait.
        dated: Whether it carries the service's own ``timestamp``.
    """

    status: int
    code: int | None
    message: str
    data: object
    is_object: bool
    retry_after: float | None
    dated: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the answer says yes: by its code, or by a 2xx when an object carries no code."""
        if self.code is not None:
            return self.code in SUCCESS
        return self.is_object and 200 <= self.status < 300


def open_envelope(
    status: int, headers: Mapping[str, str], body: bytes, *, key: str = "", now: float | None = None
) -> Envelope:
    """Open an answer. Never raises, whatever the bytes are.

    Args:
        status: HTTP status.
        headers: Response headers, in any case.
        body: Decoded body.
        key: The API key, to be cut out of the message.
        now: Unix seconds, to read a ``Retry-After`` date when the answer has no ``Date`` of its own.
    """
    content = _json(body)
    is_object = isinstance(content, dict)
    fields: dict[str, object] = content if isinstance(content, dict) else {}
    return Envelope(
        status=status,
        code=_code(fields.get("code")),
        message=clean(fields.get("message") or fields.get("msg"), key),
        data=fields.get("data"),
        is_object=is_object,
        retry_after=retry_after(headers, now),
        dated=is_date(fields.get("timestamp")),
    )


def integer(value: object) -> int | None:
    """Return a number that may come as int, float or string; ``None`` for anything else (a bool is no number)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    match = _INTEGER.fullmatch(value) if isinstance(value, str) else None
    return int(match.group(1)) if match else None


def _code(value: object) -> int | None:
    """Return a business code. A number that no service would call one (1e308) proves no refusal."""
    code = integer(value)
    return code if code is not None and abs(code) <= _LARGEST_CODE else None


def header(headers: Mapping[str, str], name: str) -> str | None:
    """Return a header whatever the case of its name."""
    return next((value for found, value in headers.items() if found.lower() == name.lower()), None)


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return ``Retry-After`` in seconds (RFC 9110, section 10.2.3: a number or a date), at most a day."""
    text = (header(headers, "retry-after") or "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text):
        return min(float(text), LONGEST_WAIT)
    if not text:
        return None
    until = _date(text)
    # The server's own Date is the right "now": its clock may differ from ours.
    since = _date(header(headers, "date") or "") or now
    if until is None or since is None:
        return None
    return min(max(until - since, 0.0), LONGEST_WAIT)


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _json(body: bytes) -> object:
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):  # broken, not UTF-8, endless digits, or nested without end
        return None
    return content
