"""The colours of one picture, taken from the words of its prompt."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass

from ima_nano_banana.sandbox.pictures import vocabulary

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """From the top of the sky to the ground at one's feet, and ``glow``, the colour of the light.

    ``tint`` is the first colour that the prompt names, if it names one.
    """

    top: Colour
    middle: Colour
    low: Colour
    far: Colour
    near: Colour
    glow: Colour
    tint: Colour | None = None

    @property
    def dark(self) -> bool:
        """Whether the sky is dark enough for stars."""
        return sum(self.top) < 210


def colour(code: str) -> Colour:
    """A colour from its six hexadecimal digits."""
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """``one`` with ``share`` (0 to 1) of ``other`` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lighter(one: Colour, share: float) -> Colour:
    """``one`` with some white in it."""
    return mix(one, (255, 255, 255), share)


def darker(one: Colour, share: float) -> Colour:
    """``one`` with some ink in it; not pure black, which looks dead."""
    return mix(one, (16, 12, 32), share)


_HUES = {
    "red": "d8322f", "orange": "f0822c", "yellow": "f6c832", "gold": "d9a52c", "green": "3f9c52", "cyan": "2fb3b6",
    "blue": "2c6fd1", "purple": "7d4cc4", "pink": "ee83a8", "brown": "8a5a36", "white": "f4f3ee", "black": "2a2a33",
    "grey": "8d939c",
}  # fmt: skip

_MOODS = {
    "night": "0b1036 1f2a68 4a4f96 1c2350 0d1230 fff3c4",
    "sunset": "3b2a6b c8496d ffb35c 6a2f5e 2f1c44 ffe0a0",
    "dawn": "6d9bd6 f5b7b1 ffe6b8 7f9c8f 4b7367 fff1cf",
    "space": "070818 1b1447 4b2a7a 2b1c55 120c2c cfe3ff",
    "snow": "7fb2dd c4def0 f4f9fc c9dcea eef5fa ffffff",
    "forest": "8fc9b4 c3e3b8 eef4cf 4d8a5c 1f5138 fff7cc",
    "storm": "2d3848 55657a 8c9aa8 3a4c5c 1d2a38 e8eef6",
    "sea": "3f9bd8 8fd0ee e6f6f2 2a8fb5 0f5f8c fff4cf",
    "desert": "5aa7c9 f3cf9d ffe9c4 dba35c b8743a fff1c8",
    "autumn": "d98f5b f4c67f fff0cf b5562b 7a3320 ffedc0",
    "spring": "9cc9ee f7cfdd fff1f2 8fbf76 5d9a58 fffbe0",
    "neon": "120a33 4a1170 d81f88 2a1256 12082e 54f0ff",
    "meadow": "59a9e6 a9d8f5 eef8e6 7fbf62 468c3e fff6c9",
}


def palette_for(prompt: str, index: int) -> Palette:
    """The mood of the first mood word; else shades of the first colour; else of a hue that the words decide."""
    named = vocabulary.found(prompt, vocabulary.COLOURS)
    moods = vocabulary.found(prompt, vocabulary.MOODS)
    tint = hue(named[0]) if named else None
    if moods:
        top, middle, low, far, near, glow = map(colour, _MOODS[moods[0]].split())
        return Palette(top, middle, low, far, near, glow, tint)
    return shades(tint or _hashed(prompt, index), tint)


def hue(name: str) -> Colour:
    """The colour of a name in the table of colour words."""
    return colour(_HUES[name])


def tint_of(prompt: str, subject: str) -> Colour | None:
    """The colour that the prompt gives to one subject, if any."""
    name = vocabulary.colour_of(prompt, subject)
    return hue(name) if name else None


def shades(base: Colour, tint: Colour | None) -> Palette:
    """A palette around one colour, with a neighbouring hue at the horizon."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in base))
    soft = min(saturation, 0.75)
    tones = ((0.0, 0.45), (0.02, 0.66), (0.08, 0.88), (-0.04, 0.42), (-0.06, 0.24), (0.12, 0.93))
    lift = (light - 0.5) * 0.25
    top, middle, low, far, near, glow = (_tone(hue + turn, level + lift, soft) for turn, level in tones)
    return Palette(top, middle, low, far, near, glow, tint)


def _tone(hue: float, light: float, saturation: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, max(0.06, min(0.96, light)), saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _hashed(prompt: str, index: int) -> Colour:
    digest = hashlib.sha256(prompt.encode("utf-8", "replace")).digest()
    return _tone(digest[0] / 256 + index * 0.08, 0.5, 0.45 + digest[1] / 850)
