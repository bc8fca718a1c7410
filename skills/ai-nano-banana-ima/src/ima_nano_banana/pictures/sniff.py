"""What a file is, by its first bytes and never by its name.

A table of our own: the libraries for this were each wrong on a format that matters here, or know no HTML
and JSON, which is what a broken download usually is. Signatures: PNG 1.2 section 12.11, JFIF/ITU T.81
annex B, the WebP container specification, ISO/IEC 14496-12 (``ftyp`` brands), and the formats' own headers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = 1024
"""Bytes from the start of a file that :func:`sniff` wants to see."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A file format: its name for people, its media type, and the suffix that saved files get."""

    name: str
    content_type: str
    suffix: str


PNG = Kind("PNG", "image/png", "png")
JPEG = Kind("JPEG", "image/jpeg", "jpg")
WEBP = Kind("WebP", "image/webp", "webp")
ACCEPTED = (JPEG, PNG, WEBP)

_GIF = Kind("GIF", "image/gif", "gif")
AVIF = Kind("AVIF", "image/avif", "avif")
HEIC = Kind("HEIC", "image/heic", "heic")
_MP4 = Kind("MP4", "video/mp4", "mp4")
_MOV = Kind("QuickTime", "video/quicktime", "mov")
_SVG = Kind("SVG", "image/svg+xml", "svg")
_HTML = Kind("HTML", "text/html", "html")
_JSON = Kind("JSON", "application/json", "json")
_XML = Kind("XML", "application/xml", "xml")

_PREFIXES: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"BM", Kind("BMP", "image/bmp", "bmp")),
    (b"II*\x00", Kind("TIFF", "image/tiff", "tif")),
    (b"MM\x00*", Kind("TIFF", "image/tiff", "tif")),
    (b"II+\x00", Kind("TIFF", "image/tiff", "tif")),
    (b"MM\x00+", Kind("TIFF", "image/tiff", "tif")),
    (b"8BPS", Kind("PSD", "image/vnd.adobe.photoshop", "psd")),
    (b"\x00\x00\x01\x00", Kind("ICO", "image/x-icon", "ico")),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", Kind("JPEG XL", "image/jxl", "jxl")),
    (b"\xff\x0a", Kind("JPEG XL", "image/jxl", "jxl")),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Kind("JPEG 2000", "image/jp2", "jp2")),
    (b"%PDF-", Kind("PDF", "application/pdf", "pdf")),
    (b"PK\x03\x04", Kind("ZIP", "application/zip", "zip")),
    (b"\x1f\x8b", Kind("gzip", "application/gzip", "gz")),
    (b"\x1aE\xdf\xa3", Kind("Matroska", "video/x-matroska", "mkv")),
    (b"-----BEGIN ", Kind("PEM", "application/x-pem-file", "pem")),
)

_BRANDS = {
    b"avif": AVIF,
    b"avis": AVIF,
    b"heic": HEIC,
    b"heix": HEIC,
    b"heim": HEIC,
    b"heis": HEIC,
    b"hevc": HEIC,
    b"hevx": HEIC,
    b"mif1": HEIC,
    b"msf1": HEIC,
    b"qt  ": _MOV,
}

_MARKUP: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE), _HTML),
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), _SVG),
    (re.compile(rb"<\?xml|<error>", re.IGNORECASE), _XML),
)


def sniff(head: bytes) -> Kind | None:
    """Return what begins with ``head`` (its first :data:`HEAD` bytes), or ``None`` if that is unknown."""
    # The byte after SOI and the marker's FF is a marker number; below C0 there is none that may come first.
    if head[:3] == b"\xff\xd8\xff" and len(head) > 3 and 0xC0 <= head[3] < 0xFF:
        return JPEG
    if head[:4] == b"RIFF":
        return _riff(head)
    if head[4:8] == b"ftyp":
        return _box(head)
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return kind
    return _text(head)


def _riff(head: bytes) -> Kind | None:
    if head[8:12] != b"WEBP":
        return Kind(head[8:12].decode("ascii", "replace").strip() or "RIFF", "application/octet-stream", "riff")
    return WEBP if head[12:15] in (b"VP8", b"") else None


def _box(head: bytes) -> Kind:
    """Tell the formats apart that begin with an ISO ``ftyp`` box: by the major brand, then the compatible ones."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    known = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    # Pictures of the HEIF family carry "mif1" beside the brand that says more.
    return AVIF if AVIF in known else known[0] if known else _MP4


def _text(head: bytes) -> Kind | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return next((kind for pattern, kind in _MARKUP if pattern.search(text)), None)
    return _JSON if re.match(rb'[{\[]\s*["{\[\]}\d]', text) else None
