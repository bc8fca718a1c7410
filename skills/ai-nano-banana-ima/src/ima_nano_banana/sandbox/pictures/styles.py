"""What image_to_image can do to a picture: one function for each style word of the vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from ima_nano_banana.sandbox.pictures.backdrops import Stage, stars
from ima_nano_banana.sandbox.pictures.palette import Colour, Palette, darker, lighter
from ima_nano_banana.sandbox.pictures.pen import Pen, glow

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Style = Callable[[Image.Image, Palette, Random], Image.Image]


def oil(image: Image.Image, _palette: Palette, _rng: Random) -> Image.Image:
    """Brush strokes: the commonest colour of each neighbourhood, on a raised canvas."""
    small = image.resize((max(1, image.width * 2 // 3), max(1, image.height * 2 // 3)))
    dabs = ImageEnhance.Color(small.filter(ImageFilter.ModeFilter(7))).enhance(1.5).resize(image.size)
    relief = ImageOps.grayscale(dabs).filter(ImageFilter.EMBOSS)
    return ImageChops.overlay(dabs, Image.blend(Image.new("L", relief.size, 128), relief, 0.55).convert("RGB"))


def sketch(image: Image.Image, _palette: Palette, _rng: Random) -> Image.Image:
    """Pencil on paper: only where the picture differs from its own blur is there graphite."""
    grey = ImageOps.grayscale(image)
    blurred = grey.filter(ImageFilter.GaussianBlur(max(3, min(image.size) / 90)))
    strokes = ImageChops.subtract(blurred, grey)
    lines = ImageOps.invert(strokes.point([min(255, value * 5) for value in range(256)]))
    # Some of the tone stays as a soft shading, or flat areas would be blank paper.
    shaded = Image.blend(lines, ImageChops.multiply(lines, grey), 0.3)
    return ImageOps.colorize(shaded, (52, 50, 58), (250, 247, 240))


def mono(image: Image.Image, _palette: Palette, _rng: Random) -> Image.Image:
    """Black and white with full contrast."""
    return ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=1).convert("RGB")


def night(image: Image.Image, palette: Palette, rng: Random) -> Image.Image:
    """Moonlight: dark and blue, with stars and a moon in the upper part."""
    dim = ImageEnhance.Brightness(ImageEnhance.Color(image).enhance(0.55)).enhance(0.85)
    blue = ImageChops.multiply(dim, Image.new("RGB", image.size, (120, 150, 255)))
    dark = Image.blend(blue, dim, 0.2)
    stage = Stage(dark, palette, rng, dark.width, dark.height, dark.height * 0.5)
    stars(stage, 90)
    x, y, radius = dark.width * 0.82, dark.height * 0.16, stage.unit * 0.05
    glow(dark, (x, y), (radius * 4, radius * 4), (255, 244, 200), 0.6)
    Pen(dark, x, y, radius).disc(0, 0, 1, (255, 247, 214))
    return dark


def warm(image: Image.Image, _palette: Palette, _rng: Random) -> Image.Image:
    """Evening light from one side."""
    return _light(image, (255, 190, 110))


def cold(image: Image.Image, _palette: Palette, rng: Random) -> Image.Image:
    """Winter light, and some snow in the air."""
    frozen = _light(ImageEnhance.Color(image).enhance(0.7), (150, 200, 255))
    pen = Pen(frozen, 0, 0, 1)
    for _ in range(150):
        radius = min(frozen.size) * (0.001 + 0.006 * rng.random() ** 3)
        pen.disc(rng.random() * frozen.width, rng.random() * frozen.height, max(1, radius), (255, 255, 255), 0.75)
    return frozen


def _light(image: Image.Image, tone: Colour) -> Image.Image:
    tinted = ImageChops.overlay(image, Image.new("RGB", image.size, tone))
    return Image.blend(image, tinted, 0.75)


def duotone(image: Image.Image, palette: Palette, _rng: Random) -> Image.Image:
    """For words that name no style: the picture's own colours drawn towards the two of the palette."""
    grey = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=1)
    ends = darker(palette.near, 0.3), lighter(palette.glow, 0.3)
    two = ImageOps.colorize(grey, ends[0], ends[1], mid=palette.middle)
    return Image.blend(image, two, 0.33)


STYLES: dict[str, Style] = {
    "oil": oil, "sketch": sketch, "mono": mono, "night": night, "warm": warm, "cold": cold,
}  # fmt: skip
