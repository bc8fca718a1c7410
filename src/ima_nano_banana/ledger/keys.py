"""The caller's own name for a request (interface, section 10): it holds for ever.

Which request a key stands for is kept as a digest of what was told, so that it outlives prompt and pictures. What
became of it is read from its item, in the transaction of the claim, so that of many who come with one key at the
same time only one pays.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.task import BEING_SENT, State
from ima_nano_banana.errors import Fault, InternalFault, UncertainFault, UsageFault
from ima_nano_banana.ledger import rows, sql
from ima_nano_banana.ledger.faults import fault_of, unsure
from ima_nano_banana.ledger.model import Item, Standing

if TYPE_CHECKING:
    import sqlite3
    from datetime import tzinfo

    from ima_nano_banana.ledger.model import Named


def look(tx: sqlite3.Connection, named: Named, zone: tzinfo | None) -> Standing | Fault | None:
    """Tell how the request of a key stands; ``None`` if the key is free: new, or nothing was charged for it."""
    row = tx.execute(sql.KEY, _place(named)).fetchone()
    if row is None:
        return None
    found = tx.execute(sql.ITEM, {"id": row["item_id"]}).fetchone()
    if found is None:
        return InternalFault("ledger.inconsistent", why="key_without_item")
    item = rows.from_row(found)
    if is_free(item):
        return None
    if row["digest"] != named.digest:
        return UsageFault("usage.key_reused", fields=_differing(named, str(row["fields"])))
    return _standing(item, zone)


def since(tx: sqlite3.Connection, realm: str, user_id: str, key: str) -> float | None:
    """Return when the request of a key was first sent, unless the key is free."""
    place = {"realm": realm, "user_id": user_id, "idempotency_key": key}
    row = tx.execute(sql.KEY, place).fetchone()
    found = tx.execute(sql.ITEM, {"id": row["item_id"]}).fetchone() if row is not None else None
    item = rows.from_row(found) if found is not None else None
    return None if item is None or is_free(item) else item.created_at


def is_free(item: Item) -> bool:
    """Tell whether an item has provably cost nothing."""
    told = (item.fault or {}).get("charged")
    return item.state is State.FAILED and not item.committed and told not in ("yes", "unknown")


def _standing(item: Item, zone: tzinfo | None) -> Standing | Fault:
    if item.state in BEING_SENT:
        return Standing(state="sending", item=item)
    if item.state is not State.UNCERTAIN:
        return Standing(state="open", item=item, replayed=item.ended)
    fault = _as_it_was(item) or unsure(item, zone, code="ledger.uncertain_key")
    fault.replayed = True
    return fault


def _as_it_was(item: Item) -> Fault | None:
    """Return the uncertainty as it was told; ``None`` if nobody was left to tell it, or it was told as another end."""
    told = fault_of(item.fault, task_id=item.task_id)
    return told if isinstance(told, UncertainFault) and told.code.startswith("uncertain.") else None


def bind(tx: sqlite3.Connection, named: Named | None, item: Item, now: float) -> Item:
    """Let the key stand for ``item`` from now on."""
    if named is None:
        return item
    facts = {"digest": named.digest, "fields": json.dumps(dict(named.fields)), "item_id": item.id, "now": now}
    tx.execute(sql.BIND_KEY, {**_place(named), **facts})
    if item.idempotency_key is not None:
        return item
    return rows.save(tx, item, replace(item, idempotency_key=named.key))


def _place(named: Named) -> dict[str, object]:
    return {"realm": named.realm, "user_id": named.user_id, "idempotency_key": named.key}


def _differing(named: Named, kept: str) -> tuple[str, ...]:
    """Return the names of the fields that are not as they were."""
    before: dict[str, str] = json.loads(kept)
    both = dict.fromkeys((*named.fields, *before))
    return tuple(name for name in both if named.fields.get(name) != before.get(name))
