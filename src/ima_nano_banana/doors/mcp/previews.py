"""Small copies of finished pictures that fit into a reply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.pictures.fit import jpeg
from ima_nano_banana.pictures.thumbnail import small

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LONGEST_SIDE = 768
ALL_BYTES = 30_000
"""All previews of one reply. Hosts count a reply in tokens and cut it at 25,000; the ones that count the
base64 text itself come to at most one token for two characters of it."""

_SIDES = (LONGEST_SIDE, 576, 448, 320, 224, 160, 112)
_QUALITIES = (82, 70, 58, 46, 34)
MIME_TYPE = "image/jpeg"


def previews(files: tuple[str, ...]) -> list[bytes | None]:
    """Return a JPEG preview of each file, in order; ``None`` where a file can't be read.

    Slow (a second for 4K): not for the event loop.
    """
    share = ALL_BYTES // max(1, len(files))
    return [_preview(Path(file), share) for file in files]


def _preview(path: Path, limit: int) -> bytes | None:
    try:
        return _fitted(small(path, LONGEST_SIDE), limit)
    except Exception:  # decoders fail in every way that there is, and a preview is never worth a failure
        return None


def _fitted(image: Picture, limit: int) -> bytes | None:
    """Return the best-looking JPEG of at most ``limit`` bytes: quality goes first, then size."""
    from PIL import Image

    for side in _SIDES:
        copy = image.copy()
        copy.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            data = jpeg(copy, quality)
            if len(data) <= limit:
                return data
    return None
