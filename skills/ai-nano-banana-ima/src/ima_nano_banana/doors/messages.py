"""The texts that people read: the skill's steps 0 to 4, and the reason and advice of a failure. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.domain.events import (
    Acknowledged,
    Adjusted,
    Created,
    Failed,
    Interrupted,
    Progress,
    Started,
    Succeeded,
    Waiting,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Adjustment, Note, Quote, Result
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.words import Language, Reader

ASK = "budget.ask"
"""No failure but a question: the price is above what may be spent without one."""

FIRST = frozenset({"auth.missing", "auth.missing_in_openclaw", "auth.malformed", "auth.refused"})
"""Failures after which trying again is no use before somebody else has done something."""

_COMMANDS = re.compile(r"(`nano-banana (?!key|doctor|sandbox|studio|mcp)(?:(?!--sandbox)[^`])+)`")
"""Commands that read or write books, as texts name them."""

FETCHABLE = frozenset({"timeout", "download", "interrupted", "internal", "storage", "auth", "network"})
"""Kinds after which a paid task can be fetched with one command. The others have ended for good."""


def of(event: Event, language: Language, elapsed: float, reader: Reader = "shell") -> str:
    """Return the exact text for the user at this step."""
    match event:
        case Started():
            told = started(event, language)
        case Waiting():
            told = words.text(
                f"events.waiting_{event.why}",
                language,
                plan_id=event.plan_id,
                credit=event.credit,
                seconds=event.seconds,
            )
        case Progress():
            told = progress(event, language, elapsed)
        case Adjusted():
            told = words.text("events.adjusted", language, text=adjusted(event.adjustment, language))
        case Created():
            told = words.text(_key("events.created", reader), language, task_id=event.task_id)
        case Succeeded():
            told = succeeded(event.result, language)
        case Failed() | Interrupted():
            told = failed(event.fault, language, reader)
        case Acknowledged():
            told = words.text("events.acknowledged", language)
    return told


def started(event: Started, language: Language) -> str:
    """Step 1."""
    low, high = event.expected_seconds
    head = "events.started_ended" if event.ended else "events.started_joined" if event.joined else "events.started"
    lines = [words.text(head, language)]
    if event.model_name:
        lines.append(words.text("events.model", language, model=event.model_name))
    if not event.ended:
        lines.append(words.text("events.expected", language, low=low, high=high))
    if event.credit is not None:
        lines.append(words.text("events.credit", language, credit=event.credit))
    return "\n".join(lines)


def progress(event: Progress, language: Language, elapsed: float) -> str:
    """Step 2."""
    waited = "events.waited_late" if event.late else "events.waited"
    return "\n".join(
        (
            words.text("events.progress", language, percent=event.percent),
            words.text(waited, language, elapsed=int(elapsed), max=event.max_seconds),
        )
    )


def note(one: str | Note, language: Language) -> str:
    """A remark beside a result."""
    return words.text(one, language) if isinstance(one, str) else words.text(one.key, language, **one.params)


def succeeded(result: Result, language: Language) -> str:
    """Step 3, with one link for each picture."""
    low, high = result.expected_seconds
    lines = [words.text("events.succeeded", language)]
    if result.model_name:
        lines.append(words.text("events.model", language, model=result.model_name))
    lines.append(words.text("events.took", language, low=low, high=high, actual=round(result.elapsed_seconds)))
    if result.credit is not None:
        lines.append(words.text("events.credit", language, credit=result.credit))
    lines += [words.text("events.link", language, url=url) for url in result.urls]
    return "\n".join(lines)


def quoted(quote: Quote, language: Language) -> str:
    """Return what it would cost, with the question whether to go ahead: a person at a shell gets a table instead."""
    facts = {"size": quote.size, "aspect_ratio": quote.aspect_ratio, "count": quote.count, "credit": quote.credit}
    return _question({**facts, "model": quote.offer.name}, quote.adjustments, language)


def _question(facts: Mapping[str, object], changed: Iterable[Adjustment], language: Language) -> str:
    """Return a price as a question, with all that would not be as it was asked for: that is part of the consent."""
    lines = [words.text("events.quoted", language, **facts)]
    lines += [words.text("events.adjusted", language, text=adjusted(one, language)) for one in changed]
    lines.append(words.text("events.offer_begin", language))
    return "\n".join(lines)


def failed(fault: Fault, language: Language, reader: Reader = "shell", *, offers: bool | None = None) -> str:
    """Step 4. The closing offer never invites anybody to pay a second time for what may be paid already.

    Args:
        fault: What went wrong.
        language: The language to say it in.
        reader: Who reads it.
        offers: Somebody can take the closing offer up: an agent asks, a command that has ended can't hear an answer.
            ``None``: in a chat somebody can.
    """
    if fault.code == ASK and reader == "chat":
        facts = {name: fault.params.get(name) for name in ("model", "size", "aspect_ratio", "count", "credit")}
        changed = fault.params.get("adjustments")
        return _question(facts, changed if isinstance(changed, tuple) else (), language)
    head = "events.interrupted" if fault.kind == "interrupted" else "events.failed"
    lines = [
        words.text(head, language),
        words.text("events.reason", language, reason=reason(fault, language, reader)),
        words.text("events.suggestion", language, suggestion=suggestion(fault, language, reader)),
    ]
    if fault.result is not None:
        told = lines[-1]
        lines += [words.text("events.link", language, url=url) for url in fault.result.urls if url not in told]
    can_answer = reader == "chat" if offers is None else offers
    if can_answer and (offer := closing(fault)):
        lines.append(words.text(offer, language))
    return "\n".join(lines)


def refused(fault: Fault, language: Language, reader: Reader = "shell") -> str:
    """Return reason and advice alone, for a command that makes no picture."""
    lines = (
        words.text("events.refused", language, reason=reason(fault, language, reader)),
        words.text("events.suggestion", language, suggestion=suggestion(fault, language, reader)),
    )
    return "\n".join(lines)


def simulated(text: str) -> str:
    """Return a text with its commands as they have to be typed in the sandbox, which has books of its own."""
    return _COMMANDS.sub(r"\1 --sandbox`", text)


def closing(fault: Fault) -> str | None:
    """Return the key of the last line: try again, fetch what is paid, or nothing."""
    if fetchable(fault):
        return "events.offer_fetch"
    if fault.kind == "budget":
        return None  # trying again changes nothing before somebody has decided, a limit has ended, a price is agreed to
    if fault.code not in FIRST and (fault.charged == "no" or fault.kind == "generation"):
        return "events.offer_retry"
    return None


def fetchable(fault: Fault) -> bool:
    """Tell whether ``--resume`` brings the picture at no further cost."""
    return (
        fault.task_id is not None
        and fault.charged != "no"
        and (fault.kind in FETCHABLE or fault.code == "rejected.forgotten_task")
    )


def reason(fault: Fault, language: Language, reader: Reader = "shell") -> str:
    """Return why, for a person: no codes, no technical names."""
    return _told(fault.code, fault, language, reader)


def suggestion(fault: Fault, language: Language, reader: Reader = "shell") -> str:
    """Return what to do; the skill's own fallback sentence where a failure has no advice of its own."""
    return _told(f"{fault.code}.do", fault, language, reader)


