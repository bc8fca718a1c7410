"""Pictures by reference, as a door is told them."""

from __future__ import annotations

from pathlib import Path

from ima_nano_banana.doors import books
from ima_nano_banana.engine import references as references_


def resolved(
    session: books.Reader, references: tuple[str, ...], cwd: Path | None = None, key: str | None = None
) -> tuple[str, ...]:
    """Put the user's own pictures in the place of references; anything else stays as it is, a file behind an ``@`` too.

    ``key`` is the caller's name for the request: the newest picture is the one that was it when it was first used.

    Raises:
        UsageFault: the user has no such picture.
    """
    base = cwd or Path.cwd()
    return tuple(_picture(session, one.strip(), base, key) if _is_one(one) else one for one in references)


def _is_one(told: str) -> bool:
    return references_.is_reference(told.strip())


def _picture(session: books.Reader, reference: str, cwd: Path, key: str | None) -> str:
    with books.ledger(session) as ledger:
        return references_.picture(ledger, reference, user=session.user, realm=session.realm, cwd=cwd, key=key)
