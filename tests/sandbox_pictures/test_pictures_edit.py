"""image_to_image: what was uploaded is seen in what comes back."""

import io

import pytest
from PIL import Image, ImageStat

from ima_nano_banana.sandbox.pictures import picture_for
from ima_nano_banana.sandbox.pictures.collage import tiles
from ima_nano_banana.sandbox.pictures.styles import STYLES
from ima_nano_banana.sandbox.pictures.vocabulary import STYLES as STYLE_WORDS


def edited(prompt, inputs, ratio="1:1"):
    picture = picture_for(
        prompt=prompt, model_id="gemini-3.1-flash-image", size="512px", aspect_ratio=ratio, inputs=inputs
    )
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def flat(colour, kind="PNG"):
    return encoded(Image.new("RGB", (80, 60), colour), kind)


def scenic():
    """Something with edges, tones and colours in it."""
    image = Image.linear_gradient("L").resize((200, 150)).convert("RGB")
    image.paste((220, 60, 40), (30, 40, 110, 120))
    image.paste((40, 90, 220), (120, 10, 180, 60))
    return encoded(image)


def colour_at(image, x, y):
    left, top = round(image.width * x), round(image.height * y)
    return ImageStat.Stat(image.crop((left - 6, top - 6, left + 6, top + 6))).mean


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_uploaded_colours_are_seen_in_their_places(kind):
    image = edited("improve", [flat((220, 30, 30), kind), flat((30, 30, 220), kind)], "16:9")
    red, _, blue = colour_at(image, 0.3, 0.4)
    assert red > blue + 60
    red, _, blue = colour_at(image, 0.75, 0.4)
    assert blue > red + 60


@pytest.mark.parametrize("style", STYLES)
def test_every_style_word_changes_the_picture_in_a_way_of_its_own(style):
    plain, styled = edited("improve", [scenic()]), edited(STYLE_WORDS[style][-1], [scenic()])
    free = (200, 0, 512, 380)
    assert styled.crop(free).tobytes() != plain.crop(free).tobytes()
    others = [
        edited(STYLE_WORDS[name][-1], [scenic()]).crop(free).tobytes() for name in ("mono", "oil") if name != style
    ]
    assert styled.crop(free).tobytes() not in others


def test_the_vocabulary_and_the_styles_know_the_same_names():
    assert STYLE_WORDS.keys() == STYLES.keys()


def test_black_and_white_has_no_colour_left():
    image = edited("变成黑白照片", [scenic()]).crop((200, 40, 500, 350))
    assert all(max(pixel) == min(pixel) for _, pixel in image.getcolors(1_000_000))


def test_what_the_prompt_adds_is_added():
    without, with_cat = edited("加上", [flat("white")]), edited("加上一只猫", [flat("white")])
    assert colour_at(without, 0.8, 0.6) != colour_at(with_cat, 0.8, 0.6)


@pytest.mark.parametrize("broken", [b"", b"nothing", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", flat("red")[:70], b"GIF89a"])
def test_bytes_that_are_no_picture_become_a_blank_tile(broken):
    image = edited("improve", [broken, flat((30, 30, 220))], "16:9")
    red, _, blue = colour_at(image, 0.75, 0.4)
    assert blue > red + 60


def test_a_photo_lying_on_its_side_is_set_upright():
    photo = Image.new("RGB", (80, 60), (220, 30, 30))
    photo.paste((30, 30, 220), (40, 0, 80, 60))
    exif = Image.Exif()
    exif[0x0112] = 6  # the right side of the stored picture is the bottom of the real one
    image = edited("improve", [encoded(photo, "JPEG", exif=exif, quality=95)])
    assert colour_at(image, 0.5, 0.25)[0] > colour_at(image, 0.5, 0.25)[2]
    assert colour_at(image, 0.5, 0.65)[2] > colour_at(image, 0.5, 0.65)[0]


@pytest.mark.parametrize("count", range(1, 15))
@pytest.mark.parametrize("size", [(192, 1536), (1536, 192), (512, 512)])
def test_every_input_gets_a_tile_and_no_two_tiles_overlap(count, size):
    boxes = tiles(count, size, 3)
    assert len(boxes) == count
    covered = Image.new("L", size, 0)
    for box in boxes:
        assert covered.crop(box).getbbox() is None
        covered.paste(255, box)
    assert covered.getbbox() == (0, 0, *size)


def test_fourteen_pictures_fit_into_the_narrowest_ratio():
    image = edited("collage", [flat((30, 30, 220) if number % 2 else (220, 30, 30)) for number in range(14)], "1:8")
    boxes = tiles(14, image.size, 2)
    # The first tile is under the ribbon and the last ones are under the plate.
    for number in range(2, 11):
        left, top, right, bottom = boxes[number]
        red, _, blue = colour_at(image, (left + right) / 2 / image.width, (top + bottom) / 2 / image.height)
        assert (blue > red) is (number % 2 == 1)
