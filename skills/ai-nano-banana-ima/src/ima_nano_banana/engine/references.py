"""Pictures by reference: ``@last``, ``@2`` (the one before it), ``@TASK_ID``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.ledger import Ledger

MARK = "@"
LAST = "@last"
LONGEST_NUMBER = 4
"""Digits; a longer number is a task id."""


def is_reference(told: str) -> bool:
    """Tell whether a picture is meant by what the books call it; a file that is really called so is a file."""
    return told.startswith(MARK) and len(told) > 1 and not _is_file(told)


def picture(ledger: Ledger, reference: str, *, user: str, realm: str, cwd: Path, key: str | None = None) -> str:
    """Return the user's own picture that a reference means, or the reference if it is a file behind an ``@``.

    Args:
        ledger: The books.
        reference: As it was told.
        user: Whose pictures.
        realm: Which books.
        cwd: Where files begin.
        key: The caller's name for the request: the newest picture is the one that was it when it was first used.

    Raises:
        UsageFault: the user has no such picture.
    """
    name = reference.removeprefix(MARK)
    number = 1 if reference.lower() == LAST else int(name) if _is_number(name) else None
    if number is None:
        found = _of_task(ledger, name, user, realm)
    else:
        files = ledger.pictures(user, realm, limit=max(number, 1), key=key)
        found = files[number - 1] if 1 <= number <= len(files) else None
    if found is None and _means_a_file(reference, cwd):
        return reference
    if found is None:
        raise UsageFault("flags.no_picture", reference=reference)
    return found


def _is_file(told: str) -> bool:
    """Tell whether a file is really called so; a name that no file can have is none."""
    try:
        return Path(told).exists()
    except (OSError, ValueError):
        return False


def _means_a_file(reference: str, cwd: Path) -> bool:
    """Tell whether it is a file behind an ``@``, as some programs write it, and no picture of one's own."""
    from ima_nano_banana.pictures import lookalike

    return bool(lookalike.alike(reference, cwd))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= LONGEST_NUMBER


def _of_task(ledger: Ledger, name: str, user: str, realm: str) -> str | None:
    """Return the first picture of one's own task: the saved file, else where the service keeps it."""
    item = ledger.of_realm(name, realm)
    if item is None or item.user_id != user:
        return None
    return next((file for file in item.files if Path(file).is_file()), item.urls[0] if item.urls else None)
