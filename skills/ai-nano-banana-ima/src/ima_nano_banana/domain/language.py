"""Which of the two languages to speak."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.words import Language


def _in(ranges: tuple[tuple[int, int], ...], char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in ranges)


# Unified ideographs with their extensions and the compatibility block.
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
# Kana and hangul: Han characters beside them are Japanese or Korean, not Chinese.
_KANA_OR_HANGUL = (
    (0x3041, 0x30FA),
    (0x30FC, 0x30FF),
    (0x31F0, 0x31FF),
    (0xFF66, 0xFF9F),
    (0x1100, 0x11FF),
    (0x3130, 0x318F),
    (0xAC00, 0xD7AF),
)


# "zh", "zh-CN", "zh_Hans_CN", "en_US.UTF-8": a language, its places and scripts, and what a locale adds.
_SPELLING = re.compile(r"(zh|en)(?:[-_][a-z0-9]{1,8})*(?:\.[a-z0-9-]+)?(?:@[a-z]+)?", re.IGNORECASE)
SPELLINGS = ("zh", "en")


def spelled(asked: str) -> Language:
    """Return the language that a spelling means.

    Raises:
        UsageFault: it means neither.
    """
    found = _SPELLING.fullmatch(asked.strip())
    if found is None:
        raise UsageFault("usage.language", language=asked[:40], options=SPELLINGS)
    return "zh" if found[1].lower() == "zh" else "en"


def language_set(env: Mapping[str, str], asked: str | None = None) -> Language:
    """Return the language of what has no prompt: ``asked``, else ``IMA_LANGUAGE``, else the machine's."""
    for name in ("--language", "IMA_LANGUAGE", "LC_ALL", "LANG"):
        told = (asked or "" if name == "--language" else env.get(name, "")).strip()
        if found := _SPELLING.fullmatch(told):
            return "zh" if found[1].lower() == "zh" else "en"
        # A machine that is set to a third language is answered in English, whatever a weaker variable says.
        if told and name == "LC_ALL":
            break
    return "en"


def language_of(prompt: str | None, asked: str | None = None) -> Language:
    """Return ``asked`` if it names one of the two, else the prompt's own language.

    Chinese when the prompt has Han characters and neither kana nor hangul, English otherwise
    (interface: ``--language``, section 5). What names neither is refused elsewhere, in the language of the prompt.
    """
    found = _SPELLING.fullmatch(asked.strip()) if asked else None
    if found is not None:
        return "zh" if found[1].lower() == "zh" else "en"
    chars = prompt or ""
    if any(_in(_KANA_OR_HANGUL, char) for char in chars):
        return "en"
    return "zh" if any(_in(_HAN, char) for char in chars) else "en"
