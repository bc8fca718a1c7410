"""What batches on PostgreSQL keep beside the books: what each row asks for, and the pictures it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

# A wish is forgotten as soon as its item holds no prompt any more; a row that never became an item keeps it.
_FORGET = """UPDATE batch_wishes SET wish = NULL WHERE wish IS NOT NULL AND state <> 'open' AND EXISTS
    (SELECT 1 FROM items WHERE items.batch_id = batch_wishes.batch_id AND items.row_id = batch_wishes.row_id
    AND items.prompt IS NULL)"""
_UNUSED = """DELETE FROM input_pictures WHERE NOT EXISTS
    (SELECT 1 FROM batch_wishes WHERE position(input_pictures.digest IN batch_wishes.wish) > 0)"""


def forget(tx: sqlite3.Connection) -> None:
    """Remove the wishes of items that were forgotten, and pictures that no wish names any more."""
    tx.execute(_FORGET)
    tx.execute(_UNUSED)
