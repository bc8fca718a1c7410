"""A picture of another size or shape than asked for is said to be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.domain.model import Adjustment
from ima_nano_banana.domain.pixels import measured_adjustments, size_class


@pytest.mark.parametrize(
    ("size", "ratio", "width", "height"),
    [
        ("1K", "1:1", 1024, 1024),
        ("1K", "16:9", 1376, 768),
        ("1K", "9:16", 768, 1376),
        ("1K", "21:9", 1584, 672),
        ("2K", "16:9", 2752, 1536),
        ("4K", "1:1", 4096, 4096),
        ("4K", "16:9", 5504, 3072),
        ("512px", "1:1", 512, 512),
        ("1K", "4:5", 928, 1152),
        ("1K", "8:1", 3072, 384),
    ],
)
def test_the_picture_that_was_asked_for_is_left_without_a_remark(size, ratio, width, height):
    assert measured_adjustments(size, ratio, width, height) == ()


def test_a_smaller_picture_than_was_paid_for_is_told():
    assert measured_adjustments("4K", "1:1", 1024, 1024) == (Adjustment("size", "4K", "1K", "adjust.measured_size"),)


def test_another_shape_is_told_by_its_ratio_or_its_pixels():
    square = Adjustment("aspect_ratio", "16:9", "1:1", "adjust.measured_ratio")
    assert measured_adjustments("1K", "16:9", 1024, 1024) == (square,)
    odd = Adjustment("aspect_ratio", "1:1", "1774x591", "adjust.measured_ratio")
    assert measured_adjustments("1K", "1:1", 1774, 591) == (odd,)


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [("1K", 256, 256), ("4K", 1300, 1300), ("1K", 1300, 1300), ("1K", 800, 800), ("512px", 64, 64), ("2K", 9000, 9000)],
)
def test_a_picture_of_no_known_size_is_told_by_its_pixels(size, width, height):
    assert measured_adjustments(size, "1:1", width, height) == (
        Adjustment("size", size, f"{width}x{height}", "adjust.measured_size"),
    )


def test_a_wrong_ratio_is_told_at_any_size():
    odd = Adjustment("aspect_ratio", "16:9", "1:1", "adjust.measured_ratio")
    assert odd in measured_adjustments("1K", "16:9", 64, 64)
    assert measured_adjustments(None, "16:9", 1300, 1300) == (odd,)


def test_a_picture_without_pixels_is_not_judged():
    assert measured_adjustments("1K", "1:1", 0, 0) == ()


def test_what_is_not_known_of_the_request_is_not_judged():
    assert measured_adjustments(None, None, 1024, 1024) == ()
    assert measured_adjustments("2048x2048", "wide", 1024, 1024) == ()
    assert measured_adjustments("1K", "0:0", 1024, 1024) == ()


@given(st.none() | st.text(max_size=8), st.none() | st.text(max_size=8), st.integers(-1, 10**6), st.integers(-1, 10**6))
def test_any_measure_is_judged_without_a_crash(size, ratio, width, height):
    found = measured_adjustments(size, ratio, width, height)
    assert (width > 0 and height > 0) or not found
    assert size_class(width, height) is None or size_class(width, height) in ("512px", "1K", "2K", "4K")
