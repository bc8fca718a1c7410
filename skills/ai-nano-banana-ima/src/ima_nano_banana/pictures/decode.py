"""Whether an input picture can really be decoded, before anybody uploads it or pays for it."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.sniff import ACCEPTED, AVIF, HEIC, JPEG, Kind
from ima_nano_banana.pictures.strip import Bare, CutShortError, bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

MAX_PIXELS = 89_000_000
"""Phones make 50 million; a file of a few bytes may claim thousands of millions. Beyond it Pillow warns."""

FOREIGN = (HEIC, AVIF)
"""What phones save and the service does not read; converted for the upload where Pillow can."""

_ORIENTATION = 0x0112
_UPRIGHT = (None, 0, 1)
_FORMATS = {"JPEG": "JPEG", "PNG": "PNG", "WebP": "WEBP", "HEIC": "HEIF", "AVIF": "AVIF"}


class UndecodableError(Exception):
    """It can't be used as an input. ``code`` is a key of ``words.image``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Seen:
    """What decoding has shown: whether metadata is in it, and whether it lies on its side."""

    personal: bool
    turned: bool


def seen(data: bytes, kind: Kind) -> Seen:
    """Decode a picture. Slow (a tenth of a second for a photo): not for the event loop.

    Raises:
        UndecodableError: damaged, cut short, absurdly large, or of a format that nothing here decodes.
    """
    walked = _walked(data, kind)
    with opened(data, kind) as image:
        # Phones put several pictures into a JPEG (a depth map, a brighter copy); only the first is meant.
        moves = kind is not JPEG and getattr(image, "n_frames", 1) > 1
        turned = image.getexif().get(_ORIENTATION) not in _UPRIGHT and not moves
        # A JPEG is read to its last byte at an eighth of its size too, in a quarter of the time.
        image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
        image.load()
    return Seen(personal=walked is None or walked.personal, turned=turned)


def _walked(data: bytes, kind: Kind) -> Bare | None:
    if kind not in ACCEPTED:
        return None
    try:
        found = bare(data, kind)
    except CutShortError:
        raise UndecodableError("image.damaged") from None
    if found.width * found.height > MAX_PIXELS:
        raise UndecodableError("image.too_many_pixels")
    return found


@contextmanager
def opened(data: bytes, kind: Kind | None) -> Iterator[Image]:
    """Open a picture by the one decoder of its format.

    Raises:
        UndecodableError: there is no such decoder, it is too large, or decoding failed inside the ``with`` block.
    """
    import PIL.Image

    name = _decoder(kind)
    try:
        image = PIL.Image.open(io.BytesIO(data), formats=(name,))
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise UndecodableError("image.too_many_pixels")
            yield image
    except (UndecodableError, UsageFault):
        raise
    except PIL.Image.DecompressionBombError:
        raise UndecodableError("image.too_many_pixels") from None
    except Exception as fault:  # decoders fail on foreign bytes in every way that there is
        raise UndecodableError("image.damaged") from fault


def _decoder(kind: Kind | None) -> str:
    from PIL import features

    if kind is HEIC:
        try:
            from pillow_heif import register_heif_opener
        except ImportError:
            raise UndecodableError("image.needs_heif") from None
        register_heif_opener()
    if kind is AVIF and not features.check("avif"):
        raise UndecodableError("image.format")
    return _FORMATS[kind.name] if kind is not None else "JPEG"
