"""The little of a web framework that the simulated service needs, so that a trial needs no package for it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Raw = list[tuple[bytes, bytes]]


class Headers(MutableMapping[str, str]):
    """Headers by name, whatever its case; a change changes the list that they were made of."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> str:
        wanted = name.lower().encode("latin-1")
        for one, value in self._raw:
            if one.lower() == wanted:
                return value.decode("latin-1")
        raise KeyError(name)

    def __setitem__(self, name: str, value: str) -> None:
        if name in self:
            del self[name]
        self._raw.append((name.lower().encode("latin-1"), value.encode("latin-1")))

    def __delitem__(self, name: str) -> None:
        wanted = name.lower().encode("latin-1")
        self._raw[:] = [pair for pair in self._raw if pair[0].lower() != wanted]

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1").lower() for name, _ in self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class Response:
    """A whole answer."""

    media_type: str | None = None

    def __init__(
        self,
        content: str | bytes = b"",
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        self.body = content.encode() if isinstance(content, str) else content
        self.status_code = status_code
        self.raw_headers: Raw = []
        self.headers.update(headers or {})
        told = media_type or self.media_type
        if told and "content-type" not in self.headers:
            self.headers["content-type"] = f"{told}; charset=utf-8" if told.startswith("text/") else told
        if "content-length" not in self.headers:
            self.headers["content-length"] = str(len(self.body))

    @property
    def headers(self) -> Headers:
        """The headers, to be read and changed."""
        return Headers(self.raw_headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else self.body})


class Request:
    """A request as it arrives."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self._receive = scope, receive
        self.headers = Headers(list(scope["headers"]))
        self.method = str(scope["method"])
        self.query_params = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))

    @property
    def url(self) -> str:
        """The whole address."""
        query = self.scope["query_string"].decode("latin-1")
        path = self.scope.get("raw_path", b"").decode("latin-1") or self.scope["path"]
        return f"{self.scope['scheme']}://{self.headers.get('host', '')}{path}" + (f"?{query}" if query else "")

    async def body(self) -> bytes:
        """Return the whole body."""
        found = bytearray()
        while True:
            message = await self._receive()
            found += message.get("body", b"")
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return bytes(found)


Handler = Callable[[Request], Awaitable[Response]]


class Routes:
    """Handlers by host, path and method. A path that ends in ``*`` stands for all that begin so."""

    def __init__(self, default: ASGIApp) -> None:
        self._default = default
        self._known: dict[str, list[tuple[str, str, Handler]]] = {}

    def add(self, host: str, path: str, method: str, handler: Handler) -> None:
        """Answer ``method`` on ``path`` of ``host``."""
        self._known.setdefault(host, []).append((path, method, handler))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find who answers."""
        request = Request(scope, receive)
        host = request.headers.get("host", "").partition(":")[0]
        here = [one for one in self._known.get(host, ()) if _fits(one[0], scope["path"])]
        asked = "GET" if request.method == "HEAD" else request.method
        for _, method, handler in here:
            if method == asked:
                await (await handler(request))(scope, receive, send)
                return
        if here:
            await Response("Method Not Allowed", 405, media_type="text/plain")(scope, receive, send)
        else:
            await self._default(scope, receive, send)


def _fits(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def as_json(data: object, status: int = 200) -> Response:
    """Answer with plain JSON."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")
