"""From a prompt to the bytes of a picture. Pillow is loaded only when one is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.sandbox.catalogue import suffix_of
from ima_nano_banana.sandbox.pictures.pixels import pixel_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

Format = Literal["png", "jpg"]
_CONTENT_TYPES: dict[Format, str] = {"png": "image/png", "jpg": "image/jpeg"}
_LETTERABLE, _LONGEST = 160, 1536
"""Pixels of the shorter side that lettering needs, and the most that the longer one is enlarged to for it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One finished file: ``format`` is its usual extension, ``width`` and ``height`` are pixels."""

    data: bytes
    content_type: str
    width: int
    height: int
    format: Format


def picture_for(
    *,
    prompt: str,
    model_id: str,
    size: str,
    aspect_ratio: str,
    index: int = 0,
    count: int | None = None,
    inputs: Sequence[bytes] = (),
    scale_to: tuple[int, int] | None = None,
) -> Picture:
    """Draw the picture that the sandbox answers with: the same arguments always give the same bytes.

    Args:
        prompt: Decides palette, composition and style, and is lettered on the picture.
        model_id: Flash answers PNG, pro answers JPEG, as the models do.
        size: ``512px``, ``1K``, ``2K`` or ``4K``.
        aspect_ratio: As the model's form spells it, ``16:9``.
        index: Which picture of one task this is, from 0; each has a composition of its own.
        count: How many pictures the task makes, for the small line; left out, only the number is given.
        inputs: The files to transform, in their order; what can't be read becomes a blank tile.
        scale_to: Width and height that replace the model's own, to rehearse a picture that is not what was asked.

    Raises:
        ValueError: The model has no such size or ratio.
    """
    from ima_nano_banana.sandbox.pictures import caption, ribbon
    from ima_nano_banana.sandbox.pictures.edit import edited
    from ima_nano_banana.sandbox.pictures.scene import painted

    wanted = scale_to or pixel_size(model_id, size, aspect_ratio)
    canvas = _canvas(wanted)
    place = f"{index + 1}/{count}" if count else f"#{index + 1}"
    plate = caption.fit(prompt, (model_id, size, aspect_ratio, place), canvas)
    image = edited(inputs, prompt, index, canvas, plate.free) if inputs else painted(prompt, index, canvas, plate.free)
    image = caption.letter(image, plate)
    ribbon.mark(image, plate.free)
    return _file(image if canvas == wanted else image.resize(wanted), suffix_of(model_id))


def _canvas(wanted: tuple[int, int]) -> tuple[int, int]:
    """The pixels to draw for: those that are wanted, unless they are too few to letter; then it is reduced after."""
    factor = _LETTERABLE / min(wanted)
    if factor <= 1:
        return wanted
    width, height = (min(_LONGEST, round(side * factor)) for side in wanted)
    return width, height


def _file(image: Image.Image, kind: Format) -> Picture:
    import io

    buffer = io.BytesIO()
    if kind == "jpg":
        image.save(buffer, "JPEG", quality=90)
    else:
        # Level 1 is several times quicker than the default and a 4K picture is written on every sandbox run.
        image.save(buffer, "PNG", compress_level=1)
    return Picture(buffer.getvalue(), _CONTENT_TYPES[kind], image.width, image.height, kind)
