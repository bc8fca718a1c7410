"""Faults of the one call that costs money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ima_nano_banana.sandbox import answers, hosts
from ima_nano_banana.sandbox.asgi import Response
from ima_nano_banana.sandbox.scene import Scene
from ima_nano_banana.sandbox.scene_parts import (
    code,
    done_then,
    done_then_dripped,
    done_then_halved,
    done_then_late,
    drop,
    elsewhere,
    gateway,
    page,
    refuse,
    status,
)

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.call import Call

_POINTS = "Insufficient points"
_KEY = "Invalid or unauthorized API key"
_BUSY = "backend busy or parameters too complex"


def _inner(call: Call) -> dict[str, Any]:
    try:
        return dict(call.json()["parameters"][0]["parameters"])
    except (TypeError, KeyError, IndexError, ValueError):
        return {}


def _busy_if_large(call: Call) -> Response | None:
    """Refuse 2K and 4K, so that stepping down can be rehearsed."""
    return call.refuse(500, _BUSY, 500) if _inner(call).get("size") in {"2K", "4K"} else None


def _close_after_list(call: Call, answer: Response) -> Response:
    """Leave the client no connection on which a create could still travel."""
    call.world.refused_hosts.add(hosts.API)
    answer.headers["connection"] = "close"
    return answer


def _no_id(call: Call) -> Response:
    return call.answer({}, 200)


def _truncated_json(call: Call) -> Response:
    del call
    return answers.raw_json('{"code":200,"message":"success","data":{"id":"sb')


CREATE_SCENES = (
    Scene("no-credits", "create", code(4008, _POINTS, 500)),
    Scene("no-credits-200", "create", code(4008, _POINTS)),
    Scene("subscription", "create", code(4014, "This model needs a subscription")),
    Scene("bad-key", "create", code(401, _KEY, 401)),
    Scene("bad-key-200", "create", code(401, _KEY)),
    Scene("bad-key-500", "create", code(401, _KEY, 500)),
    Scene("missing-rule", "create", code(6009, "no rule matches the parameters"), first=1),
    Scene("always-6006", "create", code(6006, "points calculation error")),
    Scene("always-6009", "create", code(6009, "no rule matches the parameters", 500)),
    Scene("always-6010", "create", code(6010, "attribute_id does not match the computed rule")),
    Scene("invalid-attribute", "create", code(400, "Invalid product attribute"), first=1),
    Scene("busy-backend", "create", _busy_if_large),
    Scene("busy-backend-200", "create", code(500, _BUSY), first=1),
    Scene("busy-backend-always", "create", code(500, _BUSY, 500)),
    Scene("unavailable", "create", code(503, "model unavailable", 503)),
    Scene("unknown-code", "create", code(7311, "something that no document names")),
    Scene("refused-content", "create", code(400, "The content was rejected by the safety policy", 400)),
    Scene("gateway-500", "create", after=done_then(gateway(500))),
    Scene("gateway-500-message", "create", after=done_then(gateway(500, "Internal Server Error"))),
    Scene("gateway-502", "create", after=done_then(gateway(502, "Bad Gateway"))),
    Scene("gateway-503", "create", after=done_then(gateway(503, "upstream connect error or disconnect/reset"))),
    Scene("gateway-504", "create", after=done_then(gateway(504, "upstream request timeout"))),
    Scene("gateway-504-unbilled", "create", gateway(504, "The upstream server is timing out")),
    Scene("refused-undated", "create", gateway(500, "parameters too complex for this model")),
    Scene("lost-create", "create", after=done_then(drop)),
    Scene("lost-create-once", "create", after=done_then(drop), first=1),
    Scene("create-500", "create", after=done_then(page(500))),
    Scene("create-500-json", "create", after=lambda *_: Response('{"error":"internal"}', 500)),
    Scene("create-502-unbilled", "create", status(502)),
    Scene("create-slow", "create", after=done_then_late),
    Scene("create-drip", "create", after=done_then_dripped),
    Scene("create-cut", "create", after=done_then_halved),
    Scene("create-no-id", "create", after=done_then(_no_id)),
    Scene("create-html", "create", after=done_then(page())),
    Scene("create-truncated", "create", after=done_then(_truncated_json)),
    Scene("create-empty", "create", after=lambda *_: Response("", 200)),
    Scene("create-deep", "create", after=lambda *_: answers.deep()),
    Scene("create-huge", "create", after=lambda *_: answers.huge()),
    Scene("create-dropped-unbilled", "create", drop),
    Scene("create-429", "create", status(429, retry_after="1"), first=1),
    Scene("create-429-always", "create", status(429, retry_after="1")),
    Scene("create-400", "create", code(400, "bad request", 400)),
    Scene("create-400-plain", "create", status(400)),
    Scene("create-refused", "create", refuse, also=(Scene("create-refused", "list", after=_close_after_list),)),
    Scene("create-redirect", "create", elsewhere()),
    Scene("create-redirect-302", "create", elsewhere(302)),
)
