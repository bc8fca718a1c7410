"""Answers of the service that are not what they should be: fields lost, of another type, huge, or nested."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2
from hypothesis import strategies as st

Endpoint = Literal["list", "create", "detail", "token", "put", "picture"]
ENDPOINTS: tuple[Endpoint, ...] = ("list", "create", "detail", "token", "put", "picture")
JSON_ENDPOINTS: tuple[Endpoint, ...] = ("list", "create", "detail", "token")
MARKS: dict[str, Endpoint] = {
    "/product/list": "list",
    "/tasks/create": "create",
    "/tasks/detail": "detail",
    "/getuploadtoken": "token",
}
DROPPED = object()


def endpoint_of(request: httpx2.Request) -> Endpoint:
    """Return which endpoint a request is for."""
    for mark, endpoint in MARKS.items():
        if request.url.path.endswith(mark):
            return endpoint
    return "put" if request.method == "PUT" else "picture"


def _deep(kind: str) -> object:
    value: object = 1
    for _ in range(300):
        value = [value] if kind == "[" else {"data": value}
    return value


_WORDS = "", " ", "0", "200", "done", "\ud800", "\x00\x1b[2J", "x" * 5_000, "https://127.0.0.1/a.png", "http://a.b/c"
_NUMBERS = 0, 1, 2, 3, -1, 200, 401, 500, 4008, 6009, 2**70, 0.5, 1e308, float("nan")

values = st.one_of(
    st.sampled_from([None, True, False, [], {}, [[]], [None], {"": None}, DROPPED, DROPPED]),
    st.sampled_from(_NUMBERS),
    st.sampled_from(_WORDS),
    st.sampled_from("[{").map(_deep),
    st.text(max_size=20),
)
edits = st.lists(st.tuples(st.lists(st.integers(0, 40), max_size=9), values), min_size=1, max_size=4)
raw = st.sampled_from(
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"0",
        b'"ok"',
        b"<html>",
        b"{",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"code":0,"data":' * 5_000,
    ]
)
statuses = st.sampled_from([200, 200, 200, 200, 204, 302, 400, 401, 404, 429, 500, 502])


def edited(value: Any, way: list[int], new: object) -> Any:
    """Return ``value`` with one place, found by the numbers of ``way``, replaced or dropped."""
    if not way or not isinstance(value, (dict, list)) or not value:
        return None if new is DROPPED else new
    keys = list(value) if isinstance(value, dict) else range(len(value))
    key = keys[way[0] % len(keys)]
    after = value.copy()
    if new is DROPPED and len(way) == 1:
        del after[key]
    else:
        after[key] = edited(value[key], way[1:], new)
    return after


@dataclass
class Mutation:
    """What happens to the answers of one endpoint, always or only the first time."""

    endpoint: Endpoint
    edits: list[tuple[list[int], object]] = field(default_factory=list)
    raw: bytes | None = None
    status: int = 200
    once: bool = False

    def body(self, before: bytes) -> bytes:
        if self.raw is not None:
            return self.raw
        try:
            value = json.loads(before)
        except ValueError:
            return before[: len(before) // 2]
        for way, new in self.edits:
            value = edited(value, way, new)
        return json.dumps(value).encode("utf-8")


class Mutated(httpx2.AsyncBaseTransport):
    """A service that goes wrong as told. ``refused``: a create's answer had become a refusal in words."""

    def __init__(self, far: httpx2.AsyncBaseTransport, mutation: Mutation) -> None:
        self._far, self._mutation = far, mutation
        self._times = 0
        self.refused = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._far.handle_async_request(request)
        wrong = self._mutation
        if endpoint_of(request) != wrong.endpoint or (wrong.once and self._times):
            return answer
        self._times += 1
        body = wrong.body(await answer.aread())
        status = answer.status_code if wrong.status == 200 else wrong.status
        self.refused |= wrong.endpoint == "create" and refuses(status, body)
        kept = {"content-type": answer.headers.get("content-type", "")}
        return httpx2.Response(status, headers=kept, content=body)


def refuses(status: int, body: bytes) -> bool:
    """Tell whether an answer to a create says that nothing was charged (contract, sections 3 and 5)."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    code = told.get("code") if isinstance(told, dict) else None
    if isinstance(code, str):
        code = int(code) if code.strip().lstrip("-").isdigit() else None
    if isinstance(code, float) and code == code and abs(code) < 1e300 and code == int(code):
        code = int(code)
    if isinstance(code, int) and not isinstance(code, bool) and abs(code) < 10**9:
        return code not in (0, 200)
    return 300 <= status < 500


mutations = st.one_of(
    st.builds(Mutation, st.sampled_from(JSON_ENDPOINTS), edits=edits, once=st.booleans()),
    st.builds(Mutation, st.sampled_from(ENDPOINTS), edits=edits, status=statuses, once=st.booleans()),
    st.builds(Mutation, st.sampled_from(ENDPOINTS), raw=raw, status=statuses, once=st.booleans()),
)
