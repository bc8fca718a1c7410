"""The uploaded pictures, opened with care and set side by side in one picture."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps

from ima_nano_banana.sandbox.pictures.palette import lighter, mix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.sandbox.pictures.palette import Palette

_FORMATS = ("PNG", "JPEG", "WEBP")
_MOST_PIXELS = 60_000_000


def collage(inputs: Sequence[bytes], size: tuple[int, int], palette: Palette) -> Image.Image:
    """All inputs, each cropped to cover its tile; what can't be read becomes a blank tile."""
    image = Image.new("RGB", size, lighter(palette.low, 0.6))
    gap = max(2, round(min(size) * 0.008)) if len(inputs) > 1 else 0
    for data, (left, top, right, bottom) in zip(inputs, tiles(len(inputs), size, gap), strict=True):
        tile = (right - left, bottom - top)
        image.paste(_opened(data, tile) or _blank(tile, palette), (left, top))
    return image


def tiles(count: int, size: tuple[int, int], gap: int) -> list[tuple[int, int, int, int]]:
    """Rows of boxes that fill the picture, as close to squares as the count allows."""
    width, height = size
    rows = max(1, min(count, round(math.sqrt(count * height / width))))
    boxes = []
    for row in range(rows):
        first, last = count * row // rows, count * (row + 1) // rows
        top, bottom = height * row // rows, height * (row + 1) // rows
        for column in range(last - first):
            left, right = width * column // (last - first), width * (column + 1) // (last - first)
            inset_right = gap if column < last - first - 1 else 0
            inset_bottom = gap if row < rows - 1 else 0
            boxes.append((left, top, max(left + 1, right - inset_right), max(top + 1, bottom - inset_bottom)))
    return boxes


def _opened(data: bytes, tile: tuple[int, int]) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            # A JPEG is decoded at a fraction of its size if that is still enough.
            image.draft("RGB", (tile[0] * 2, tile[1] * 2))
            upright = ImageOps.exif_transpose(image)
            return ImageOps.fit(_opaque(upright), tile, Image.Resampling.LANCZOS)
    except Exception:  # decoders raise whatever the broken bytes lead them to
        return None


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, layer).convert("RGB")


def _blank(tile: tuple[int, int], palette: Palette) -> Image.Image:
    image = Image.new("RGB", tile, mix(palette.far, (128, 128, 128), 0.5))
    draw = ImageDraw.Draw(image)
    stroke = max(2, min(tile) // 40)
    for start, end in (((0, 0), tile), ((0, tile[1]), (tile[0], 0))):
        draw.line((*start, *end), fill=lighter(palette.far, 0.4), width=stroke)
    return image
