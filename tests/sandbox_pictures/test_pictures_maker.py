"""Whole pictures: format, exact size, and that they follow from what was asked."""

import io
import subprocess
import sys

import pytest
from PIL import Image, ImageStat

from ima_nano_banana.sandbox.pictures import picture_for

FLASH, PRO = "gemini-3.1-flash-image", "gemini-3-pro-image"


def draw(prompt="a banana", model=FLASH, size="512px", ratio="1:1", **more):
    return picture_for(prompt=prompt, model_id=model, size=size, aspect_ratio=ratio, **more)


def opened(picture):
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def mean_colour(picture):
    """Of the upper half, where there is no lettering."""
    image = opened(picture)
    return ImageStat.Stat(image.crop((image.width // 4, image.height // 4, image.width, image.height // 2))).mean


def flat(colour, size=(64, 48), kind="PNG"):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("model", "size", "kind", "content_type", "extension"),
    [(FLASH, "512px", "PNG", "image/png", "png"), (PRO, "1K", "JPEG", "image/jpeg", "jpg")],
)
def test_flash_answers_png_and_pro_answers_jpeg(model, size, kind, content_type, extension):
    picture = draw(model=model, size=size)
    assert Image.open(io.BytesIO(picture.data)).format == kind
    assert (picture.content_type, picture.format) == (content_type, extension)


@pytest.mark.parametrize(
    ("size", "ratio", "expected"),
    [
        ("512px", "1:8", (192, 1536)),
        ("512px", "8:1", (1536, 192)),
        ("512px", "21:9", (792, 336)),
        ("1K", "9:16", (768, 1376)),
        ("2K", "16:9", (2752, 1536)),
        ("4K", "2:3", (3392, 5056)),
    ],
)
def test_the_file_has_exactly_the_pixels_of_size_and_ratio(size, ratio, expected):
    picture = draw(size=size, ratio=ratio)
    assert opened(picture).size == expected == (picture.width, picture.height)


@pytest.mark.parametrize("pixels", [(300, 200), (24, 192), (1, 1), (3, 900)])
def test_a_picture_can_be_given_another_size_than_was_asked_however_small(pixels):
    assert opened(draw(scale_to=pixels)).size == pixels


@pytest.mark.parametrize("inputs", [(), (flat("red"), flat("blue"))])
def test_the_same_wish_gives_the_same_bytes(inputs):
    assert draw("夜晚的城市", inputs=inputs) == draw("夜晚的城市", inputs=inputs)


def test_other_words_and_other_indexes_give_other_pictures():
    wishes = [("a cat", 0), ("a cat", 1), ("a dog", 0), ("季度报告", 0), ("年度报告", 0)]
    assert len({opened(draw(prompt, index=index)).tobytes() for prompt, index in wishes}) == len(wishes)


@pytest.mark.parametrize(("zh", "en", "channel"), [("红色", "red", 0), ("绿色", "green", 1), ("蓝色", "blue", 2)])
def test_a_colour_word_of_either_language_decides_the_palette(zh, en, channel):
    for word in (zh, en):
        red_green_blue = mean_colour(draw(f"{word} geometry"))
        assert red_green_blue[channel] == max(red_green_blue)


def test_night_is_darker_than_day():
    assert sum(mean_colour(draw("山，夜晚"))) < sum(mean_colour(draw("山，清晨"))) / 2


def test_the_subject_is_seen_and_wears_its_colour():
    def share_of(picture, low, high):
        inside = (
            all(a <= value <= b for a, value, b in zip(low, pixel, high, strict=True)) for pixel in pixels(picture)
        )
        return sum(inside) / (picture.width * picture.height)

    yellow = (240, 190, 40), (255, 225, 90)
    purple = (115, 65, 185), (135, 90, 205)
    assert share_of(draw("一根香蕉"), *yellow) > 0.03 > share_of(draw("一根紫色的香蕉"), *yellow)
    assert share_of(draw("一根紫色的香蕉"), *purple) > 0.03


def pixels(picture):
    data = opened(picture).tobytes()
    return zip(data[::3], data[1::3], data[2::3], strict=True)


def test_loading_the_picture_maker_does_not_load_pillow():
    code = "import sys, ima_nano_banana.sandbox.pictures; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
