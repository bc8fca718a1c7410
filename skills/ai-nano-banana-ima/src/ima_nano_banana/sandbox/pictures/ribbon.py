"""The mark that says that no model made this picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from ima_nano_banana.sandbox.pictures import typeface

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.pictures.caption import Box

_TEXT = "SANDBOX"
_YELLOW = (255, 209, 46, 255)
_DARK = (38, 30, 12, 255)


def mark(image: Image.Image, free: Box) -> None:
    """Lay a diagonal ribbon over the top left corner of the picture, inside ``free``."""
    side = min(free[2], free[3], round((image.width * image.height) ** 0.5 * 0.30))
    band = max(16, round(side * 0.19))
    strip = _strip(side, band).rotate(45, Image.Resampling.BICUBIC, expand=True)
    # The ribbon's middle crosses the corner's diagonal a third of the way into a square of this side.
    middle = round(side * 0.34)
    corner = (middle - strip.width // 2, middle - strip.height // 2)
    image.paste(strip.convert("RGB"), corner, strip.getchannel("A"))


def _strip(side: int, band: int) -> Image.Image:
    strip = Image.new("RGBA", (side * 2, band), _YELLOW)
    draw = ImageDraw.Draw(strip)
    font = typeface.font(max(8, round(band * 0.6)))
    thread = max(1, band // 16)
    draw.line((0, thread, side * 2, thread), fill=_DARK, width=thread)
    draw.line((0, band - 1 - thread, side * 2, band - 1 - thread), fill=_DARK, width=thread)
    # A stroke of the same colour stands in for a bold face.
    draw.text((side, band / 2 + font.size * 0.36), _TEXT, _DARK, font, "ms", stroke_width=max(0.4, band / 60))
    return strip
