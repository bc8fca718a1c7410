"""The font of the lettering, with Pillow's own as the fallback, and what of a text it can draw."""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

from ima_nano_banana.sandbox.pictures import coverage

if TYPE_CHECKING:
    from collections.abc import Callable

FONT_FILE = Path(__file__).parent / "fonts" / "BananaSandboxSans.otf.xz"
_ENOUGH = 2000
"""No picture has room for more characters than these."""


@lru_cache(maxsize=1)
def _font_bytes() -> bytes | None:
    try:
        import lzma  # some builds of Python have none

        return lzma.decompress(FONT_FILE.read_bytes())
    except (ImportError, OSError):
        return None


def complete() -> bool:
    """Whether the sandbox's own font is there; a bundle may leave it out."""
    return _font_bytes() is not None


@lru_cache(maxsize=32)
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels an em.

    The basic layout engine is asked for by name: with the other one, widths would depend on what is installed.
    """
    data = _font_bytes()
    if data is not None:
        return ImageFont.truetype(io.BytesIO(data), pixels, layout_engine=ImageFont.Layout.BASIC)
    fallback = ImageFont.load_default(pixels)
    if not isinstance(fallback, ImageFont.FreeTypeFont):  # pragma: no cover - a Pillow without FreeType
        raise RuntimeError("this Pillow was built without FreeType")
    return fallback


def measure(pixels: int) -> Callable[[str], float]:
    """What measures a text in pixels, each character's advance looked up once; the lettering doesn't kern."""
    advance = font(pixels).getlength
    known: dict[str, float] = {}

    def width(text: str) -> float:
        return sum(known[char] if char in known else known.setdefault(char, advance(char)) for char in text)

    return width


def letterable(text: str) -> str:
    """The text as it can be drawn: on one line, emoji left out, words in a script that the font lacks named by it."""
    drawn: list[str] = []
    for word in unicodedata.normalize("NFC", " ".join(text[:_ENOUGH].split())).split(" "):
        told = "".join(_runs(word))
        if drawn and drawn[-1].startswith("[") and told.startswith(drawn[-1]):
            drawn.pop()  # several words of one script are named once
        drawn += [told] if told else []
    return " ".join(drawn)


def _runs(word: str) -> list[str]:
    """The pieces of a word, each run of letters that can't be drawn as one."""
    runs: list[str] = []
    for character in word:
        stand_in = _stand_in(character)
        if len(stand_in) == 1 or runs[-1:] != [stand_in]:
            runs.append(stand_in)
    return runs


def _stand_in(character: str) -> str:
    # The fallback font knows little more than ASCII.
    drawable = coverage.covers(character) if complete() else " " <= character <= "~"
    if drawable or not complete():
        return character if drawable else ""
    bare = unicodedata.normalize("NFD", character)[0]
    if coverage.covers(bare):
        return bare  # a letter without its marks is still read
    letter = unicodedata.category(character)[0] in "LN"
    return f"[{unicodedata.name(character, 'Other').split()[0].title()}]" if letter else ""
