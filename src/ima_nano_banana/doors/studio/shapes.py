"""What a page is told of a request: short, and without what is not known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.domain.schedule import expected_seconds
from ima_nano_banana.doors import books, messages, present
from ima_nano_banana.doors.resume import OF_COMMAND, command_line
from ima_nano_banana.doors.studio.thumbs import key_of
from ima_nano_banana.ledger.faults import fault_of

if TYPE_CHECKING:
    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.ledger import Item
    from ima_nano_banana.ledger.gallery import Seen
    from ima_nano_banana.words import Language


def facts(seen: Seen, language: Language) -> Json:
    """Return one cell of the gallery."""
    item = seen.item
    low, high = expected_seconds(item.model_id)
    told: Json = {
        "id": item.id,
        "task_id": item.task_id,
        "state": str(item.state),
        "prompt": item.prompt,
        "user": item.user_id,
        "door": item.door,
        "model_id": item.model_id,
        "model_name": item.model_name,
        "size": item.size,
        "aspect_ratio": item.aspect_ratio,
        "count": item.count,
        "credit": item.credit,
        "charged": books.charged(item),
        "created_at": item.created_at,
        "since": item.task_at or item.created_at,
        "state_at": item.state_at,
        "seconds": None if item.seconds is None else round(item.seconds, 1),
        "expected": [low, high] if not item.ended else None,
        "pictures": [_picture(item, number) for number in range(1, len(item.files) + 1)],
        "missing": _missing(item),
        "adjusted": bool(item.adjustments),
        "error": _error(item, language),
        "starred": seen.starred,
        "untold": item.ended and item.told_at is None and item.door == "studio",
        "batch_id": item.batch_id,
        "row_id": item.row_id,
        "key": item.idempotency_key,
        "resumable": item.task_id is not None and (not item.ended or not item.files) and item.state != "failed",
    }
    return {name: value for name, value in told.items() if value not in (None, [], False, "")}


def _picture(item: Item, number: int) -> Json:
    file = Path(item.files[number - 1])
    key = key_of(file)
    if key is None:
        return {"gone": True}
    base = f"/thumbs/{item.id}/{number}"
    return {
        "small": f"{base}/256/{key}.webp",
        "large": f"{base}/512/{key}.webp",
        "file": f"/pictures/{item.id}/{number}",
    }


def _missing(item: Item) -> list[str]:
    """Return why each picture that was not made was not."""
    return [reason or "" for reason in item.failures] if item.ended or item.state == "ready" else []


def _error(item: Item, language: Language) -> Json | None:
    if item.state not in ("failed", "uncertain") and not item.fault:
        return None
    fault = fault_of(item.fault, task_id=item.task_id)
    return {
        "kind": fault.kind,
        "message": messages.reason(fault, language),
        "suggestion": messages.suggestion(fault, language),
        "charged": books.charged(item),
    }


def whole(seen: Seen, language: Language, family: tuple[list[Item], list[Item]]) -> Json:
    """Return all about one request: asked against got, where it comes from, and the command that makes it again."""
    item = seen.item
    return {
        **facts(seen, language),
        "requested": present.requested(item.requested),
        "adjustments": present.adjustments(item.adjustments, language),
        "got": {"size": item.size, "aspect_ratio": item.aspect_ratio, "width": item.width, "height": item.height},
        "inputs": len(item.images),
        "counted": item.committed,
        "elapsed": item.elapsed,
        "parents": [_relative(one) for one in family[0]],
        "children": [_relative(one) for one in family[1]],
        "again_command": again_command(item),
        "resume_command": resume_command(item),
    }


def _relative(item: Item) -> Json:
    pictures = [_picture(item, 1)] if item.files else []
    return {"id": item.id, "prompt": item.prompt, "state": str(item.state), "pictures": pictures}


def again_command(item: Item) -> str | None:
    """Return the command line that orders the same once more; ``None`` once its prompt is forgotten."""
    if not item.prompt:
        return None
    asked = item.requested
    size = asked.size if asked is not None else item.size
    ratio = asked.aspect_ratio if asked is not None else item.aspect_ratio
    told = ["nano-banana", "edit" if item.images else "generate", item.prompt, *item.images]
    for flag, value in (("--model-id", item.model_id), ("--size", size), ("--aspect-ratio", ratio)):
        told += [flag, value] if value else []
    told += ["--count", str(item.count)] if (item.count or 1) > 1 else []
    told += ["--sandbox"] if item.sandbox else []
    return command_line(told)


def resume_command(item: Item) -> str | None:
    """Return the command line that fetches what is paid."""
    if item.task_id is None or item.state == "failed":
        return None
    return command_line([*OF_COMMAND, item.task_id, *(["--sandbox"] if item.sandbox else [])])


def failure(fault: object, language: Language, *, sandbox: bool) -> Json:
    """Return the error object of every door."""
    from ima_nano_banana.errors import Fault

    assert isinstance(fault, Fault)  # noqa: S101 -- for the type alone
    return present.failure(fault, language, sandbox=sandbox, resume_command=None)
