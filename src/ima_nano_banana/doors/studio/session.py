"""Who may write and spend: a link that works once sets a cookie that no script can read and no other site sends."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from ima_nano_banana.local.private import private_dir, read_regular, write_whole

if TYPE_CHECKING:
    from pathlib import Path

SECRET_FILE = "ima_studio_secret"  # noqa: S105 -- a name
SECRET_BYTES = 32
KEPT_SECONDS = 90 * 86_400


class Sessions:
    """Sessions outlive the server, as their secret lies beside the books; links do not, and work once.

    Args:
        folder: Where the secret is kept, for its owner's eyes only.
        port: Cookies of one host are sent to all its ports, so each studio has a name of its own for them.
        token: What may be shown instead.
    """

    def __init__(self, folder: Path, port: int, token: str | None = None) -> None:
        self.cookie = f"ima_studio_{port}"
        self._token = token
        self._secret = _secret(folder)
        self._codes: set[str] = set()

    def link(self) -> str:
        """Return a code that opens one session."""
        code = secrets.token_urlsafe(24)
        self._codes.add(code)
        return code

    def enter(self, shown: str) -> bool:
        """Take a code, once, or the token of the file."""
        if shown in self._codes:
            self._codes.remove(shown)
            return True
        return self._token is not None and hmac.compare_digest(shown.encode(), self._token.encode())

    def set_cookie(self) -> str:
        """Return the header that begins a session."""
        issued = str(int(time.time()))
        value = f"{issued}.{self._mac(issued)}"
        return f"{self.cookie}={value}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Strict"

    def holds(self, cookies: str, authorization: str) -> bool:
        """Tell whether a request comes from a session, or bears the token."""
        kind, _, told = authorization.partition(" ")
        if self._token is not None and kind.lower() == "bearer":
            return hmac.compare_digest(told.strip().encode(), self._token.encode())
        issued, _, mac = _cookie(cookies, self.cookie).partition(".")
        if (
            not issued.isascii()
            or not issued.isdigit()
            or not hmac.compare_digest(mac.encode(), self._mac(issued).encode())
        ):
            return False
        return 0 <= time.time() - int(issued) + 60 <= KEPT_SECONDS

    def _mac(self, issued: str) -> str:
        return hmac.new(self._secret, issued.encode(), hashlib.sha256).hexdigest()


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value


def _secret(folder: Path) -> bytes:
    """Return the secret of this machine's studios, made at the first start."""
    file = private_dir(folder) / SECRET_FILE
    try:
        data = read_regular(file, SECRET_BYTES)
    except OSError:
        data = b""
    if len(data) != SECRET_BYTES:
        data = secrets.token_bytes(SECRET_BYTES)
        write_whole(file, data)
    return data
