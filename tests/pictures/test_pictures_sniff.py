"""Formats are recognised by content."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ima_nano_banana.pictures import sniff as room
from ima_nano_banana.pictures.sniff import sniff


@pytest.mark.parametrize(
    ("made", "name"),
    [
        ("PNG", "PNG"),
        ("JPEG", "JPEG"),
        ("WEBP", "WebP"),
        ("GIF", "GIF"),
        ("BMP", "BMP"),
        ("TIFF", "TIFF"),
        ("ICO", "ICO"),
    ],
)
def test_what_pillow_writes_is_recognised(made, name):
    file = io.BytesIO()
    Image.new("RGB", (16, 16), "gold").save(file, made)
    kind = sniff(file.getvalue()[: room.HEAD])
    assert kind is not None
    assert kind.name == name
    assert (kind in room.ACCEPTED) == (name in ("PNG", "JPEG", "WebP"))


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_every_flavour_of_webp_is_recognised(lossless, mode):
    file = io.BytesIO()
    Image.new(mode, (16, 16), "gold").save(file, "WEBP", lossless=lossless)
    assert sniff(file.getvalue()) is room.WEBP


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf", "AVIF"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "AVIF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41", "MP4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "QuickTime"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "WAVE"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "PEM"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'>", "SVG"),
        (b"  <svg width='1'>", "SVG"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "XML"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML><html>", "HTML"),
        (b"<HTML lang=en>", "HTML"),
        (b'{"code": 404}', "JSON"),
        (b"[]", "JSON"),
    ],
)
def test_what_is_refused_can_be_called_by_its_name(head, name):
    kind = sniff(head)
    assert kind is not None
    assert kind.name == name
    assert kind not in room.ACCEPTED


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\x00secret",
        b"\x89PNG\n",
        b"RIFF\0\0\0\0WEBPjunk",
        b"hello",
        b"{hello}",
    ],
)
def test_what_only_looks_like_something_is_unknown(head):
    assert sniff(head) is None


@pytest.mark.parametrize(
    ("front", "name"), [(b"GIF89a", "GIF"), (b"%PDF-1.4\n", "PDF"), (b"<html>", "HTML"), (b"BM", "BMP")]
)
def test_a_polyglot_is_what_its_first_bytes_say(front, name):
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    kind = sniff(front + file.getvalue())
    assert kind is not None
    assert kind.name == name
