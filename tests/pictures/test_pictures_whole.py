"""What is cut short, damaged or absurd is refused before anything is sent, whatever its first bytes promise."""

from __future__ import annotations

import base64
import io
import random
import struct
import zlib

import pytest
from PIL import Image

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.inputs import look

KINDS = ["JPEG", "PNG", "WEBP"]


def picture(kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    noise = random.Random(7).randbytes(200 * 120 * 3)
    Image.frombytes("RGB", (200, 120), noise).save(file, kind, **how)
    return file.getvalue()


def code_of(data: bytes, folder) -> str:
    (folder / "a.bin").write_bytes(data)
    with pytest.raises(UsageFault) as caught:
        look("a.bin", folder)
    return caught.value.code


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.01, 0.34, 0.9, 0.999])
def test_a_picture_cut_short_anywhere_is_refused(tmp_path, kind, share):
    data = picture(kind)
    assert code_of(data[: int(len(data) * share)], tmp_path) in ("image.damaged", "image.unknown")


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x04\0\0\0WEBP", b"RIFF____WEBPVP8 "]
)
def test_the_first_bytes_of_a_picture_are_no_picture(tmp_path, data):
    assert code_of(data, tmp_path) == "image.damaged"


def test_a_picture_whose_second_half_never_arrived_is_refused(tmp_path):
    for kind in KINDS:
        data = picture(kind)
        half = data[: len(data) // 2]
        assert code_of(half + bytes(len(data) - len(half)), tmp_path) == "image.damaged", kind


def test_a_wrong_checksum_is_damage(tmp_path):
    data = bytearray(picture("PNG"))
    data[len(data) // 2] ^= 0xFF
    assert code_of(bytes(data), tmp_path) == "image.damaged"


def test_base64_cut_short_is_no_whole_picture(tmp_path):
    text = base64.b64encode(picture("JPEG"))
    assert code_of(base64.b64decode(text[: len(text) // 3 // 4 * 4]), tmp_path) == "image.damaged"


def bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000, 60_000), (1, 1_000_000_000)])
def test_a_small_file_that_claims_a_huge_picture_is_refused_without_decoding_it(tmp_path, size, recwarn):
    assert code_of(bomb(*size), tmp_path) == "image.too_many_pixels"
    assert not recwarn.list


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_of_several_frames_is_fine(tmp_path, kind):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(tmp_path / "a.bin", kind, save_all=True, append_images=frames[1:])
    assert look("a.bin", tmp_path).path is not None


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("JPEG", {"progressive": True}),
        ("JPEG", {"optimize": True, "restart_marker_rows": 1}),
        ("PNG", {"compress_level": 0}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_every_way_to_write_a_whole_picture_is_taken(tmp_path, kind, how):
    (tmp_path / "a.bin").write_bytes(picture(kind, **how))
    assert look("a.bin", tmp_path).size == len(picture(kind, **how))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_taken(tmp_path, mode):
    Image.new(mode, (9, 9)).save(tmp_path / "a.png")
    assert look("a.png", tmp_path).suffix == "png"


def test_a_cmyk_jpeg_is_taken(tmp_path):
    Image.new("CMYK", (9, 9)).save(tmp_path / "a.jpg")
    assert look("a.jpg", tmp_path).suffix == "jpg"
