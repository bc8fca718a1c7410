"""The answers of the simulated service, faithful and otherwise, as ASGI responses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.asgi import Response
from ima_nano_banana.sandbox.faults import BODY, FOREVER, Drop, extension, pause

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from ima_nano_banana.sandbox.asgi import Receive, Scope, Send

_CHUNK = 64 * 1024


class Envelope(Response):
    """A JSON answer with a business code."""

    media_type = "application/json"

    def __init__(self, code: object, message: str, data: object, *, now: float, status: int = 200) -> None:
        """Answer ``code`` under the HTTP status ``status``; success is code 0 or 200."""
        self.code, self.data = code, data
        body: dict[str, Any] = {"code": code, "message": message, "timestamp": int(now)}
        if data is not None:
            body["data"] = data
        super().__init__(json.dumps(body, ensure_ascii=False), status)


def data_of(answer: Response) -> Any:  # noqa: ANN401 -- whatever the service carries
    """Return what an answer carries beside its code."""
    if not isinstance(answer, Envelope):
        raise TypeError("only an answer of the service itself carries something")
    return answer.data


def html(status: int = 200) -> Response:
    """Answer with the page of some proxy in between."""
    return Response("<html><body><h1>A page, not JSON</h1></body></html>", status, media_type="text/html")


def plain(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a status and no business code."""
    return Response("", status, headers)


def redirect(status: int = 307) -> Response:
    """Answer with a redirect to a host that must never see anything."""
    return Response("", status, {"location": f"https://{hosts.ELSEWHERE}{hosts.MARK}"})


def raw_json(text: str) -> Response:
    """Answer with exactly this text under the JSON type."""
    return Response(text, 200, media_type="application/json")


class Streamed(Response):
    """An answer whose body is made while it is read. ``length`` is what the header promises."""

    def __init__(self, parts: AsyncIterator[bytes], *, length: int | None, like: Response) -> None:
        """Stream ``parts`` under the status and headers of ``like``."""
        super().__init__(b"", like.status_code)
        self.raw_headers = [pair for pair in like.raw_headers if pair[0] != b"content-length"]
        if length is not None:
            self.raw_headers.append((b"content-length", str(length).encode()))
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, or hand the iterator to an adapter that can take it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        take = extension(scope, BODY)
        if take is not None:
            take(self._parts)
            return
        async for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class Late(Response):
    """An answer that comes only after a wait. What it did has long happened."""

    def __init__(self, answer: Response, seconds: float = FOREVER) -> None:
        """Delay ``answer`` by ``seconds``."""
        super().__init__(b"", answer.status_code)
        self._answer, self._seconds = answer, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then send."""
        await pause(scope, self._seconds)
        await self._answer(scope, receive, send)


def cut(answer: Response, after_bytes: int) -> Response:
    """Promise the whole body and break the connection after ``after_bytes`` of it."""
    whole = bytes(answer.body)

    async def parts() -> AsyncIterator[bytes]:
        yield whole[:after_bytes]
        raise Drop(after_bytes)

    return Streamed(parts(), length=len(whole), like=answer)


def short(answer: Response) -> Response:
    """Send half of the body and claim that this was all."""
    half = bytes(answer.body)[: len(answer.body) // 2]
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(half, answer.status_code, headers)


def trickle(answer: Response, scope: Scope) -> Response:
    """Send the first bytes, then nothing for longer than anybody waits."""
    whole = bytes(answer.body)

    async def parts() -> AsyncIterator[bytes]:
        yield whole[:512]
        await pause(scope, FOREVER)
        yield whole[512:]

    return Streamed(parts(), length=len(whole), like=answer)


def drip(answer: Response, scope: Scope, seconds: float = 5.0) -> Response:
    """Send the first bytes at once and then one every five seconds: alive, but never done."""
    whole = bytes(answer.body)

    async def parts() -> AsyncIterator[bytes]:
        yield whole[:64]
        for at in range(64, len(whole)):
            await pause(scope, seconds)
            yield whole[at : at + 1]

    return Streamed(parts(), length=len(whole), like=answer)


def huge(size: int = 100_000_000) -> Response:
    """A JSON body of ``size`` bytes, made while it is read."""

    async def parts() -> AsyncIterator[bytes]:
        yield b'{"code":0,"data":["'
        for _ in range(size // _CHUNK):
            yield b"x" * _CHUNK
        yield b'"]}'

    return Streamed(parts(), length=None, like=raw_json(""))


def deep(levels: int = 100_000) -> Response:
    """A JSON body nested far deeper than any parser follows."""
    return raw_json('{"code":0,"data":' + "[" * levels + "]" * levels + "}")
