"""Whether a saved file is a whole picture, and how large it really is."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.local.private import open_regular
from ima_nano_banana.pictures.sniff import ACCEPTED, HEAD, Kind, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.Image import Image

MAX_PIXELS = 64_000_000
"""More than three times the largest picture of either model (4K, about 17 to 19 million pixels in any ratio)."""

DECODERS = ("PNG", "JPEG", "WEBP")
"""The only decoders that foreign bytes may reach."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a picture file is: its format and its size in pixels."""

    kind: Kind
    width: int
    height: int


class UnusableError(Exception):
    """The file is no whole picture. ``code`` says why, as a key of ``words.download``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def measure(path: Path) -> Measure:
    """Decode the whole picture and return its format and size.

    Slow (a second for 4K) and memory-hungry (four bytes a pixel): not for the event loop.

    Raises:
        UnusableError: empty, another format, damaged, or absurdly large.
        OSError: the file can't be read.
    """
    with open_regular(path) as file:
        head = file.read(HEAD)
    if not head:
        raise UnusableError("download.truncated")
    kind = sniff(head)
    if kind not in ACCEPTED or kind is None:
        raise UnusableError("download.not_a_picture")
    width, height = _decode(path)
    return Measure(kind, width, height)


def _decode(path: Path) -> tuple[int, int]:
    with opened(path) as image:
        image.load()
        return image.width, image.height


@contextmanager
def opened(path: Path) -> Iterator[Image]:
    """Open a picture for decoding, by the three decoders only and within :data:`MAX_PIXELS`.

    Raises:
        UnusableError: it is too large, or decoding failed inside the ``with`` block.
        OSError: the file can't be read.
    """
    import PIL.Image

    with open_regular(path) as file:
        try:
            with PIL.Image.open(file, formats=DECODERS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise UnusableError("download.too_large")
                yield image
        except UnusableError:
            raise
        except Exception as fault:  # decoders fail on foreign bytes in every way that there is
            raise UnusableError("download.damaged") from fault
