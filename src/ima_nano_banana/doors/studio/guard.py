"""What stands before every request: the right host, the right origin, a session, and no more bytes than are wanted.

Other sites can make a browser send requests here (CSRF), and can give their own name this machine's address (DNS
rebinding). So the host must be one of ours, whatever writes must come from our own page, and the cookie is one that
no other site's request carries.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ima_nano_banana.doors.studio import peer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ima_nano_banana.doors.studio.session import Sessions

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
OPEN = ("/healthz", "/enter", "/static/")
"""What may be read without a session."""
UPLOAD = "/api/inputs"
MOST_UPLOADED = 30_000_000
MOST_TOLD = 1_000_000
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_READS = ("GET", "HEAD")


class Guard:
    """The checks before an app.

    Args:
        app: What is guarded.
        sessions: Who may write.
        host: The address that is listened on; ``port`` its port.
        secured: Whether reading needs a session as well, whoever asks (an address that others reach).
    """

    def __init__(self, app: ASGIApp, sessions: Sessions, host: str, port: int, *, secured: bool) -> None:
        self._app = app
        self._sessions = sessions
        self._host = host.lower()
        self._port = port
        self._secured = secured

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or refuse with 403 or 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Heard(scope)
        status = self._refusal(scope, headers)
        most = MOST_UPLOADED if scope["path"] == UPLOAD else MOST_TOLD
        if status is None and headers.length > most:
            status = 413
        if status is not None:
            await _refuse(send, status, page="text/html" in headers.one("accept"))
            return
        scope["ima.session"] = self._sessions.holds(headers.all("cookie"), headers.one("authorization"))
        await self._app(scope, _bounded(receive, most), _with_headers(send))

    def _refusal(self, scope: Scope, headers: Heard) -> int | None:
        if not self._is_ours(headers.one("host")):
            return 403
        path, reads = scope["path"], scope["method"] in _READS
        foreign = headers.one("sec-fetch-site") in ("cross-site", "same-site")
        if foreign and not (reads and headers.one("sec-fetch-mode") == "navigate"):
            return 403
        if not reads and headers.one("origin") != f"{scope['scheme']}://{headers.one('host')}":
            return 403
        if path == "/enter" or (reads and path.startswith(OPEN)):
            return None
        if self._sessions.holds(headers.all("cookie"), headers.one("authorization")):
            return None
        return None if reads and self._may_read(scope) else 403

    def _may_read(self, scope: Scope) -> bool:
        """Without a session only the owner of the books reads, from this machine."""
        client, server = scope.get("client"), scope.get("server")
        if self._secured or client is None or server is None:
            return False
        return peer.is_own((client[0], client[1]), (server[0], server[1]))

    def _is_ours(self, host: str) -> bool:
        try:
            told = urlsplit(f"//{host}")
            name, port = (told.hostname or ""), told.port or 80
        except ValueError:
            return False
        if port != self._port or told.username is not None or told.path:
            return False
        if name in _LOOPBACK or name == self._host:
            return True
        return self._secured and _is_address(name)


def _is_address(name: str) -> bool:
    """Tell whether a host is a bare address: rebinding needs a name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Heard:
    """The headers of a request."""

    def __init__(self, scope: Scope) -> None:
        self._all: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            self._all.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))

    def one(self, name: str) -> str:
        """Return a header that may stand there once; twice is as good as never."""
        found = self._all.get(name, [])
        return found[0] if len(found) == 1 else ""

    def all(self, name: str) -> str:
        """Return a header that may be split in several."""
        return "; ".join(self._all.get(name, []))

    @property
    def length(self) -> int:
        """How many bytes are announced."""
        told = self.one("content-length")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else 0


class TooLargeError(Exception):
    """More bytes came than were announced, or than are wanted."""


def _bounded(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLargeError
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def more(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in HEADERS if pair[0] not in own)]
        await send(message)

    return more


async def _refuse(send: Send, status: int, *, page: bool) -> None:
    """Say no in few words; a person is told how to come in."""
    from ima_nano_banana.doors.studio import pages

    body, kind = pages.refusal(status, page=page)
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *HEADERS]})
    await send({"type": "http.response.body", "body": body})
