"""How many pixels each model gives for a size and a ratio.

Source: Google's table of output resolutions, "Image generation" in the Gemini API documentation
(https://ai.google.dev/gemini-api/docs/image-generation, sections "Gemini 3.1 Flash Image" and "Gemini 3 Pro
Image"), as of April 2026. Both models share the column 1K, and every other published cell is that column
times the factor of its size. One cell differs: for 21:9 at 512px the page prints 792x168, which is 14:3 and
no 21:9; it is taken for a misprint of 792x336, the half of 1K like every other cell of its column.
"""

from __future__ import annotations

from ima_nano_banana.sandbox.catalogue import MODELS

_AT_1K = {
    "1:1": (1024, 1024),
    "1:4": (512, 2048),
    "1:8": (384, 3072),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:1": (2048, 512),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "8:1": (3072, 384),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
}
_HALVES = {"512px": 1, "1K": 2, "2K": 4, "4K": 8}
"""Factor of a size against 1K, in halves, so that all of it stays whole numbers."""

SIZES = {one.model_id: tuple(one.prices) for one in MODELS}
RATIOS = {one.model_id: one.ratios for one in MODELS}


def pixel_size(model_id: str, size: str, aspect_ratio: str) -> tuple[int, int]:
    """Width and height in pixels of one picture.

    Raises:
        ValueError: The model has no such size or ratio, or there is no such model.
    """
    if size not in SIZES.get(model_id, ()) or aspect_ratio not in RATIOS[model_id]:
        raise ValueError(f"{model_id} makes no {size} picture of {aspect_ratio}")
    width, height = _AT_1K[aspect_ratio]
    halves = _HALVES[size]
    return width * halves // 2, height * halves // 2
