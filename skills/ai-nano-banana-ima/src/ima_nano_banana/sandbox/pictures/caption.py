"""The plate with the prompt on it: laid out before the picture is drawn, so that the subject stays clear of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from ima_nano_banana.sandbox.pictures import typeface, wrap

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

_LEADING = 1.32
"""Line height in ems; the font's own 1.45 is made for running text."""
_LINES, _LINES_OF_A_TALL_PICTURE = 4, 8
_INK = (255, 255, 255, 255)
_QUIET_INK = (255, 255, 255, 190)
_PLATE_INK = (12, 14, 22, 168)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size; ``top`` is where the first line begins."""

    lines: tuple[str, ...]
    pixels: int
    top: int

    @property
    def height(self) -> int:
        return math.ceil(len(self.lines) * self.pixels * _LEADING)


@dataclass(frozen=True, slots=True)
class Plate:
    """Where the lettering goes. ``free`` is the part of the picture that it leaves to the subject."""

    box: Box
    left: int
    prompt: Block
    facts: Block
    free: Box


@dataclass(frozen=True, slots=True)
class _Frame:
    """The sizes that follow from the picture alone; ``room`` is the width of the plate."""

    width: int
    height: int
    unit: float
    beside: bool
    margin: int
    padding: int
    room: int

    @property
    def inner(self) -> int:
        return self.room - 2 * self.padding

    @property
    def tallest(self) -> int:
        return self.height - 2 * self.margin if self.beside else round(self.height * 0.4)


def _framed(size: tuple[int, int]) -> _Frame:
    width, height = size
    unit = math.sqrt(width * height) / 1000
    # Under a very wide picture the plate would take half of it: there it stands to the right.
    beside = width > 2.9 * height
    margin = max(5, round(min(14 * unit, 0.06 * min(size))))
    padding = max(4, round(min(17 * unit, 0.06 * min(size))))
    return _Frame(width, height, unit, beside, margin, padding, round(width * 0.44) if beside else width - 2 * margin)


def fit(prompt: str, facts: tuple[str, ...], size: tuple[int, int]) -> Plate:
    """The largest lettering with which all of the prompt fits; the smallest with an ellipsis if none does.

    Args:
        prompt: Any text.
        facts: The parts of the small line below it.
        size: Width and height of the picture in pixels.
    """
    frame = _framed(size)
    small = _facts(facts, frame)
    left_over = frame.tallest - 2 * frame.padding - small.height - frame.padding // 2
    return _placed(_prompt(typeface.letterable(prompt), frame, left_over), small, frame)


def _placed(big: Block, small: Block, frame: _Frame) -> Plate:
    gap = frame.padding // 2 if big.lines else 0
    tall = big.height + gap + small.height + 2 * frame.padding
    left = frame.width - frame.margin - frame.room if frame.beside else frame.margin
    top = (frame.height - tall) // 2 if frame.beside else frame.height - frame.margin - tall
    first = top + frame.padding
    return Plate(
        (left, top, left + frame.room, top + tall),
        left + frame.padding,
        Block(big.lines, big.pixels, first),
        Block(small.lines, small.pixels, first + big.height + gap),
        (0, 0, left, frame.height) if frame.beside else (0, 0, frame.width, top),
    )


def _prompt(text: str, frame: _Frame, height: int) -> Block:
    most = _LINES_OF_A_TALL_PICTURE if frame.height > 2.9 * frame.width else _LINES
    largest, smallest = max(12, round(40 * frame.unit)), max(11, round(21 * frame.unit))
    step = max(1, (largest - smallest) // 8)
    for pixels in [*range(largest, smallest, -step), smallest]:
        measure = typeface.measure(pixels)
        lines = wrap.lines_of(text, frame.inner, measure)
        room = min(most, int(height / (pixels * _LEADING)))
        if len(lines) <= room:
            break
    ellipsis = wrap.ELLIPSIS if typeface.complete() else "..."
    return Block(tuple(wrap.cut(lines, max(1, room), frame.inner, measure, ellipsis)), pixels, 0)


def _facts(facts: tuple[str, ...], frame: _Frame) -> Block:
    separator = " · " if typeface.complete() else " - "
    pixels = max(9, min(round(17 * frame.unit), min(frame.width, frame.height) // 14))
    measure = typeface.measure(pixels)
    lines: list[str] = []
    in_one = measure(separator.join(facts)) <= frame.inner
    for number, fact in enumerate(facts):
        # What doesn't fit into one line has the model's name in a line of its own.
        joined = lines[-1] + separator + fact if lines and (in_one or number > 1) else ""
        if joined and measure(joined) <= frame.inner:
            lines[-1] = joined
        else:
            lines += wrap.lines_of(fact, frame.inner, measure)
    return Block(tuple(lines), pixels, 0)


def letter(image: Image.Image, plate: Plate) -> Image.Image:
    """The picture with the plate on it: what lies beneath is blurred and darkened, so that any prompt is legible."""
    left, top, _, bottom = plate.box
    under = image.crop(plate.box)
    radius = max(2, (bottom - top) // 24)
    # Blurring a small copy looks the same and costs a fraction at 4K.
    tiny = under.resize((max(1, under.width // radius), max(1, under.height // radius)), Image.Resampling.BOX)
    glass = tiny.filter(ImageFilter.GaussianBlur(2)).resize(under.size, Image.Resampling.BICUBIC)
    glass.paste(_PLATE_INK[:3], (0, 0), Image.new("L", glass.size, _PLATE_INK[3]))
    image.paste(glass, (left, top), _rounded(glass.size, min(glass.size) // 7))
    draw = ImageDraw.Draw(image, "RGBA")
    for block, ink in ((plate.prompt, _INK), (plate.facts, _QUIET_INK)):
        _lines(draw, block, plate.left, ink)
    return image


def _lines(draw: ImageDraw.ImageDraw, block: Block, left: int, ink: tuple[int, int, int, int]) -> None:
    font = typeface.font(block.pixels)
    for number, line in enumerate(block.lines):
        middle = block.top + (number + 0.5) * block.pixels * _LEADING
        # 0.36 em below the middle is the baseline that centres both capitals and hanzi.
        draw.text((left, round(middle + 0.36 * block.pixels)), line, fill=ink, font=font, anchor="ls")


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    radius = min(radius, 48)
    mask = Image.new("L", (size[0] * 2, size[1] * 2) if size[0] * size[1] < 2_000_000 else size, 0)
    factor = mask.width // size[0]
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * factor, fill=255)
    return mask.reduce(factor) if factor > 1 else mask
