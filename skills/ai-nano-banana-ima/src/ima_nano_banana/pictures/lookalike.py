"""Files whose names look like one that is not there: what people copy, quote, escape and drag is seldom exact.

macOS writes a narrow space into the names of screenshots and takes accents apart; shells, browsers and chats add
escapes, quotes, ``%20`` and ``@``. Such a name means the file, if it can mean only one.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SIBLINGS = 20_000
MOST_NAMED = 3
LONGEST = 4096
_CLOSE = 0.85
_PAIRS = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "「": "」", "《": "》", "<": ">", "«": "»"}
_HIDDEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""What a Chinese or Japanese keyboard makes of Latin letters, digits and brackets."""
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "′": "'"})


def alike(asked: str, cwd: Path) -> tuple[Path, ...]:
    """Return the files that ``asked`` may mean, if it is not one's exact name; there are seldom any."""
    found: dict[Path, None] = {}
    if not asked or len(asked) > LONGEST:
        return ()
    for spelled in _spellings(asked):
        try:
            path = (cwd / Path(spelled).expanduser()).absolute()
        except RuntimeError:  # "~nobody"
            continue
        found.update(dict.fromkeys(_walk(path)))
    return tuple(found)


def near(path: Path) -> tuple[str, ...]:
    """Return names beside ``path`` that are almost its own, for a suggestion."""
    names = {folded(one.name).casefold(): one.name for one in _siblings(path.parent)}
    if not path.suffix and (bare := [told for told in names.values() if Path(told).stem == path.name]):
        return tuple(sorted(bare)[:MOST_NAMED])
    close = difflib.get_close_matches(folded(path.name).casefold(), names, n=MOST_NAMED, cutoff=_CLOSE)
    return tuple(names[one] for one in close)


def folded(name: str) -> str:
    """Return a name without what the eye does not see: Unicode form, kinds of space and quotes, invisible marks."""
    plain = unicodedata.normalize("NFC", name).translate(_WIDE).translate(_HIDDEN).translate(_QUOTES)
    return " ".join("".join(" " if unicodedata.category(one) == "Zs" else one for one in plain).split())


def _spellings(asked: str) -> list[str]:
    """Return what the name may have been before somebody wrapped it; each layer may come with every other."""
    found = [asked]
    for spelled in found:  # grows while it is read
        for other in (
            _unquoted(spelled),
            _unmarked(spelled),
            _unescaped(spelled),
            _unlinked(spelled),
            _from_page(spelled),
        ):
            if other and other not in found:
                found.append(other)
    return found


def _unquoted(text: str) -> str:
    return text[1:-1].strip() if len(text) > 2 and _PAIRS.get(text[0]) == text[-1] else text


def _unmarked(text: str) -> str:
    """Take away an ``@`` before the name, where a folder may already stand before that."""
    return re.sub(r"^@|(?<=/)@(?=[^/]+$)", "", text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(?=[^\w\\]|$)", "", text)


def _from_page(text: str) -> str:
    from html import unescape  # late, as everything that is seldom needed

    return unescape(text) if "&" in text else text


def _unlinked(text: str) -> str:
    from urllib.parse import unquote  # late, as everything that is seldom needed

    plain = re.sub(r"^file:(//(localhost)?(?=/)|//(?=[^/]+$)|(?!//))", "", text, flags=re.IGNORECASE)
    return unquote(plain, errors="strict") if _decodes(plain) else plain


def _decodes(text: str) -> bool:
    """Tell whether its ``%XX`` are UTF-8 and hide no separator: a name never leads into another folder."""
    from urllib.parse import unquote

    try:
        return not re.search(r"%(2f|5c|00)", text, re.IGNORECASE) and unquote(text, errors="strict") != text
    except UnicodeDecodeError:
        return False


def _walk(path: Path) -> list[Path]:
    """Return what a path may mean: each part as written where there is such a thing, else what looks so."""
    at = [Path(path.anchor)]
    for part in path.parts[1:]:
        at = [found for folder in at for found in _inside(folder, part)]
    return [one for one in at if one.is_file()]


def _inside(folder: Path, part: str) -> list[Path]:
    exact = folder / part
    if part == ".." or _is_there(exact):
        return [exact]
    wanted = folded(part)
    return [one for one in _siblings(folder) if folded(one.name) == wanted]


def _siblings(folder: Path) -> Iterator[Path]:
    try:
        yield from islice(folder.iterdir(), MOST_SIBLINGS)
    except (OSError, ValueError):
        return


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
