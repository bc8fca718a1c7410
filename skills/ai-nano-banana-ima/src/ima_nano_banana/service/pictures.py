"""Pictures on their way up and down. No key travels with either."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ima_nano_banana.domain.urls import trusted_answer_url
from ima_nano_banana.errors import DownloadFault, NetworkFault
from ima_nano_banana.service.failures import TooLargeError
from ima_nano_banana.service.line import LONGEST_STORE, STORE
from ima_nano_banana.service.pace import LEAST, LONGEST_PICTURE, Pace, longest_upload
from ima_nano_banana.wire import answers, requests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import httpx2

    from ima_nano_banana.service.line import Answer, Line
    from ima_nano_banana.wire.answers import UploadTicket

PICTURE_CAP = 100_000_000
CHUNK = 256 * 1024
MOST_HOPS = 3


@dataclass(frozen=True, slots=True)
class FetchInfo:
    """What the storage said about a picture; ``length`` is of the whole picture, also when it was continued."""

    status: int
    content_type: str | None
    length: int | None


def nonce() -> str:
    """Return the 21 characters that an upload token is signed with."""
    return secrets.token_hex(11)[:21]


async def put(line: Line, ticket: UploadTicket, data: bytes | Path, content_type: str) -> Answer:
    """Send one picture to its place, streamed."""
    # The length is declared: signed PUTs of object stores take no chunked body.
    size = _length(data)
    request = requests.put(ticket.ful, content_type, size)
    longest = min(LONGEST_STORE, longest_upload(size))
    return await line.ask(request, waits=STORE, content=_chunks(data), longest=longest)


def _length(data: bytes | Path) -> int:
    return len(data) if isinstance(data, bytes) else data.stat().st_size


async def _chunks(data: bytes | Path) -> AsyncIterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    with data.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


async def fetch(line: Line, url: str, sink: Callable[[bytes], object], offset: int) -> FetchInfo:
    """Get one picture from byte ``offset`` on, in one attempt.

    Redirects are followed by hand, at most three and only to public https addresses: nothing secret
    travels with the request, and storage hosts do redirect.
    """
    for _ in range(MOST_HOPS + 1):
        if not trusted_answer_url(url):
            raise DownloadFault("download.unusable_url", phase="download", charged="yes", retryable=False)
        async with line.open(requests.fetch(url, offset)) as response:
            if response.is_redirect and "location" in response.headers:
                url = _next(url, response.headers["location"])
                continue
            answers.fetched(url, response.status_code, response.headers)
            return await _pour(response, sink, offset, Pace(line.clock, LONGEST_PICTURE, LEAST))
    raise NetworkFault("network.redirect", phase="download", charged="yes", http_status=302)


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # no address at all; refused as such
        return location


async def _pour(response: httpx2.Response, sink: Callable[[bytes], object], offset: int, pace: Pace) -> FetchInfo:
    length = answers.content_length(response.headers)
    if length is not None and length > PICTURE_CAP:
        raise TooLargeError
    # A storage that knows no ranges sends everything again; what is here already is passed over.
    begun = offset if response.status_code == 206 else 0
    at = begun
    async for chunk in response.aiter_bytes():
        at += len(chunk)
        pace.took(len(chunk))
        if at > PICTURE_CAP:
            raise TooLargeError
        fresh = chunk[max(0, len(chunk) - (at - offset)) :] if at > offset else b""
        if fresh:
            sink(fresh)
    return FetchInfo(response.status_code, response.headers.get("content-type"), length)
