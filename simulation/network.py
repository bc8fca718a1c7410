"""The network between a process and the simulated IMA: what is lost, late, cut, or answered by somebody in between."""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx2

from simulation.ima import STORE, Sent
from simulation.loop import PROCESS, Killed, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from simulation.machine import Machine

CALL: ContextVar[str] = ContextVar("call", default="-")
"""Which call of which user something is done for."""

NEVER = 1e9
_GATEWAY = b"<html><body><h1>502 Bad Gateway</h1></body></html>"

# What may happen to a create. Those of the first line leave no byte, or are a no in the service's own words.
REFUSALS = ("no_connection", "no_points", "rate_limited", "stale_price", "backend", "bad_key", "redirect")
BEFORE = ("dead_connection", "lost_request", "gateway_before")
AFTER = ("lost_answer", "slow_answer", "gateway_after", "gateway_json", "cut_answer", "html_answer", "no_id")
LATE = ("late_request",)
CREATE = (*REFUSALS, *BEFORE, *AFTER, *LATE)
DETAIL = ("look_lost", "look_502", "look_slow", "look_429", "look_stale", "look_html")
STORED = ("store_502", "store_cut", "store_gone", "store_slow")
LISTED = ("list_lost", "list_502")


class Network(httpx2.AsyncBaseTransport):
    """The way of one process to every host."""

    def __init__(self, machine: Machine, name: str) -> None:
        self._machine, self._name = machine, name
        self._asked = 0
        self._open = False
        self._idle_since = 0.0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._asked += 1
        body = await request.aread()
        kind = self._kind(request)
        fault = self._machine.draw(f"{kind} {self._name} {self._asked}", _FAULTS[kind])
        fresh = await self._connected(request, fault)
        if kind == "create":
            return await self._create(request, body, fault, fresh=fresh)
        return await self._free(kind, request, body, fault)

    def _kind(self, request: httpx2.Request) -> str:
        path, host = request.url.path, request.url.host
        secret = "authorization" in request.headers
        if host == STORE and not secret:
            return "stored"
        if host != "api.imastudio.com":
            self._machine.told("leak", host=host, key=secret)
        return {"product/list": "listed", "tasks/create": "create", "tasks/detail": "detail"}[path[len("/open/v1/") :]]

    async def _connected(self, request: httpx2.Request, fault: str | None) -> bool:
        """Take a connection of the pool, or open one, and tell which; traced as the real transport does."""
        trace, loop = request.extensions.get("trace"), running()
        fresh = not self._open or loop.now - self._idle_since > 15.0
        if fresh or fault == "no_connection":
            if trace is not None:
                await trace("connection.connect_tcp.started", {})
            await asyncio.sleep(self._machine.latency(f"connect {self._name} {self._asked}"))
            if fault == "no_connection":
                raise httpx2.ConnectError("refused", request=request)
            self._open = True
        self._idle_since = loop.now
        if trace is not None:
            await trace("http11.send_request_headers.started", {"request": SimpleNamespace(method=b"POST")})
        return fresh

    async def _answer(self, request: httpx2.Request, delay: float, make: Callable[[], Any]) -> tuple[int, bytes]:
        """Let the world outside answer; nobody waits for longer than the client's own patience."""
        machine, loop = self._machine, running()
        future = loop.create_future()

        def arrive() -> None:
            found = make()
            if found is not None and not future.done():
                future.set_result(found)

        loop.call_later(delay, arrive, context=machine.outside)
        patience = (request.extensions.get("timeout") or {}).get("read") or 30.0
        done, _ = await asyncio.wait({future}, timeout=patience)
        if not done:
            raise httpx2.ReadTimeout("no answer in time", request=request)
        found = future.result()
        self._idle_since = loop.now
        return found  # type: ignore[no-any-return]

    # --- questions that cost nothing ---

    async def _free(self, kind: str, request: httpx2.Request, body: bytes, fault: str | None) -> httpx2.Response:
        machine = self._machine
        delay = machine.latency(f"answer {self._name} {self._asked}")
        if fault in ("look_slow", "store_slow"):
            delay += 45.0
        if fault in ("look_lost", "list_lost"):
            self._open = False
            await asyncio.sleep(delay)
            raise httpx2.RemoteProtocolError("disconnected", request=request)
        made = await self._answer(request, delay, lambda: self._made(kind, request, body, fault))
        if fault in ("look_502", "store_502", "list_502"):
            return self._response(502, _GATEWAY, {})
        if fault == "look_429":
            return self._response(429, b"{}", {"retry-after": "3"})
        if fault == "look_html":
            return self._response(200, b"<html>", {})
        if fault == "store_cut":
            return self._cut(made, request)
        return self._response(*made, {"content-type": "image/png"} if kind == "stored" else {})

    def _made(self, kind: str, request: httpx2.Request, body: bytes, fault: str | None) -> tuple[int, bytes]:
        ima = self._machine.ima
        if kind == "listed":
            return ima.products(request.url.params["category"])
        if kind == "detail":
            return ima.no(503, "busy", 200) if fault == "look_stale" else ima.detail(json.loads(body)["task_id"])
        found = ima.stored(request.url.path)
        return (403, b"expired") if found is None or fault == "store_gone" else (200, found)

    def _response(self, status: int, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        return httpx2.Response(status, headers={"content-length": str(len(body)), **headers}, content=body)

    def _cut(self, made: tuple[int, bytes], request: httpx2.Request) -> httpx2.Response:
        self._open = False
        headers = {"content-length": str(len(made[1])), "content-type": "image/png"}
        return httpx2.Response(made[0], headers=headers, stream=_Cut(made[1][: len(made[1]) // 2], request))

    # --- the one that does ---

    async def _create(self, request: httpx2.Request, body: bytes, fault: str | None, *, fresh: bool) -> httpx2.Response:
        machine = self._machine
        sent = self._sent(request, body, fault)
        delay = machine.latency(f"answer {self._name} {self._asked}")
        if fault == "dead_connection" and not fresh:
            self._open = False
            raise httpx2.RemoteProtocolError("server disconnected", request=request)
        if fault == "late_request":
            delay = machine.chance.one(f"late {self._name} {self._asked}").uniform(31.0, 120.0)
        status, answer = await self._answer(request, delay, lambda: self._arrived(sent, body, fault))
        if fault == "lost_answer":
            self._open = False
            raise httpx2.ReadError("reset", request=request)
        if fault == "cut_answer":
            return self._cut((status, answer), request)
        headers = {"location": "https://elsewhere.example/"} if status == 307 else {}
        self._heard(sent, status, answer)
        return self._response(status, answer, headers)

    def _sent(self, request: httpx2.Request, body: bytes, fault: str | None) -> Sent:
        machine = self._machine
        outer = json.loads(body)["parameters"][0]
        inner = outer["parameters"]
        sent = Sent(
            number=len(machine.ima.sent),
            call=CALL.get(),
            process=self._name,
            key=request.headers["authorization"][-4:],
            prompt=inner["prompt"],
            size=inner["size"],
            count=inner["n"],
            points=outer["credit"] * inner["n"],
            sent_at=machine.loop.now,
            wall_at=machine.wall(),
            fate=fault or "",
        )
        machine.ima.sent.append(sent)
        machine.told("sent", number=sent.number, call=sent.call, prompt=sent.prompt, fate=sent.fate)
        return sent

    def _arrived(self, sent: Sent, body: bytes, fault: str | None) -> tuple[int, bytes] | None:
        """Book what arrives, and return what goes back; ``None`` is nothing."""
        ima = self._machine.ima
        refusal = _NO.get(fault or "")
        if refusal is not None:
            return refusal(ima)
        if fault in ("dead_connection", "lost_request"):
            return None
        if fault == "gateway_before":
            return 502, _GATEWAY
        answer = ima.create(sent, body)
        self._machine.told("booked" if sent.accepted else "refused", number=sent.number, task_id=sent.task_id)
        if fault in _INSTEAD:
            return _INSTEAD[fault]
        return None if fault == "slow_answer" else answer

    def _heard(self, sent: Sent, status: int, answer: bytes) -> None:
        """Note what a living sender has been told in so many words."""
        process = PROCESS.get()
        if process is not None and process.dead:
            raise Killed
        try:
            told = json.loads(answer)
        except ValueError:
            told = {}
        # The service's own words: its timestamp stands beside its code (contract, section 3).
        own = told.get("timestamp") and told.get("code") not in (0, None)
        if own or 300 <= status < 500:
            sent.refused = not sent.accepted
        elif sent.accepted and (told.get("data") or {}).get("id") == sent.task_id:
            sent.answered = True
        if sent.refused or sent.answered:
            self._machine.told("answered", number=sent.number, yes=sent.answered)


class _Cut(httpx2.AsyncByteStream):
    def __init__(self, part: bytes, request: httpx2.Request) -> None:
        self._part, self._request = part, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._part
        raise httpx2.RemoteProtocolError("connection closed within the body", request=self._request)


_FAULTS = {"create": CREATE, "detail": DETAIL, "stored": STORED, "listed": LISTED}
_NO: dict[str, Callable[[Any], tuple[int, bytes]]] = {
    "no_points": lambda ima: ima.no(4008, "Insufficient points", 500),
    "rate_limited": lambda _: (429, b"slow down"),
    "stale_price": lambda ima: ima.no(6009, "parameter rule mismatch"),
    "backend": lambda ima: ima.no(500, "parameters too complex", 500),
    "bad_key": lambda ima: ima.no(401, "unauthorized", 401),
    "redirect": lambda _: (307, b""),
}
_INSTEAD = {
    "gateway_after": (504, _GATEWAY),
    "gateway_json": (502, b'{"code": 502, "message": "upstream request timeout"}'),
    "html_answer": (200, b"<html>welcome</html>"),
    "no_id": (200, b'{"code": 0, "message": "ok", "data": {}}'),
}
