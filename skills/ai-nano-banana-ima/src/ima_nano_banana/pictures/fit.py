"""A copy that fits: chat channels refuse files above a size, and the original stays as it was received."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.pictures import place
from ima_nano_banana.pictures.measure import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.Image import Image

_QUALITIES = (92, 85, 75)
_SHRINK = 0.75
_SHORTEST = 16


def fit(source: Path, limit: int, folder: Path, *, now: float) -> Path | None:
    """Return ``source`` if it has at most ``limit`` bytes, else a JPEG copy in ``folder`` that has.

    Quality gives way before size. Transparent parts become white; provenance manifests stay with the original.

    Args:
        source: A saved picture.
        limit: Bytes.
        folder: Where the copy goes, as ``<name>-fit.jpg``; nothing there is replaced.
        now: Unix seconds, for sweeping away what killed processes left.

    Returns:
        ``None`` if no copy worth looking at would fit.

    Raises:
        OSError: a file can't be read or written.
        UnusableError: ``source`` is no whole picture.
    """
    if source.stat().st_size <= limit:
        return source
    with opened(source) as image:
        data = next((data for data in _smaller_and_smaller(flattened(image)) if len(data) <= limit), None)
    return _written(data, folder, f"{source.stem}-fit", now) if data is not None else None


def flattened(image: Image) -> Image:
    """Return the picture as it is seen on white paper: upright, without transparency, in RGB."""
    import PIL.Image
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    paper = PIL.Image.new("RGBA", upright.size, "white")
    return PIL.Image.alpha_composite(paper, upright.convert("RGBA")).convert("RGB")


def jpeg(image: Image, quality: int) -> bytes:
    """Return an RGB picture as a JPEG that begins to show before all of it is there."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()


def _smaller_and_smaller(image: Image) -> Iterator[bytes]:
    size = image.size
    while min(size) >= _SHORTEST:
        scaled = image if size == image.size else image.resize(size)
        for quality in _QUALITIES:
            yield jpeg(scaled, quality)
        size = (int(size[0] * _SHRINK), int(size[1] * _SHRINK))


def _written(data: bytes, folder: Path, stem: str, now: float) -> Path:
    part, file = place.part_file(folder, now)
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return place.settle(part, stem, "jpg")
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
