"""Who may speak to a server on HTTP: whoever bears its token, if it has one."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local.private import read_regular

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

SHORTEST = 16
LONGEST = 4096


def token_of(file: Path) -> str:
    """Read the token that a file holds; its name is on the command line, where a secret must not stand.

    Raises:
        UsageFault: it can't be read, or what it holds is no token.
    """
    try:
        token = read_regular(file, LONGEST).decode("ascii").strip()
    except (OSError, ValueError):
        raise UsageFault("mcp.token_unreadable", path=str(file)) from None
    if len(token) < SHORTEST or not token.isprintable() or " " in token:
        raise UsageFault("mcp.token_bad", path=str(file), least=SHORTEST)
    return token


def guarded(app: ASGIApp, token: str | None) -> ASGIApp:
    """Return the app behind a check of ``Authorization: Bearer``."""
    if token is None:
        return app
    wanted = b"Bearer " + token.encode()

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _bears(scope, wanted):
            await app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return guard


def _bears(scope: Scope, wanted: bytes) -> bool:
    found = [value for name, value in scope["headers"] if name == b"authorization"]
    return (
        len(found) == 1
        and hmac.compare_digest(b"Bearer " + found[0][7:], wanted)
        and found[0][:7].lower() == b"bearer "
    )
