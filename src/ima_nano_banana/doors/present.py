"""The objects that programs read: exactly the keys of the interface, sections 3, 4, 5 and 9. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Adjustment
from ima_nano_banana.doors import messages
from ima_nano_banana.doors.books import moment
from ima_nano_banana.wire.redact import repeated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ima_nano_banana.domain.model import Quote, Requested, Result
    from ima_nano_banana.doors.approving import Commands
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.ledger import Plan
    from ima_nano_banana.words import Language, Reader

Json = dict[str, object]


def seconds(value: float) -> float:
    """Cut to milliseconds. Cut and not rounded, so that a percentage reckoned from it stays the same."""
    return math.floor(value * 1000) / 1000


def adjustment(one: Adjustment, language: Language) -> Json:
    """``{field, from, to, reason}`` with the reason as a sentence."""
    return {"field": one.field, "from": one.from_, "to": one.to, "reason": messages.adjusted(one, language)}


def adjustments(many: Iterable[Adjustment], language: Language) -> list[Json]:
    """All that is not what was asked."""
    return [adjustment(one, language) for one in many]


def requested(asked: Requested | None) -> Json:
    """What was asked for, before any adjustment; empty for a task whose request is not known here."""
    if asked is None:
        return {}
    return {
        "task_type": asked.task_type,
        "model_id": asked.model_id,
        "size": asked.size,
        "aspect_ratio": asked.aspect_ratio,
        "count": asked.count,
    }


def result(made: Result, language: Language) -> Json:
    """The result object of section 4."""
    return {
        "task_id": made.task_id,
        "url": made.url,
        "cover_url": made.cover_url,
        "model_id": made.model_id,
        "model_name": made.model_name,
        "credit": made.credit,
        "task_type": made.task_type,
        "urls": list(made.urls),
        "files": list(made.files),
        "size": made.size,
        "aspect_ratio": made.aspect_ratio,
        "count": made.count,
        "width": made.width,
        "height": made.height,
        "requested": requested(made.requested),
        "adjustments": adjustments(made.adjustments, language),
        "expected_seconds": list(made.expected_seconds),
        "elapsed_seconds": made.elapsed_seconds,
        "sandbox": made.sandbox,
        "version_id": made.version_id,
        "language": language,
        **({"replayed": True} if made.replayed else {}),
        "notes": [messages.note(one, language) for one in made.notes],
        "message": messages.succeeded(made, language),
    }


NAMED = ("budget.frozen", "budget.ask", "budget.dearer", "approval.")
"""How the reasons begin that a program acts on by name, beyond their kind."""


def error(
    fault: Fault,
    language: Language,
    *,
    sandbox: bool,
    resume_command: str | None,
    approve_command: str | None = None,
    reader: Reader = "shell",
) -> Json:
    """The inside of the error object of section 4; the URLs stand in it when pictures were made but not saved."""
    body: Json = {
        "kind": fault.kind,
        "message": messages.reason(fault, language, reader),
        **_advice(fault, language, reader, sandbox=sandbox),
        "detail": fault.detail,
        "phase": fault.phase,
        "ima_code": fault.ima_code,
        "http_status": fault.http_status,
        "task_id": repeated(fault.task_id),
        "retryable": fault.retryable,
        "charged": fault.charged,
        "resume_command": resume_command,
        "language": language,
        "sandbox": sandbox,
    }
    if fault.code.startswith(NAMED):
        body["code"] = fault.code
    if "plan_id" in fault.params:
        body["plan_id"] = fault.params["plan_id"]
    if fault.code == "approval.needed":
        body["approve_command"] = approve_command
    if fault.kind == "budget" and "credit" in fault.params:
        body["credit"] = fault.params["credit"]
    if fault.replayed:
        body["replayed"] = True
    if fault.result is not None and fault.kind != "partial":
        body["url"] = fault.result.url
        body["urls"] = list(fault.result.urls)
        body["files"] = list(fault.result.files)
    return body


def _advice(fault: Fault, language: Language, reader: Reader, *, sandbox: bool) -> Json:
    """What to do, for whoever reads it; what is typed in the sandbox says so."""
    told = {
        "suggestion": messages.suggestion(fault, language, reader),
        "message_full": messages.failed(fault, language, reader),
    }
    if reader == "chat" and (hint := messages.hint(fault, language)) is not None:
        told["hint"] = hint
    return {name: messages.simulated(text) if sandbox else text for name, text in told.items()}


def failure(
    fault: Fault,
    language: Language,
    *,
    sandbox: bool,
    resume_command: str | None,
    approve_command: str | None = None,
    reader: Reader = "shell",
) -> Json:
    """The one object of a failed run: the error, beside the result's keys when some pictures were made."""
    body: Json = {}
    if fault.kind == "partial" and fault.result is not None:
        body = {**result(fault.result, language), "message": messages.failed(fault, language, reader)}
    body["error"] = error(
        fault,
        language,
        sandbox=sandbox,
        resume_command=resume_command,
        approve_command=approve_command,
        reader=reader,
    )
    return body


def plan(one: Plan, language: Language, commands: Commands) -> Json:
    """The object of section 12, and what somebody has decided."""
    changes = tuple(Adjustment(**told) for told in one.facts["adjustments"])
    return {
        "plan_id": one.plan_id,
        "digest": one.digest,
        "state": one.state,
        "credit": one.credit,
        "credit_each": one.credit_each,
        "expires_at": moment(one.expires_at),
        "user": one.user_id,
        "task_type": one.facts["task_type"],
        "model_id": one.facts["model_id"],
        "version_id": one.facts["version_id"],
        "size": one.facts["size"],
        "aspect_ratio": one.facts["aspect_ratio"],
        "count": one.facts["count"],
        "adjustments": adjustments(changes, language),
        "approve_command": commands.approve,
        "run_command": commands.run,
        "sandbox": one.sandbox,
    }


def plan_whole(one: Plan, language: Language, commands: Commands) -> Json:
    """What ``show`` tells of a plan: what is bought, word for word, and what became of it."""
    return {
        **plan(one, language, commands),
        "model_name": one.facts["model_name"],
        "prompt": one.wish.get("prompt"),
        "images": list(one.wish.get("images", ())),
        "created_at": moment(one.created_at),
        "decided_at": moment(one.decided_at),
        "decided_by": one.decided_by,
        "reason": one.reason,
        "task_id": one.task_id,
    }


def quote(priced: Quote, language: Language, *, sandbox: bool, expected: tuple[int, int]) -> Json:
    """What ``--dry-run`` and ``quote --json`` print: exactly the keys of section 4."""
    return {
        "quote": {
            "task_type": priced.offer.task_type,
            "model_id": priced.offer.model_id,
            "model_name": priced.offer.name,
            "version_id": priced.offer.version_id,
            "size": priced.size,
            "aspect_ratio": priced.aspect_ratio,
            "count": priced.count,
            "credit_each": priced.credit_each,
            "credit": priced.credit,
            "expected_seconds": list(expected),
            "adjustments": adjustments(priced.adjustments, language),
            "sandbox": sandbox,
            "message": messages.quoted(priced, language),
        }
    }
