"""Small makers of what most scenes do: answer with this instead, once, always, late."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import answers
from ima_nano_banana.sandbox.asgi import Response
from ima_nano_banana.sandbox.faults import Drop, Refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.sandbox.call import Call

    Before = Callable[[Call], Response | None]
    After = Callable[[Call, Response], Response]


def code(number: int, message: str, status: int = 200) -> Before:
    """Refuse with a business code."""
    return lambda call: call.refuse(number, message, status)


def gateway(number: int, message: str = "", status: int = 200) -> Before:
    """Answer with a business code as a gateway writes it: without the service's timestamp."""
    text = json.dumps({"code": number, "message": message} if message else {"code": number})
    return lambda _: Response(text, status, media_type="application/json")


def status(number: int, retry_after: str | None = None) -> Before:
    """Answer with an HTTP status and no business code."""
    headers = None if retry_after is None else {"retry-after": retry_after}
    return lambda _: answers.plain(number, headers)


def retry_at(number: int, seconds: int) -> Before:
    """Answer with a status and a ``Retry-After`` in its form of a date."""
    return lambda call: answers.plain(number, {"retry-after": formatdate(call.world.now() + seconds, usegmt=True)})


def page(number: int = 200) -> Before:
    """Answer with an HTML page."""
    return lambda _: answers.html(number)


def elsewhere(number: int = 307) -> Before:
    """Redirect to a host that must see nothing."""
    return lambda _: answers.redirect(number)


def drop(_: Call) -> Response | None:
    """Break the connection without an answer."""
    raise Drop


def refuse(_: Call) -> Response | None:
    """Refuse the connection."""
    raise Refuse


def late(call: Call) -> Response:
    """Answer nothing for longer than any client waits."""
    return answers.Late(call.refuse(500, "late"))


def done_then(before: Before) -> After:
    """Turn an answer-instead into an answer-after: the service has already done what was asked."""

    def after(call: Call, answer: Response) -> Response:
        return before(call) or answer

    return after


def done_then_dripped(call: Call, answer: Response) -> Response:
    """Do what was asked and let the answer drip."""
    return answers.drip(answer, call.scope)


def done_then_late(_: Call, answer: Response) -> Response:
    """Do what was asked and answer too late."""
    return answers.Late(answer)


def done_then_halved(_: Call, answer: Response) -> Response:
    """Do what was asked and break the connection in the middle of the answer."""
    return answers.cut(answer, len(bytes(answer.body)) // 2)
