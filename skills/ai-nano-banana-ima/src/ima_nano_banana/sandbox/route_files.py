"""The storage host, the CDN of uploaded inputs and the CDN of results."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import hosts, uploads
from ima_nano_banana.sandbox.asgi import Response
from ima_nano_banana.sandbox.route_token import signature

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.call import Call

_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
_RESULT = re.compile(re.escape(hosts.MARK) + r"results/(\w+)/(\d+)\.\w+$")


def put(call: Call) -> Response:
    """``PUT`` to a presigned address: the same content type as in the token, or 403."""
    slot = uploads.find(call.world.store, call.path)
    if slot is None or call.headers.get("content-type") != slot.content_type:
        return _denied("SignatureDoesNotMatch")
    if call.query.get("Expires") != str(slot.expires) or call.world.now() > slot.expires:
        return _denied("AccessDenied")
    if not hmac.compare_digest(call.query.get("Signature", ""), signature(slot)):
        return _denied("SignatureDoesNotMatch")
    uploads.fill(call.world.store, call.path, call.body)
    return Response("", 200, {"etag": _etag(call.body)})


def uploaded(call: Call) -> Response:
    """``GET`` of an uploaded input."""
    found = uploads.find(call.world.store, call.path)
    if found is None or found.data is None:
        return _missing()
    return served(call, found.data, found.content_type)


async def result(call: Call) -> Response:
    """``GET`` of a finished picture. Needs no key."""
    match = _RESULT.match(call.path)
    job = call.world.job(match[1]) if match else None
    if match is None or job is None or int(match[2]) >= job.count or call.world.now() < job.ready_at:
        return _missing()
    data, content_type = await asyncio.to_thread(call.world.gallery.picture, job, int(match[2]))
    return served(call, data, content_type)


def served(call: Call, data: bytes, content_type: str) -> Response:
    """Answer with a file, or with the part of it that was asked for."""
    headers = {"accept-ranges": "bytes", "etag": _etag(data), "content-type": content_type}
    if "download-no-range" in call.world.selection.names:
        return Response(data, 200, {"etag": _etag(data), "content-type": content_type})
    part = _RANGE.match(call.headers.get("range", ""))
    if part is None or call.headers.get("if-range", headers["etag"]) != headers["etag"]:
        return Response(data, 200, headers)
    first, last = int(part[1]), min(int(part[2] or len(data)), len(data) - 1)
    if first > last:
        return Response("", 416, headers | {"content-range": f"bytes */{len(data)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, headers)


def _etag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _missing() -> Response:
    return Response("<Error><Code>NoSuchKey</Code></Error>", 404, media_type="application/xml")


def _denied(code: str) -> Response:
    return Response(f"<Error><Code>{code}</Code></Error>", 403, media_type="application/xml")
