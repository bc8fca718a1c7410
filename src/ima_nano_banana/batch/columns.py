"""What people call the columns of a batch, and the cells that programs of tables write in their own way. Pure."""

from __future__ import annotations

import re
import unicodedata

from ima_nano_banana.batch.model import COLUMNS
from ima_nano_banana.domain.aliases import COLUMN_WORDS

NAMES = {alias: name for name, aliases in COLUMN_WORDS.items() for alias in aliases.split()}
NAMES |= {name: name for name in COLUMNS}

# 16:9 is a time of day to a table: it comes back as 16:09, or as 16:09:00.
_TIME = re.compile(r"(\d{1,2}):0?(\d{1,2})(?::00)?")
_WHOLE = re.compile(r"(\d{1,6})[.,]0+")
_PLAIN = ("count", "size", "aspect_ratio", "model")


def column(name: str) -> str:
    """Return the column that a heading means, or the heading itself if it is none."""
    plain = unicodedata.normalize("NFKC", name).strip().strip("\ufeff*").lower().replace("-", "_").replace(" ", "_")
    return NAMES.get(plain, plain)


def cell(name: str, told: object) -> object:
    """Return what a cell means: whole numbers written as decimals, ratios written as times, wide signs."""
    if isinstance(told, float) and told.is_integer() and abs(told) < 1e9:
        return int(told)
    if not isinstance(told, str) or name not in _PLAIN:
        return told
    plain = unicodedata.normalize("NFKC", told).strip()
    if name in ("count", "size") and (found := _WHOLE.fullmatch(plain)):
        return found[1]
    if name == "aspect_ratio" and (found := _TIME.fullmatch(plain)):
        return f"{int(found[1])}:{int(found[2])}"
    return plain
