"""Answers as a person reads them: tables and lists in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.domain import aliases
from ima_nano_banana.doors import books, messages
from ima_nano_banana.doors.layout import pairs, shorten, table, wrapped
from ima_nano_banana.doors.resume import command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.domain.model import Quote
    from ima_nano_banana.domain.offers import ModelRow
    from ima_nano_banana.ledger import Cost, Freeze, Item, Limit, Zone
    from ima_nano_banana.words import Language

PROMPT_COLUMNS = 40
SIMULATED = "🧪"


def names(language: Language, *keys: str) -> list[str]:
    """Return the names of fields."""
    return [words.text(f"human.{key}", language) for key in keys]


def state(told: str, language: Language) -> str:
    """Return what people call a state of a task; one of a newer program is told as it is."""
    key = f"human.state_{told}"
    return words.text(key, language) if words.has(key) else str(told)


def task_type(told: str, language: Language) -> str:
    """Return what people call a kind of task, beside the name that an option takes."""
    key = f"human.type_{told}"
    return words.text(key, language) if words.has(key) else told


def quote(priced: Quote, expected: tuple[int, int], language: Language) -> str:
    """Return the price with what it is for."""
    low, high = expected
    values = (
        f"{priced.offer.name} ({priced.offer.model_id})",
        priced.size,
        priced.aspect_ratio,
        priced.count,
        priced.credit_each,
        priced.credit,
        f"{low}~{high}",
    )
    keys = ("model", "size", "aspect_ratio", "count", "credit_each", "credit", "expected")
    told = pairs(list(zip(names(language, *keys), values, strict=True)))
    notices = [messages.adjusted(one, language) for one in priced.adjustments]
    return "\n".join((told, *notices))


def models(rows: Sequence[ModelRow], language: Language) -> str:
    """Return each model with every size's price and the ratios."""
    if not rows:
        return words.text("human.no_models", language)
    blocks = []
    for row in rows:
        low, high = row["expected_seconds"]
        sizes = "  ".join(
            f"{one['size']} {one['credit']}" + ("*" if one["size"] == row["default_size"] else "")
            for one in row["sizes"]
        )
        values = (
            row["name"],
            row["model_id"],
            row["version_id"],
            task_type(row["task_type"], language),
            sizes,
            " ".join(row["aspect_ratios"]),
            f"{low}~{high}",
        )
        keys = ("model", "model_id", "version_id", "task_type", "sizes", "aspect_ratio", "expected")
        blocks.append(pairs(list(zip(names(language, *keys), values, strict=True))))
    return "\n\n".join(blocks)


def tasks(items: Sequence[Item], language: Language) -> str:
    """Return the history, newest first. The points are those that count; what was quoted is told by ``item``."""
    if not items:
        return words.text("human.no_tasks", language)
    head = names(language, "created_at", "state", "task_id", "model", "size", "credit", "prompt")
    rows = [
        (
            books.local_time(item.created_at),
            f"{state(item.state, language)} {SIMULATED}" if item.sandbox else state(item.state, language),
            item.task_id or item.id,
            None if item.model_id is None else aliases.word_of(item.model_id),
            item.size,
            None if item.credit is None else item.committed,
            shorten(item.prompt or "", PROMPT_COLUMNS) or None,
        )
        for item in items
    ]
    told = table(head, rows)
    if any(item.sandbox for item in items):
        told += "\n" + wrapped(words.text("human.simulated_mark", language, mark=SIMULATED), "")
    return told


def item(one: Item, language: Language) -> str:
    """Return all that a person wants to know of one task."""
    keys = (
        *("task_id", "state", "created_at", "took", "user", "model_id", "size", "aspect_ratio", "count"),
        *("quoted", "counted", "prompt"),
    )
    values = (
        one.task_id or one.id,
        state(one.state, language),
        books.local_time(one.created_at),
        None if one.seconds is None else f"{one.seconds:.1f}",
        one.user_id,
        one.model_id,
        one.size,
        one.aspect_ratio,
        one.count,
        one.credit,
        None if one.credit is None else one.committed,
        one.prompt,
    )
    found = list(zip(names(language, *keys), values, strict=True))
    found += [(words.text("human.file", language), file) for file in one.files]
    found += [(words.text("human.url", language), url) for url in one.urls]
    found += [
        (words.text("human.adjusted", language), messages.adjusted(change, language)) for change in one.adjustments
    ]
    if one.fault is not None:
        from ima_nano_banana.ledger.faults import fault_of

        fault = fault_of(one.fault, task_id=one.task_id)
        found += [
            (words.text("human.reason", language), messages.reason(fault, language)),
            (words.text("human.suggestion", language), messages.suggestion(fault, language)),
        ]
    return pairs(found)


def costs(found: Sequence[Cost], by: Sequence[str], language: Language) -> str:
    """Return what was spent, with the sum below."""
    if not found:
        return words.text("human.no_costs", language)
    keys = {"day": "created_at", "user": "user", "model": "model_id"}
    head = names(language, *(keys[one] for one in by), "credit", "of_them_uncertain", "tasks", "pictures")
    rows: list[tuple[object, ...]] = [(*one.group, one.points, one.uncertain, one.tasks, one.pictures) for one in found]
    total = (
        words.text("human.total", language),
        *("" for _ in by[1:]),
        sum(one.points for one in found),
        sum(one.uncertain for one in found),
        sum(one.tasks for one in found),
        sum(one.pictures for one in found),
    )
    return table(head, [*rows, total])


def freezes(found: Sequence[Freeze], language: Language, *, sandbox: bool) -> str:
    """Return who may begin nothing, since when and why, and how that ends."""
    lines = []
    for one in found:
        told = {"at": books.local_time(one.frozen_at), "reason": one.reason}
        if one.user_id is None:
            lines.append(words.text("human.frozen_all", language, **told))
        else:
            lines.append(words.text("human.frozen_user", language, user=one.user_id, **told))
    if found:
        lines.append(words.text("human.frozen_how", language, command=_unfreezing(found[0], sandbox=sandbox)))
    return "\n".join(lines)


def _unfreezing(one: Freeze, *, sandbox: bool) -> str:
    whose = [] if one.user_id is None else ["--user", one.user_id]
    return command_line(["nano-banana", "limits", "unfreeze", *whose, *(["--sandbox"] if sandbox else [])])


def days(zone: Zone, language: Language) -> str:
    """Return whose days and months the limits count."""
    return wrapped(words.text("human.zone_chosen" if zone.chosen else "human.zone_own", language, zone=zone.name), "")


def limits(found: Sequence[Limit], language: Language) -> str:
    """Return every limit and how it stands."""
    if not found:
        return words.text("human.no_limits", language)
    head = names(language, "scope", "user", "period", "points", "used", "left", "resets")
    rows = [
        (
            words.text(f"human.scope_{limit.scope.partition(':')[0].replace('-', '_')}", language),
            limit.user_id,
            words.text(f"human.period_{limit.period}", language),
            limit.points,
            limit.used,
            limit.left,
            limit.resets,
        )
        for limit in found
    ]
    return table(head, rows)


def approvals(thresholds: Sequence[Limit], approvers: Sequence[str], language: Language) -> list[str]:
    """Return what needs approval, and who may give it in a chat."""
    lines = []
    for one in thresholds:
        kind, _, user = one.scope.partition(":")
        key = f"approval.threshold_{kind.replace('-', '_')}"
        lines.append(words.text(key, language, points=one.points, user=user))
    if approvers:
        lines.append(words.text("approval.approvers", language, users=approvers))
    return lines
