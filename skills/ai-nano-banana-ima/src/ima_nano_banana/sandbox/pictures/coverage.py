"""Which characters the sandbox's font can draw.

The one home of that rule: ``tools/make_font.py`` cuts the font by it, and the lettering asks it instead of
reading the font's character map, which Pillow doesn't show.
"""

from __future__ import annotations

_RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin-1
    (0x3001, 0x301F),  # CJK punctuation, the geta mark among it
    (0x3041, 0x3093),  # hiragana
    (0x30A1, 0x30F6),  # katakana
    (0x30FB, 0x30FE),  # middle dot and sound marks
    (0xFF01, 0xFF5E),  # full-width forms
)
_SINGLES = frozenset("–—‘’“”•…‰€™℃←↑→↓≈≠≤≥∞■□●○★☆")


def covers(character: str) -> bool:
    """Whether the font has a glyph: ASCII, Latin-1, common punctuation, kana and all of GB2312."""
    code = ord(character)
    if character in _SINGLES or any(low <= code <= high for low, high in _RANGES):
        return True
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def all_covered() -> list[str]:
    """Every character that :func:`covers` says yes to, in code point order."""
    surrogates = range(0xD800, 0xE000)
    return [chr(code) for code in range(0x20, 0x10000) if code not in surrogates and covers(chr(code))]