def hint(fault: Fault, language: Language) -> str | None:
    """Return for the caller what a chat is not told: which option is wrong, what to run; ``None`` if it is told all."""
    shell = [_told(key, fault, language, "shell") for key in (fault.code, f"{fault.code}.do")]
    chat = [reason(fault, language, "chat"), suggestion(fault, language, "chat")]
    return "\n".join(shell) if shell != chat else None


def _key(key: str, reader: Reader) -> str:
    return words.in_chat(key) if reader == "chat" else key


def _told(key: str, fault: Fault, language: Language, reader: Reader) -> str:
    """Return a text of a fault. One that lacks its text is still reported: it may be about money."""
    params = fault.told()
    if "field" in params:
        params["field"] = field_name(str(params["field"]), language)
    if isinstance(names := params.get("fields"), tuple):
        params["fields"] = tuple(field_name(str(name), language).strip() for name in names)
    if reader == "chat" and "path" in params:
        params["path"] = _file_name(str(params["path"]))
    try:
        return words.text(_key(key, reader), language, **params).strip().replace(" ：", "：")
    except (LookupError, ImportError):
        return words.text("events.fallback", language)


def _file_name(path: str) -> str:
    """Return a file's own name: where it lies on this machine is nothing for a chat."""
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1] or path


def field_name(field: str, language: Language) -> str:
    """Return what people call a field; one that only the service knows keeps its name, set off in Chinese."""
    key = f"fields.{field.replace('-', '_')}"
    if words.has(key):
        return words.text(key, language)
    return f" {field} " if language == "zh" else field


def adjusted(one: Adjustment, language: Language) -> str:
    """Return the sentence about one thing that is not what was asked."""
    return words.text(one.reason, language, field=one.field, from_=one.from_, to=one.to)
