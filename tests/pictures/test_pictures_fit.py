"""Copies that fit and previews, while the original stays as it is."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ima_nano_banana.pictures.fit import fit
from ima_nano_banana.pictures.measure import UnusableError, measure
from ima_nano_banana.pictures.thumbnail import thumbnail


@pytest.fixture
def noise(tmp_path):
    path = tmp_path / "moon-1.png"
    Image.effect_noise((400, 300), 90).convert("RGB").save(path)
    return path


def test_a_picture_that_fits_is_sent_as_it_is(tmp_path, noise):
    assert fit(noise, noise.stat().st_size, tmp_path / "out", now=0.0) == noise
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("limit", [100_000, 30_000, 5_000])
def test_a_copy_fits_the_limit_and_the_original_is_untouched(tmp_path, noise, limit):
    before = noise.read_bytes()
    copy = fit(noise, limit, tmp_path / "out", now=0.0)
    assert copy is not None
    assert copy.name == "moon-1-fit.jpg"
    assert copy.stat().st_size <= limit
    found = measure(copy)
    assert found.width / found.height == pytest.approx(4 / 3, rel=0.05)
    assert noise.read_bytes() == before
    assert list(copy.parent.iterdir()) == [copy]


def test_quality_gives_way_before_size(tmp_path, noise):
    copy = fit(noise, noise.stat().st_size - 1, tmp_path / "out", now=0.0)
    assert copy is not None
    assert (measure(copy).width, measure(copy).height) == (400, 300)


def test_no_copy_is_better_than_one_nobody_can_see(tmp_path, noise):
    assert fit(noise, 100, tmp_path / "out", now=0.0) is None


def test_what_is_transparent_becomes_white(tmp_path):
    path = tmp_path / "clear.png"
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(path)
    assert Image.open(io.BytesIO(thumbnail(path).data)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("suffix", "size", "expected"),
    [("png", (400, 100), (128, 32)), ("jpg", (1600, 1200), (128, 96)), ("webp", (50, 40), (50, 40))],
)
def test_a_preview_is_small_and_keeps_the_shape(tmp_path, suffix, size, expected):
    path = tmp_path / f"x.{suffix}"
    Image.new("RGB", size, "gold").save(path)
    small = thumbnail(path, 128)
    image = Image.open(io.BytesIO(small.data))
    assert image.format == "JPEG"
    assert image.size == (small.width, small.height) == expected


@pytest.mark.parametrize("data", [b"", b"text", b"\x89PNG\r\n\x1a\n" + b"\0" * 99])
def test_what_is_no_picture_is_said_to_be_none(tmp_path, data):
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(UnusableError):
        thumbnail(tmp_path / "x.png")
    with pytest.raises(UnusableError):
        fit(tmp_path / "x.png", -1, tmp_path, now=0.0)


def test_a_file_that_is_gone_is_an_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        thumbnail(tmp_path / "x.png")
