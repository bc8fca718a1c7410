"""The sizes of the pictures, against a copy of the published table that is written out cell by cell."""

import pytest

from ima_nano_banana.sandbox.pictures import pixel_size

FLASH, PRO = "gemini-3.1-flash-image", "gemini-3-pro-image"
PUBLISHED = """
1:1  512x512  1024x1024 2048x2048 4096x4096
1:4  256x1024 512x2048  1024x4096 2048x8192
1:8  192x1536 384x3072  768x6144  1536x12288
2:3  424x632  848x1264  1696x2528 3392x5056
3:2  632x424  1264x848  2528x1696 5056x3392
3:4  448x600  896x1200  1792x2400 3584x4800
4:1  1024x256 2048x512  4096x1024 8192x2048
4:3  600x448  1200x896  2400x1792 4800x3584
4:5  464x576  928x1152  1856x2304 3712x4608
5:4  576x464  1152x928  2304x1856 4608x3712
8:1  1536x192 3072x384  6144x768  12288x1536
9:16 384x688  768x1376  1536x2752 3072x5504
16:9 688x384  1376x768  2752x1536 5504x3072
21:9 792x336  1584x672  3168x1344 6336x2688
"""
"""With 792x336 where the page misprints 792x168."""
ROWS = {row.split()[0]: row.split()[1:] for row in PUBLISHED.strip().splitlines()}
TALL_OR_WIDE = {"1:4", "4:1", "1:8", "8:1"}


def cell(ratio: str, size: str) -> tuple[int, int]:
    width, height = ROWS[ratio][("512px", "1K", "2K", "4K").index(size)].split("x")
    return int(width), int(height)


@pytest.mark.parametrize("size", ["512px", "1K", "2K", "4K"])
@pytest.mark.parametrize("ratio", ROWS)
def test_flash_gives_the_published_size(size, ratio):
    assert pixel_size(FLASH, size, ratio) == cell(ratio, size)


@pytest.mark.parametrize("size", ["1K", "2K", "4K"])
@pytest.mark.parametrize("ratio", sorted(ROWS.keys() - TALL_OR_WIDE))
def test_pro_gives_the_published_size(size, ratio):
    assert pixel_size(PRO, size, ratio) == cell(ratio, size)


@pytest.mark.parametrize("ratio", ROWS)
def test_every_size_has_the_shape_that_its_ratio_says(ratio):
    across, down = map(int, ratio.split(":"))
    width, height = pixel_size(FLASH, "1K", ratio)
    assert width / height == pytest.approx(across / down, rel=0.04)


@pytest.mark.parametrize(
    ("model", "size", "ratio"),
    [(PRO, "512px", "1:1"), (PRO, "1K", "1:8"), (FLASH, "8K", "1:1"), (FLASH, "1K", "7:5"), ("other", "1K", "1:1")],
)
def test_what_a_model_does_not_offer_is_refused(model, size, ratio):
    with pytest.raises(ValueError, match="makes no"):
        pixel_size(model, size, ratio)
