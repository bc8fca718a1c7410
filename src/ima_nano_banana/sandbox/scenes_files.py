"""Faults of uploads and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ima_nano_banana.sandbox import answers
from ima_nano_banana.sandbox.asgi import Response
from ima_nano_banana.sandbox.scene import Scene
from ima_nano_banana.sandbox.scene_parts import (
    code,
    done_then_dripped,
    done_then_halved,
    drop,
    elsewhere,
    late,
    page,
    refuse,
    status,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from ima_nano_banana.sandbox.call import Call


def _with(field: str, change: Callable[[str], str]) -> Callable[[Call, Response], Response]:
    """Change one URL of an upload token."""

    def after(call: Call, answer: Response) -> Response:
        data = answers.data_of(answer)
        return call.answer(data | {field: change(data[field])})

    return after


def _on(host: str) -> Callable[[str], str]:
    return lambda url: urlsplit(url)._replace(netloc=host).geturl()


def _cut_early(_: Call, answer: Response) -> Response:
    return answers.cut(answer, 1000)


def _stalled(call: Call, answer: Response) -> Response:
    return answers.trickle(answer, call.scope)


def _unmarked(_: Call, answer: Response) -> Response:
    """Send the body without saying how long it is."""

    async def parts() -> AsyncIterator[bytes]:
        yield bytes(answer.body)

    return answers.Streamed(parts(), length=None, like=answer)


def _not_a_picture(_: Call, answer: Response) -> Response:
    return Response(b"\x00" * 2000, 200, media_type=answer.headers["content-type"])


FILE_SCENES = (
    Scene("token-refused", "token", code(1001, "sign error")),
    Scene("token-401", "token", code(401, "Invalid or unauthorized API key")),
    Scene("token-null", "token", lambda call: call.answer(None)),
    Scene("token-html", "token", page()),
    Scene("token-429-once", "token", status(429, retry_after="1"), first=1),
    Scene("token-502-once", "token", status(502), first=1),
    Scene("token-drop-once", "token", drop, first=1),
    Scene("token-slow", "token", late),
    Scene("token-drip", "token", after=done_then_dripped),
    Scene("token-redirect", "token", elsewhere()),
    Scene("token-private", "token", after=_with("ful", _on("169.254.169.254"))),
    Scene("token-http", "token", after=_with("ful", lambda url: url.replace("https://", "http://", 1))),
    Scene("token-fdl-private", "token", after=_with("fdl", _on("10.0.0.1"))),
    Scene("key-in-fdl", "token"),
    Scene("put-403", "put", status(403)),
    Scene("put-502-once", "put", status(502), first=1),
    Scene("put-drop-once", "put", drop, first=1),
    Scene("put-slow", "put", late),
    Scene("put-redirect", "put", elsewhere()),
    Scene("download-403", "result", status(403)),
    Scene("download-404", "result", status(404)),
    Scene("download-429-once", "result", status(429, retry_after="1"), first=1),
    Scene("download-502-twice", "result", status(502), first=2),
    Scene("download-refused-once", "result", refuse, first=1),
    Scene("download-drop-once", "result", after=_cut_early, first=1),
    Scene("download-truncated-once", "result", after=done_then_halved, first=1),
    Scene("download-truncated", "result", after=done_then_halved),
    Scene("download-short", "result", after=lambda _, answer: answers.short(answer)),
    Scene("download-short-once", "result", after=lambda _, answer: answers.short(answer), first=1),
    Scene("download-no-length", "result", after=_unmarked),
    Scene("download-no-range", "result"),
    Scene("download-html", "result", page()),
    Scene("download-garbage", "result", after=_not_a_picture),
    Scene("download-empty", "result", status(200)),
    Scene("download-redirect", "result", elsewhere(302)),
    Scene("download-slow", "result", after=_stalled),
    Scene("download-drip", "result", after=done_then_dripped),
    Scene("download-drip-once", "result", after=done_then_dripped, first=1),
    Scene("download-slow-once", "result", after=_stalled, first=1),
)
