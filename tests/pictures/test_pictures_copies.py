"""What goes up of a photo: nothing that tells where and when it was taken, upright, and as the service reads it."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, PngImagePlugin

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures import copies, sniff
from ima_nano_banana.pictures.copies import copy_of
from ima_nano_banana.pictures.inputs import MAX_BYTES, look
from ima_nano_banana.pictures.strip import bare

KINDS = {"JPEG": sniff.JPEG, "PNG": sniff.PNG, "WEBP": sniff.WEBP}
SECRET = b"52 deg 31 min of somebody"


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010E] = SECRET.decode()
    found.get_ifd(0x8825)[1] = "N"
    return found


def painted(width: int = 90, height: int = 60) -> Image.Image:
    image = Image.frombytes("RGB", (width, height), random.Random(5).randbytes(width * height * 3))
    image.paste("red", (0, 0, width // 2, height // 2))
    return image


def photo(kind: str, orientation: int = 1, **how: object) -> bytes:
    file = io.BytesIO()
    painted().save(file, kind, exif=exif(orientation), icc_profile=b"a profile of colours", **how)
    return file.getvalue()


def uploaded(data: bytes, folder, **how) -> tuple[bytes, str]:
    (folder / "photo.bin").write_bytes(data)
    found = copy_of(look("photo.bin", folder), MAX_BYTES, **how)
    return (found.data if isinstance(found.data, bytes) else found.data.read_bytes()), found.content_type


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_go_and_not_one_pixel_changes(tmp_path, kind):
    data = photo(kind)
    assert SECRET in data
    copied, content_type = uploaded(data, tmp_path)
    assert SECRET not in copied
    assert content_type == KINDS[kind].content_type
    assert pixels(copied) == pixels(data)
    with Image.open(io.BytesIO(copied)) as image:
        assert image.info.get("icc_profile") == b"a profile of colours"
        assert not dict(image.getexif())


def test_comments_texts_and_what_follows_the_end_go_too(tmp_path):
    text = PngImagePlugin.PngInfo()
    text.add_text("prompt", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    file = io.BytesIO()
    painted().save(file, "PNG", pnginfo=text)
    jpeg = io.BytesIO()
    painted().save(jpeg, "JPEG", comment=SECRET, xmp=SECRET)
    webp = io.BytesIO()
    painted().save(webp, "WEBP", xmp=SECRET)
    for data in (file.getvalue(), jpeg.getvalue(), webp.getvalue(), photo("JPEG") + b"ftypmp42" + SECRET):
        copied, _ = uploaded(data, tmp_path)
        assert SECRET in data
        assert SECRET not in copied
        assert pixels(copied) == pixels(data)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_a_photo_that_lies_on_its_side_goes_up_upright(tmp_path, kind, orientation):
    data = photo(kind, orientation)
    copied, _ = uploaded(data, tmp_path)
    assert SECRET not in copied
    with Image.open(io.BytesIO(copied)) as image:
        assert image.size == ((60, 90) if orientation in (6, 8) else (90, 60))
        assert image.getexif().get(0x0112, 1) == 1
        assert image.info.get("icc_profile") == b"a profile of colours"
        corners = {2: (80, 5), 3: (80, 50), 6: (50, 5), 8: (5, 80)}
        red, green, _ = image.convert("RGB").getpixel(corners[orientation])
    assert (red > 200, green < 60) == (True, True)


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_stay_if_they_are_asked_to(tmp_path, kind):
    data = photo(kind, 6)
    assert uploaded(data, tmp_path, keep_metadata=True)[0] == data


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_without_metadata_goes_up_as_the_file_it_is(tmp_path, kind):
    painted().save(tmp_path / "a.bin", kind)
    found = look("a.bin", tmp_path)
    assert not found.personal
    assert copy_of(found, MAX_BYTES).data == tmp_path / "a.bin"


def test_the_same_contents_are_the_same_request_whatever_goes_up(tmp_path):
    (tmp_path / "a.jpg").write_bytes(photo("JPEG"))
    (tmp_path / "b.jpg").write_bytes(uploaded(photo("JPEG"), tmp_path)[0])
    assert look("a.jpg", tmp_path).digest != look("b.jpg", tmp_path).digest
    assert look("a.jpg", tmp_path).digest == look("photo.bin", tmp_path).digest


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_a_picture_that_moves_still_moves(tmp_path, kind):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], exif=exif())
    copied, _ = uploaded(file.getvalue(), tmp_path)
    assert SECRET not in copied
    with Image.open(io.BytesIO(copied)) as image:
        assert image.n_frames == 3


def test_an_avif_photo_goes_up_as_a_jpeg_without_metadata(tmp_path):
    file = io.BytesIO()
    painted().save(file, "AVIF", exif=exif())
    copied, content_type = uploaded(file.getvalue(), tmp_path)
    assert (content_type, SECRET in copied) == ("image/jpeg", False)
    with Image.open(io.BytesIO(copied)) as image:
        assert (image.format, image.size) == ("JPEG", (90, 60))


def test_a_heic_photo_goes_up_upright_as_a_jpeg_or_is_refused_with_what_to_do(tmp_path, monkeypatch):
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    file = io.BytesIO()
    painted().save(file, "HEIF", exif=exif(6).tobytes())
    copied, content_type = uploaded(file.getvalue(), tmp_path)
    assert (content_type, SECRET in copied) == ("image/jpeg", False)
    with Image.open(io.BytesIO(copied)) as image:
        assert image.format == "JPEG"


def test_a_heic_photo_that_nothing_here_can_read_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50))
    with pytest.raises(UsageFault) as caught:
        look("a.heic", tmp_path)
    assert caught.value.code == "image.needs_heif"


def test_transparency_survives_the_conversion(tmp_path):
    file = io.BytesIO()
    Image.new("RGBA", (32, 32), (255, 0, 0, 100)).save(file, "AVIF")
    copied, content_type = uploaded(file.getvalue(), tmp_path)
    assert content_type == "image/png"
    with Image.open(io.BytesIO(copied)) as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize("kind", KINDS)
def test_taking_metadata_away_twice_changes_nothing_more(kind):
    once = bare(photo(kind), KINDS[kind])
    again = bare(once.data, KINDS[kind])
    assert once.personal
    assert again.data is once.data
    assert (again.personal, again.width, again.height) == (False, 90, 60)


def test_a_photo_with_a_second_picture_in_it_goes_up_upright_and_alone(tmp_path):
    file = io.BytesIO()
    painted().save(file, "MPO", exif=exif(6), save_all=True, append_images=[painted(30, 20)])
    copied, _ = uploaded(file.getvalue(), tmp_path)
    with Image.open(io.BytesIO(copied)) as image:
        assert (image.format, image.size) == ("JPEG", (60, 90))
    file = io.BytesIO()
    painted().save(file, "MPO", exif=exif(), save_all=True, append_images=[painted(30, 20)])
    copied, _ = uploaded(file.getvalue(), tmp_path)
    assert SECRET not in copied
    assert pixels(copied) == pixels(file.getvalue())
    with Image.open(io.BytesIO(copied)) as image:
        assert image.format == "JPEG"


def test_a_converted_photo_that_keeps_its_metadata_is_not_turned_twice(tmp_path):
    file = io.BytesIO()
    painted().save(file, "AVIF", exif=exif(6))
    copied, _ = uploaded(file.getvalue(), tmp_path, keep_metadata=True)
    assert SECRET in copied
    with Image.open(io.BytesIO(copied)) as image:
        assert image.getexif().get(0x0112, 1) == 1
        assert image.size == (60, 90)


def test_a_copy_that_cannot_be_made_small_enough_is_told_as_too_large(tmp_path):
    (tmp_path / "a.png").write_bytes(photo("PNG", 6))
    with pytest.raises(UsageFault) as caught:
        copies._upright(photo("PNG", 6), sniff.PNG, look("a.png", tmp_path), 10)
    assert caught.value.code == "image.too_large"
