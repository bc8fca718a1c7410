"""A small preview of a picture, for lists, galleries and replies with a size limit."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.pictures.fit import flattened
from ima_nano_banana.pictures.measure import opened

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A JPEG and its size in pixels."""

    data: bytes
    width: int
    height: int
    content_type: str = "image/jpeg"


def thumbnail(source: Path, longest: int = 512, quality: int = 82) -> Thumbnail:
    """Return a preview whose longer side has at most ``longest`` pixels; smaller pictures keep their size.

    Raises:
        OSError: the file can't be read.
        UnusableError: it is no whole picture.
    """
    small = _small(source, longest)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=quality, optimize=True)
    return Thumbnail(data=file.getvalue(), width=small.width, height=small.height)


def webp(source: Path, longest: int, quality: int = 80) -> bytes:
    """Return the same as WebP, which is half as large.

    Raises:
        OSError: the file can't be read.
        UnusableError: it is no whole picture.
    """
    file = io.BytesIO()
    _small(source, longest).save(file, "WEBP", quality=quality, method=4)
    return file.getvalue()


def _small(source: Path, longest: int) -> Image:
    with opened(source) as image:
        image.draft("RGB", (longest, longest))  # a JPEG decodes at a fraction of its size right away
        small = flattened(image)
    small.thumbnail((longest, longest))
    return small
