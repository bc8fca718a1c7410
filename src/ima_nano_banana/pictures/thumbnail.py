"""A small preview of a picture, for lists, galleries and replies with a size limit."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.pictures.fit import flattened, jpeg
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
    copy = small(source, longest)
    return Thumbnail(data=jpeg(copy, quality), width=copy.width, height=copy.height)


def webp(source: Path, longest: int, quality: int = 80) -> bytes:
    """Return the same as WebP, which is half as large.

    Raises:
        OSError: the file can't be read.
        UnusableError: it is no whole picture.
    """
    file = io.BytesIO()
    small(source, longest).save(file, "WEBP", quality=quality, method=4)
    return file.getvalue()


def small(source: Path, longest: int) -> Image:
    """Return a small copy as it is seen on white paper, in RGB; a picture that is smaller keeps its size.

    Raises:
        OSError: the file can't be read, or is no plain file.
        UnusableError: it is no whole picture.
    """
    from PIL.Image import Resampling

    with opened(source) as image:
        image.draft("RGB", (longest * 2, longest * 2))  # a JPEG decodes at a fraction of its size right away
        image.thumbnail((longest, longest), Resampling.LANCZOS, reducing_gap=2.0)
        return flattened(image)
