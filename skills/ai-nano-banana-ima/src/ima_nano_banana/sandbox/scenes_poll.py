"""Faults of looking at a task. Nothing here may lose a picture that was paid for."""

from __future__ import annotations

from ima_nano_banana.sandbox import answers
from ima_nano_banana.sandbox.scene import Scene
from ima_nano_banana.sandbox.scene_parts import code, done_then_dripped, drop, elsewhere, late, page, refuse, status

POLL_SCENES = (
    Scene("poll-429", "detail", status(429, retry_after="1"), first=2),
    Scene("poll-429-long", "detail", status(429, retry_after="3600"), first=1),
    Scene("poll-500", "detail", page(500), first=2),
    Scene("poll-502", "detail", status(502), first=2),
    Scene("poll-drop", "detail", drop, first=2),
    Scene("poll-refused", "detail", refuse, first=2),
    Scene("poll-html", "detail", page(), first=2),
    Scene("poll-code", "detail", code(5001, "temporary trouble"), first=1),
    Scene("poll-trouble", "detail", code(5001, "temporary trouble")),
    Scene("poll-401-once", "detail", code(401, "Invalid or unauthorized API key", 401), first=1),
    Scene("poll-401", "detail", code(401, "Invalid or unauthorized API key", 401)),
    Scene("poll-redirect", "detail", elsewhere(), first=2),
    Scene("poll-slow", "detail", late, first=1),
    Scene("poll-drip", "detail", after=done_then_dripped),
    Scene("poll-drip-once", "detail", after=done_then_dripped, first=1),
    Scene("poll-null", "detail", lambda call: call.answer(None), first=2),
    Scene("poll-deep", "detail", lambda _: answers.deep(), first=1),
    Scene("poll-huge", "detail", lambda _: answers.huge(), first=1),
    Scene("poll-down", "detail", status(502)),
    Scene("task-unknown", "detail", code(404, "task not found")),
    Scene("task-unknown-at-first", "detail", code(404, "task not found"), first=2),
)
