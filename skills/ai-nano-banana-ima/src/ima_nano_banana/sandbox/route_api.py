"""``api.imastudio.com``: product list, create and detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.sandbox.fates import FATES
from ima_nano_banana.sandbox.orders import Refused, read_order
from ima_nano_banana.sandbox.story import created, told

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.answers import Envelope
    from ima_nano_banana.sandbox.call import Call


def product_list(call: Call) -> Envelope:
    """``GET /open/v1/product/list``."""
    if call.key is None:
        return _unauthorized(call)
    if (call.query.get("app"), call.query.get("platform")) != ("ima", "web"):
        return call.refuse(400, "bad request: app or platform", 400)
    return call.answer(call.world.shown_catalogue(call.query.get("category", "")))


def create(call: Call) -> Envelope:
    """``POST /open/v1/tasks/create``. Charges points when it answers with success."""
    if call.key is None:
        return _unauthorized(call)
    body = call.json()
    category = body.get("task_type") if isinstance(body, dict) else None
    try:
        order = read_order(body, call.world.true_catalogue(str(category)))
        job = call.world.accept(call, order)
    except Refused as refused:
        return call.refuse(refused.code, refused.message, refused.status)
    return call.answer(created(job), 200)


def detail(call: Call) -> Envelope:
    """``POST /open/v1/tasks/detail``. Free, although it is a POST."""
    if call.key is None:
        return _unauthorized(call)
    found = call.world.look(task_of(call), call.account)
    if found is None:
        return call.refuse(404, "task not found")
    job, looks = found
    now = call.world.now()
    data = told(job, now)
    for name in job.fates:
        tell = FATES[name].tell
        data = tell(data, job, now, looks) if tell else data
    return call.answer(data, 0 if looks % 2 else 200)


def category_of(call: Call) -> str:
    """Lists are counted by category."""
    return call.query.get("category", "")


def prompt_of(call: Call) -> str:
    """Creates are counted by account and prompt, so that a corrected one counts as the same."""
    try:
        prompt = call.json()["parameters"][0]["parameters"]["prompt"]
    except (TypeError, KeyError, IndexError):
        prompt = ""
    return f"{call.account}:{prompt}"


def task_of(call: Call) -> str:
    """Looks are counted by task."""
    body = call.json()
    return str(body.get("task_id", "")) if isinstance(body, dict) else ""


def _unauthorized(call: Call) -> Envelope:
    return call.refuse(401, "Invalid or unauthorized API key", 401)
