"""One request as the simulated service sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from ima_nano_banana.sandbox.answers import Envelope
from ima_nano_banana.sandbox.books import account_of

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.asgi import Headers, Scope
    from ima_nano_banana.sandbox.world import World


@dataclass(slots=True)
class Call:
    """A request that has arrived whole.

    Attributes:
        world: The world behind the service.
        endpoint: ``list create detail token put input result``.
        scope: The ASGI scope.
        headers: Its headers.
        query: Its query.
        body: Its body.
        subject: What "once" is counted for: the category, the prompt, the task or the path.
        accepted: Whether a create was billed.
        record: Row of a create in the books.
        spoiled_by: The scene that answered in place of the service, if one did.
    """

    world: World
    endpoint: str
    scope: Scope
    headers: Headers
    query: dict[str, str]
    body: bytes
    subject: str = ""
    accepted: bool = False
    record: int | None = None
    spoiled_by: str = ""

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return str(self.scope["path"])

    @property
    def key(self) -> str | None:
        """The API key of the Bearer header, if it has the form of one."""
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        return key if scheme.lower() == "bearer" and is_key(key) else None

    @property
    def account(self) -> str:
        """Name of the account behind the key."""
        return account_of(self.key or "")

    def json(self) -> Any:  # noqa: ANN401 - whatever a client may send
        """Return the body as JSON, or ``None`` if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def form(self) -> dict[str, str]:
        """Return the fields of a form body."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def answer(self, data: object, code: object = 0) -> Envelope:
        """Answer with success."""
        return Envelope(code, "success", data, now=self.world.now())

    def refuse(self, code: int, message: str, status: int = 200) -> Envelope:
        """Answer with a business error."""
        return Envelope(code, message, None, now=self.world.now(), status=status)


def is_key(text: str | None) -> bool:
    """Tell whether ``text`` has the form of an API key; any such key is an account of the sandbox."""
    return bool(text) and str(text).startswith("ima_") and len(str(text)) > len("ima_")
