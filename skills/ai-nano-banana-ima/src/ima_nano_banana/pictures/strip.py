"""A copy of a picture without what it tells about its owner; not one pixel is encoded anew.

A walker over segments and chunks of our own: Pillow's way to save changes pixels and drops colour profiles, and the
libraries for metadata each left something behind. What a decoder needs is kept and everything else goes: EXIF with
its place and time, XMP, IPTC, comments, texts, small previews, and whatever follows the end (a live photo's film).
It also finds what was cut short. Sources: ITU T.81 annex B, PNG 3rd edition section 5, the WebP container's own.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.pictures.sniff import JPEG, PNG

if TYPE_CHECKING:
    from ima_nano_banana.pictures.sniff import Kind


class CutShortError(Exception):
    """The picture ends before its end, or its structure is broken."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A picture without metadata; ``personal`` tells whether there was any, the numbers its size in pixels."""

    data: bytes
    personal: bool
    width: int
    height: int


def bare(data: bytes, kind: Kind) -> Bare:
    """Return a JPEG, PNG or WebP without metadata.

    Raises:
        CutShortError: it is not whole.
    """
    walk = _jpeg if kind is JPEG else _png if kind is PNG else _webp
    return walk(data)


_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ALONE = (0x01, *range(0xD0, 0xD8))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_PERSONAL_APPS = (0xE1, 0xED, 0xFE)
_COMMENT, _SCAN, _END = 0xFE, 0xDA, 0xD9


def _jpeg(data: bytes) -> Bare:
    kept, personal, size, at = [data[:2]], False, (0, 0), 2
    while True:
        at, marker = _marker(data, at)
        if marker == _END:
            kept.append(b"\xff\xd9")
            trailing = bool(data[at:].strip(b"\0\r\n "))
            return Bare(_whole(kept, data), personal or trailing, *size)
        if marker in _ALONE:
            kept.append(bytes((0xFF, marker)))
            continue
        end = at + int.from_bytes(data[at : at + 2], "big")
        if end < at + 2 or end > len(data):
            raise CutShortError
        body = data[at + 2 : end]
        if marker in _FRAMES and len(body) > 5:
            size = (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
        if 0xE0 <= marker <= 0xEF or marker == _COMMENT:
            personal = personal or marker in _PERSONAL_APPS
            kept.append(_application(marker, body))
        else:
            kept.append(bytes((0xFF, marker)) + data[at:end])
        at = end
        if marker == _SCAN:
            found = _SCAN_END.search(data, at)
            if found is None:
                raise CutShortError
            kept.append(data[at : found.start()])
            at = found.start()


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the next marker and where it ends; several FF may come before its number."""
    start = at
    while data[at : at + 1] == b"\xff":
        at += 1
    if at == start or at >= len(data):
        raise CutShortError
    return at + 1, data[at]


def _application(marker: int, body: bytes) -> bytes:
    """Return the segment if a decoder needs it, without the small preview that JFIF may carry."""
    name = _APPS.get(marker)
    if name is None or not body.startswith(name):
        return b""
    if marker == 0xE0:
        body = body[:12] + b"\0\0"
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


_PNG_CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_PNG_KEPT = frozenset(
    (
        *_PNG_CRITICAL,
        *(b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs"),
        *(b"acTL", b"fcTL", b"fdAT"),
    )
)
_PNG_PERSONAL = frozenset((b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"))


def _png(data: bytes) -> Bare:
    kept, personal, at = [data[:8]], False, 8
    if data[12:16] != b"IHDR":
        raise CutShortError
    while True:
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if len(name) < 4 or end > len(data):
            raise CutShortError
        if name in _PNG_CRITICAL and zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise CutShortError
        if name in _PNG_KEPT:
            kept.append(data[at:end])
        personal = personal or name in _PNG_PERSONAL
        at = end
        if name == b"IEND":
            personal = personal or bool(data[at:].strip(b"\0\r\n "))
            size = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
            return Bare(_whole(kept, data), personal, *size)


_WEBP_KEPT = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"))
_WEBP_PERSONAL = frozenset((b"EXIF", b"XMP "))
_SILENCE = 512
_WEBP_FLAGS = 0x0C
"""The bits of VP8X that announce EXIF and XMP."""


def _webp(data: bytes) -> Bare:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) or end < 20:
        raise CutShortError
    kept, personal, size, at = [], bool(data[end:].strip(b"\0\r\n ")), (0, 0), 12
    while at + 8 <= end:
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        if at + 8 + length > end or _never_arrived(name, body):
            raise CutShortError
        personal = personal or name in _WEBP_PERSONAL
        size = size if size != (0, 0) else _webp_size(name, body)
        if name in _WEBP_KEPT:
            if name == b"VP8X" and body:
                body = bytes((body[0] & ~_WEBP_FLAGS,)) + body[1:]
            kept.append(name + length.to_bytes(4, "little") + body + b"\0" * (length & 1))
        at += 8 + length + (length & 1)
    inside = b"WEBP" + b"".join(kept)
    told = b"RIFF" + len(inside).to_bytes(4, "little") + inside
    return Bare(data if told == data else told, personal, *size)


def _never_arrived(name: bytes, body: bytes) -> bool:
    """Tell whether a picture's data end in nothing: space that a download reserved; no decoder minds."""
    return name in (b"VP8 ", b"VP8L") and len(body) > 2 * _SILENCE and not any(body[-_SILENCE:])


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    def number(start: int, size: int) -> int:
        return int.from_bytes(body[start : start + size], "little")

    if name == b"VP8X":
        return number(4, 3) + 1, number(7, 3) + 1
    if name == b"VP8L":
        bits = number(1, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        return number(6, 2) & 0x3FFF, number(8, 2) & 0x3FFF
    return 0, 0


def _whole(kept: list[bytes], data: bytes) -> bytes:
    """Return what is kept; the very same object where nothing went."""
    told = b"".join(kept)
    return data if told == data else told
