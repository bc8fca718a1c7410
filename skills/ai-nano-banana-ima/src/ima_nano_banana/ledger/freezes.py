"""Freezes: while one stands, nobody whom it names begins a create. What is paid for is followed and fetched as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.errors import BudgetFault, UsageFault
from ima_nano_banana.ledger import sql
from ima_nano_banana.ledger.model import ALL, USER_PREFIX, Freeze

if TYPE_CHECKING:
    import sqlite3

FROZEN = "budget.frozen"
LONGEST_REASON = 200


def standing(tx: sqlite3.Connection, realm: str, user_id: str | None = None) -> list[Freeze]:
    """Return the freezes of a realm that bind ``user_id``, or all of them; the one for everybody comes first."""
    found = [
        _freeze(row["scope"], row["reason"], row["frozen_at"]) for row in tx.execute(sql.FREEZES, {"realm": realm})
    ]
    return [one for one in found if user_id is None or one.user_id in (None, user_id)]


def _freeze(scope: str, reason: str | None, at: float) -> Freeze:
    user = None if scope == ALL else scope.removeprefix(USER_PREFIX)
    return Freeze(scope=scope, user_id=user, reason=reason, frozen_at=at)


def refusal(tx: sqlite3.Connection, realm: str, user_id: str) -> BudgetFault | None:
    """Return the fault of the freeze that binds ``user_id``, or ``None``."""
    found = standing(tx, realm, user_id)
    return BudgetFault(FROZEN, phase="catalog", reason=found[0].reason, scope=found[0].scope) if found else None


def set_(tx: sqlite3.Connection, realm: str, scope: str, reason: str | None, now: float) -> None:
    """Freeze, or give a freeze that stands another reason."""
    tx.execute(sql.FREEZE, {"realm": realm, "scope": scope, "reason": reason, "now": now})


def lift(tx: sqlite3.Connection, realm: str, scope: str) -> bool:
    """End one freeze; tell whether there was one."""
    return tx.execute(sql.UNFREEZE, {"realm": realm, "scope": scope}).rowcount > 0


def is_sending(tx: sqlite3.Connection, realm: str, scope: str) -> bool:
    """Tell whether a create that was claimed before may still leave."""
    user = None if scope == ALL else scope.removeprefix(USER_PREFIX)
    return tx.execute(sql.SENDING, {"realm": realm, "user_id": user}).fetchone() is not None


def scope_of(user_id: str | None) -> str:
    """Return whom a freeze binds: one user, or everybody.

    Raises:
        UsageFault: the user has no name.
    """
    if user_id is None:
        return ALL
    if not user_id:
        raise UsageFault("flags.missing", name="--user")
    return USER_PREFIX + user_id


def plain(reason: str | None) -> str | None:
    """Return a reason as one short line."""
    return " ".join((reason or "").split())[:LONGEST_REASON] or None
