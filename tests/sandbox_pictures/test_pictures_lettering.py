"""The lettering: every character has its glyph, and none is cut off."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from ima_nano_banana.sandbox.pictures import caption, coverage, picture_for, pixel_size, typeface, wrap
from ima_nano_banana.sandbox.pictures.pixels import RATIOS

FLASH = "gemini-3.1-flash-image"
ZH = "一只戴着墨镜的橘猫，骑自行车穿过开满樱花的街道；电影感光影，超高清！（春天）“微笑”——龘"[:-1]
LONG_ZH = ("一幅宏大的史诗级场景，远处是连绵的雪山，近处是开满野花的草地。" * 40)[:1000]
LONG_EN = ("A sweeping landscape with Supercalifragilisticexpialidocious mountains, and a house. " * 20)[:1000]


def facts(ratio):
    return (FLASH, "512px", ratio, "1/4")


@pytest.fixture
def without_the_font(monkeypatch, tmp_path):
    """A bundle that left the font file out."""

    def forget():
        typeface._font_bytes.cache_clear()
        typeface.font.cache_clear()

    monkeypatch.setattr(typeface, "FONT_FILE", tmp_path / "none.otf.xz")
    forget()
    yield
    monkeypatch.undo()
    forget()


def test_every_character_of_a_chinese_prompt_has_a_glyph():
    assert typeface.letterable(ZH) == ZH
    font = typeface.font(32)
    assert [character for character in ZH if not font.getmask(character).getbbox()] == []


def test_what_the_coverage_promises_the_font_holds():
    """A missing glyph leaves no ink; neither does a space, but nothing else may."""
    font = typeface.font(20)
    empty = {character for character in coverage.all_covered() if not font.getmask(character).getbbox()}
    assert empty == {" ", "\u00a0", "\u3000"}


def test_all_of_gb2312_is_covered():
    hanzi = [bytes([row, cell]).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    assert sum(map(coverage.covers, filter(None, hanzi))) == 6763


def test_the_font_file_stays_below_a_megabyte():
    assert typeface.FONT_FILE.stat().st_size < 1_000_000
    assert {"OFL.txt", "FONTLOG.txt"} <= {path.name for path in Path(typeface.FONT_FILE).parent.iterdir()}


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a cat 🐱 on a  roof\n", "a cat on a roof"),
        ("👍🏽 👨‍👩‍👧 ok", "ok"),
        ("한국어 고양이", "[Hangul]"),
        ("قطة على القمر, a cat", "[Arabic], a cat"),
        ("mèo Ελληνικά", "mèo Ελληνικα"),
        ("tab\tand\x00null", "tab andnull"),
    ],
)
def test_what_the_font_lacks_is_left_out_or_marked(text, drawn):
    assert typeface.letterable(text) == drawn


@pytest.mark.parametrize("width", [60, 130, 400])
@pytest.mark.parametrize("text", [ZH, LONG_ZH, LONG_EN, "mixed 中文 and English，好吗？" * 5, "x" * 300])
def test_no_line_is_wider_than_its_plate_and_no_character_is_lost(text, width):
    font = typeface.font(20)
    lines = wrap.lines_of(text, width, typeface.measure(20))
    assert all(font.getlength(line) <= width for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


def test_latin_breaks_at_spaces_and_closing_marks_do_not_begin_a_line():
    measure = typeface.measure(20)
    assert wrap.lines_of("one two three", measure("one two"), measure) == ["one two", "three"]
    assert wrap.lines_of("你好吗？我很好。", measure("你好吗"), measure)[1][0] not in "？。"


@pytest.mark.parametrize("prompt", ["", "猫", ZH, LONG_ZH, LONG_EN, "W" * 1000])
@pytest.mark.parametrize("ratio", RATIOS[FLASH])
def test_the_ink_stays_inside_the_plate_and_the_plate_inside_the_picture(ratio, prompt):
    width, height = pixel_size(FLASH, "512px", ratio)
    plate = caption.fit(prompt, facts(ratio), (width, height))
    left, top, right, bottom = plate.box
    assert left >= 0 <= top
    assert right <= width
    assert bottom <= height
    ink = ink_of(plate, (width, height))
    assert ink[0] >= left
    assert ink[1] >= top
    assert ink[2] <= right
    assert ink[3] <= bottom


def ink_of(plate, size):
    """Where the lettering leaves ink, measured on a sheet that is larger all around, so that nothing hides."""
    around = 200
    sheet = Image.new("L", (size[0] + 2 * around, size[1] + 2 * around), 0)
    draw = ImageDraw.Draw(sheet)
    for block in (plate.prompt, plate.facts):
        moved = caption.Block(block.lines, block.pixels, block.top + around)
        caption._lines(draw, moved, plate.left + around, 255)
    return tuple(edge - around for edge in sheet.getbbox())


def test_a_short_prompt_is_lettered_whole_and_a_long_one_ends_in_an_ellipsis():
    size = pixel_size(FLASH, "1K", "1:1")
    short, long = (caption.fit(text, facts("1:1"), size).prompt for text in (ZH, LONG_ZH))
    assert "".join(short.lines) == ZH
    assert len(long.lines) == 4
    assert long.lines[-1].endswith("…")
    assert short.pixels > long.pixels


def test_the_lettering_is_really_on_the_picture():
    def plate_of(prompt):
        return picture_for(prompt=prompt, model_id=FLASH, size="512px", aspect_ratio="1:1").data

    # These two differ in nothing but a character without any meaning to the painter.
    assert plate_of("红 甲") != plate_of("红 乙")


@pytest.mark.usefixtures("without_the_font")
def test_without_its_font_file_the_lettering_falls_back_to_what_pillow_brings():
    assert not typeface.complete()
    assert typeface.letterable("a 红 cat") == "a cat"
    picture = picture_for(prompt=f"{ZH} cat", model_id=FLASH, size="512px", aspect_ratio="1:8")
    assert (picture.width, picture.height) == (192, 1536)
