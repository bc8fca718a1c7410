"""What is uploaded of an input picture: a copy without metadata, upright, and in a format that the service reads.

The copy gets a public URL, and phones write the place into every photo.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local.private import read_regular
from ima_nano_banana.pictures.decode import UndecodableError, opened
from ima_nano_banana.pictures.sniff import HEAD, JPEG, PNG, WEBP, Kind, sniff
from ima_nano_banana.pictures.strip import bare

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ima_nano_banana.pictures.inputs import Input

_QUALITIES = (95, 90, 80)


@dataclass(frozen=True, slots=True)
class Copy:
    """What goes up: the file itself where nothing had to change."""

    data: bytes | Path
    content_type: str
    suffix: str


def copy_of(one: Input, limit: int, *, keep_metadata: bool = False) -> Copy:
    """Return what to upload of a local input. Slow: not for the event loop.

    Args:
        one: The input, looked at before.
        limit: The most bytes that may go up.
        keep_metadata: Leave EXIF and all else as it is; only a format that the service does not read is converted.

    Raises:
        UsageFault: the file is no longer the one that was looked at, or can't be made small enough.
    """
    try:
        return _copy_of(one, limit, keep_metadata=keep_metadata)
    except UndecodableError as fault:
        raise UsageFault(fault.code, phase="upload", path=one.reference, format=one.suffix) from None


def _copy_of(one: Input, limit: int, *, keep_metadata: bool) -> Copy:
    if one.path is None:
        raise UsageFault("image.changed", phase="upload", path=one.reference)
    data = _read(one, one.path, limit)
    kind = sniff(data[:HEAD])
    if one.foreign:
        return _converted(data, one, limit, keep_metadata=keep_metadata)
    if kind is None or keep_metadata:
        return Copy(one.path, one.content_type, one.suffix)
    if one.turned:
        return _upright(data, kind, one, limit)
    stripped = bare(data, kind).data
    return Copy(one.path if stripped is data else stripped, one.content_type, one.suffix)


def _read(one: Input, path: Path, limit: int) -> bytes:
    try:
        data = read_regular(path, limit)
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != one.digest:
        raise UsageFault("image.changed", phase="upload", path=one.reference)
    return data


def _converted(data: bytes, one: Input, limit: int, *, keep_metadata: bool) -> Copy:
    """Return a HEIC or AVIF photo as a JPEG; one with transparency as a PNG."""
    with opened(data, sniff(data[:HEAD])) as image:
        kind = PNG if image.has_transparency_data else JPEG
        return _encoded(image, kind, one, limit, keep_metadata=keep_metadata)


def _upright(data: bytes, kind: Kind, one: Input, limit: int) -> Copy:
    with opened(data, kind) as image:
        return _encoded(image, kind, one, limit, keep_metadata=False)


def _encoded(image: Image, kind: Kind, one: Input, limit: int, *, keep_metadata: bool) -> Copy:
    """Return the picture turned upright, with its colour profile, in the best quality that fits."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    exif = upright.info.get("exif") if keep_metadata else None  # by now without the orientation
    more: dict[str, Any] = {"exif": exif or b"", "icc_profile": image.info.get("icc_profile")}
    if kind is JPEG and upright.mode not in ("RGB", "L", "CMYK"):
        upright = upright.convert("RGB")
    for options in _ways(kind):
        file = io.BytesIO()
        upright.save(file, **more, **options)
        if file.tell() <= limit:
            made = {"PNG": PNG, "WEBP": WEBP}.get(str(options["format"]), JPEG)
            return Copy(file.getvalue(), made.content_type, made.suffix)
    raise UsageFault("image.too_large", phase="upload", path=one.reference, limit=limit // 1_000_000)


def _ways(kind: Kind) -> list[dict[str, Any]]:
    """Return how to save it, best first: without any loss where the format can."""
    if kind is PNG:
        return [{"format": "PNG"}, {"format": "WEBP", "quality": 95}]
    if kind is WEBP:
        return [{"format": "WEBP", "lossless": True}, {"format": "WEBP", "quality": 95}]
    return [{"format": "JPEG", "quality": quality, "subsampling": 0} for quality in _QUALITIES]
