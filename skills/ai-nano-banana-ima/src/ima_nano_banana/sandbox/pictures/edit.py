"""image_to_image: the very pictures that were uploaded, side by side, in the style that the prompt asks for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image

from ima_nano_banana.sandbox.pictures import collage, scene, styles, vocabulary
from ima_nano_banana.sandbox.pictures.palette import palette_for, tint_of
from ima_nano_banana.sandbox.pictures.pen import Pen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from ima_nano_banana.sandbox.pictures.caption import Box

_WORK_PIXELS = 1_400_000


def edited(inputs: Sequence[bytes], prompt: str, index: int, size: tuple[int, int], free: Box) -> Image.Image:
    """The transformed inputs without lettering; what the prompt names is added to them in front.

    Args:
        inputs: The uploaded files.
        prompt: Its style words choose the transformation.
        index: Which variation: the order of the tiles and the place of what is added differ.
        size: Width and height in pixels.
        free: The part that the lettering leaves clear.
    """
    scale = min(1.0, math.sqrt(_WORK_PIXELS / (size[0] * size[1])))
    work = (max(8, round(size[0] * scale)), max(8, round(size[1] * scale)))
    palette, rng = palette_for(prompt, index), scene.rng_for(prompt, index)
    turn = index % len(inputs)
    image = collage.collage([*inputs[turn:], *inputs[:turn]], work, palette)
    names = vocabulary.found(prompt, vocabulary.STYLES)
    for style in [styles.STYLES[name] for name in names[:2]] or [styles.duotone]:
        image = style(image, palette, rng)
    image = _with_subject(image, prompt, rng, (free[2] * scale, free[3] * scale))
    return image.resize(size, Image.Resampling.BICUBIC)


def _with_subject(image: Image.Image, prompt: str, rng: Random, clear: tuple[float, float]) -> Image.Image:
    subjects = scene.subjects_in(prompt)
    if not subjects:
        return image
    smooth = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    wide, tall = clear[0] * 2, clear[1] * 2
    scale = min(wide, tall) * 0.24
    x = wide - scale * (1.3 + 0.2 * rng.random())
    scene.MOTIFS[subjects[0]](Pen(smooth, x, tall - scale * 1.12, scale), tint_of(prompt, subjects[0]))
    return smooth.reduce(2)
