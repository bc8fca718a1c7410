"""text_to_image: a backdrop, a light and up to three subjects, all chosen by the words of the prompt."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from PIL import Image

from ima_nano_banana.sandbox.pictures import animals, backdrops, plants, things, vocabulary
from ima_nano_banana.sandbox.pictures.backdrops import Stage
from ima_nano_banana.sandbox.pictures.palette import Colour, palette_for, tint_of
from ima_nano_banana.sandbox.pictures.pen import Pen

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.sandbox.pictures.caption import Box

WORK_PIXELS = 1_200_000
"""Area that a picture is painted for; shapes are soft enough to be enlarged to 4K from here."""
_SMOOTH = 2
"""Everything is painted this many times larger and averaged down, which takes the stairs off the edges."""

MOTIFS: dict[str, Callable[[Pen, Colour | None], None]] = {
    "banana": plants.banana, "flower": plants.flower, "tree": plants.tree,
    "cat": animals.cat, "dog": animals.dog, "fox": animals.fox, "panda": animals.panda, "bird": animals.bird,
    "fish": animals.fish, "person": animals.person,
    "house": things.house, "lighthouse": things.lighthouse, "boat": things.boat, "astronaut": things.astronaut,
}  # fmt: skip
_FLOATING = {"astronaut", "bird", "fish"}
_UPRIGHT = {"house", "lighthouse", "tree", "person", "boat"}
_INDOORS = {"banana", "person", "flower"}
"""Subjects that get a table or a wall behind them unless a place is named; the rest go outdoors."""


def rng_for(prompt: str, index: int) -> Random:
    """The dice of one picture: nothing else in its making is left to chance."""
    digest = hashlib.sha256(f"{index}\n{prompt}".encode("utf-8", "replace")).digest()
    return Random(int.from_bytes(digest[:8], "big"))  # noqa: S311 - it paints, it guards nothing


def subjects_in(prompt: str) -> list[str]:
    """What to draw: the first three things that the prompt names."""
    names = vocabulary.found(prompt, vocabulary.SUBJECTS)
    if "panda" in names and "cat" in names:
        names.remove("cat")  # 熊猫 has the character of the cat in it
    return names[:3]


def painted(prompt: str, index: int, size: tuple[int, int], free: Box) -> Image.Image:
    """The picture without lettering.

    Args:
        prompt: What to paint.
        index: Which variation.
        size: Width and height in pixels.
        free: The part that the lettering leaves clear, from the top left corner.
    """
    scale = min(1.0, math.sqrt(WORK_PIXELS / (size[0] * size[1])))
    work = (max(8, round(size[0] * scale)), max(8, round(size[1] * scale)))
    stage, subjects = _staged(prompt, index, work, (free[2] * scale, free[3] * scale))
    _place(stage, prompt, subjects)
    if vocabulary.found(prompt, {"storm": vocabulary.MOODS["storm"]}):
        backdrops.rain(stage)
    return stage.image.reduce(_SMOOTH).resize(size, Image.Resampling.BICUBIC)


def _staged(prompt: str, index: int, work: tuple[int, int], clear: tuple[float, float]) -> tuple[Stage, list[str]]:
    rng, palette, subjects = rng_for(prompt, index), palette_for(prompt, index), subjects_in(prompt)
    big = (work[0] * _SMOOTH, work[1] * _SMOOTH)
    kind = _backdrop(prompt, subjects)
    floor = round(clear[1] * _SMOOTH)
    horizon = floor * {"studio": 0.74, "sea": 0.56, "city": 0.80}.get(kind, 0.62) + floor * 0.06 * (rng.random() - 0.5)
    stage = Stage(backdrops.sky(big, palette, horizon), palette, rng, big[0], floor, horizon)
    if palette.dark and kind != "studio":
        backdrops.stars(stage)
    _lights(stage, prompt, kind)
    backdrops.BACKDROPS[kind](stage)
    # The subjects keep to the clear width; the backdrop runs on behind the lettering.
    return replace(stage, width=round(clear[0] * _SMOOTH)), subjects


def _backdrop(prompt: str, subjects: list[str]) -> str:
    named = vocabulary.found(prompt, vocabulary.BACKDROPS)
    if named:
        return named[0]
    if subjects and not set(subjects[:1]) & _INDOORS:
        return "hills"
    if vocabulary.found(prompt, vocabulary.MOODS) or vocabulary.found(prompt, vocabulary.LIGHTS):
        return "studio" if subjects else "mountains"
    return "studio" if subjects else "abstract"


def _lights(stage: Stage, prompt: str, kind: str) -> None:
    if kind in {"studio", "abstract", "space"}:
        return
    named = vocabulary.found(prompt, vocabulary.LIGHTS)
    which = named[0] if named else ("moon" if stage.palette.dark else "sun")
    place = stage.rng.random()
    x = stage.width * (0.60 + 0.28 * place)
    low = bool(vocabulary.found(prompt, {"low": vocabulary.MOODS["sunset"] + vocabulary.MOODS["dawn"]}))
    backdrops.light(stage, which, x, stage.horizon * (0.72 if low else 0.30 + 0.15 * place))
    if not stage.palette.dark:
        backdrops.clouds(stage)


def _place(stage: Stage, prompt: str, subjects: list[str]) -> None:
    if not subjects:
        return
    long = max(stage.width, stage.floor) / min(stage.width, stage.floor)
    # A long strip repeats its subjects rather than leave most of itself empty.
    names = subjects * max(1, min(4, round(long / len(subjects) / 1.6)))
    across = stage.width >= stage.floor
    for number, name in enumerate(names):
        share = (number + 0.5) / len(names)
        MOTIFS[name](_pen(stage, name, share, len(names), across), tint_of(prompt, name))


def _pen(stage: Stage, name: str, share: float, count: int, across: bool) -> Pen:
    rng, wide, tall = stage.rng, stage.width, stage.floor
    cell = (wide / count, tall) if across else (wide, tall / count)
    scale = min(cell[0] * 0.44, cell[1] * 0.36) * (0.88 + 0.16 * rng.random())
    loose = max(0.0, cell[0] / 2 - scale * 1.08)
    bust = name == "person"
    x = (wide * share if across else wide / 2) + (0 if bust else loose * (rng.random() * 1.4 - 0.7))
    if across or count == 1:
        # A bust is cut by the lower edge; it would hover anywhere else.
        y = tall * 0.46 if name in _FLOATING else tall * (1.02 if bust else 0.94) - scale
    else:
        y = tall * share
    lean = (rng.random() - 0.5) * (36 if name in _FLOATING else 0 if name in _UPRIGHT else 6)
    return Pen(stage.image, x, y, scale, lean, rng.random() < 0.5)
