"""Pictures by reference: ``@last``, ``@2`` (the one before it), ``@TASK_ID``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.doors import books
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.desk import Desk

MARK = "@"
LAST = "@last"
LONGEST_NUMBER = 4
"""Digits; a longer number is a task id."""


def resolved(
    desk: Desk, references: tuple[str, ...], cwd: Path | None = None, key: str | None = None
) -> tuple[str, ...]:
    """Put the user's own pictures in the place of references; anything else stays as it is, a file behind an ``@`` too.

    ``key`` is the caller's name for the request: the newest picture is the one that was it when it was first used.

    Raises:
        UsageFault: the user has no such picture.
    """
    base = cwd or Path.cwd()
    return tuple(_picture(desk, one.strip(), base, key) if _is_reference(one.strip()) else one for one in references)


def _is_reference(told: str) -> bool:
    return told.startswith(MARK) and len(told) > 1 and not _is_file(told)


def _is_file(told: str) -> bool:
    """Tell whether a file is really called so; a name that no file can have is none."""
    try:
        return Path(told).exists()
    except (OSError, ValueError):
        return False


def _picture(desk: Desk, reference: str, cwd: Path, key: str | None) -> str:
    name = reference.removeprefix(MARK)
    number = 1 if reference.lower() == LAST else int(name) if _is_number(name) else None
    found = _of_task(desk, name) if number is None else _newest(desk, number, key)
    if found is None and _means_a_file(reference, cwd):
        return reference
    if found is None:
        raise UsageFault("flags.no_picture", reference=reference)
    return found


def _means_a_file(reference: str, cwd: Path) -> bool:
    """Tell whether it is a file behind an ``@``, as some programs write it, and no picture of one's own."""
    from ima_nano_banana.pictures import lookalike

    return bool(lookalike.alike(reference, cwd))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= LONGEST_NUMBER


def _newest(desk: Desk, number: int, key: str | None) -> str | None:
    with books.ledger(desk) as ledger:
        files = ledger.pictures(desk.user, desk.realm, limit=max(number, 1), key=key)
    return files[number - 1] if 1 <= number <= len(files) else None


def _of_task(desk: Desk, name: str) -> str | None:
    """Return the first picture of one's own task: the saved file, else where the service keeps it."""
    with books.ledger(desk) as ledger:
        item = ledger.of_realm(name, desk.realm)
    if item is None or item.user_id != desk.user:
        return None
    return next((file for file in item.files if Path(file).is_file()), item.urls[0] if item.urls else None)
