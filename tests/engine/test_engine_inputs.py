"""Input pictures on their way through the engine: looked at before a spend, copied without metadata, remarked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from engine_kit import Stage, stage
from PIL import Image

from ima_nano_banana.doors import messages
from ima_nano_banana.errors import TimeoutFault, UsageFault

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

SECRET = b"a place that nobody should know"


def photo(path: Path, orientation: int = 1) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET.decode()
    Image.new("RGB", (40, 20), "red").save(path, exif=exif)


def uploaded(on: Stage) -> list[bytes]:
    return [bytes(row[0]) for row in on.world.store.rows("SELECT data FROM uploads WHERE data IS NOT NULL")]


async def test_the_place_of_a_photo_is_not_uploaded_and_the_result_says_so(tmp_path: Path) -> None:
    photo(tmp_path / "photo.jpg", orientation=6)
    photo(tmp_path / "plain.jpg")
    async with stage(tmp_path) as on:
        result = await on.make(images=("photo.jpg", "plain.jpg"))
        copies = uploaded(on)
    assert len(copies) == 2
    assert not any(SECRET in copy for copy in copies)
    for language in ("zh", "en"):
        told = [messages.note(one, language) for one in result.notes]
        assert len(told) == 2
        assert "photo.jpg" in told[0]
        assert "plain.jpg" in told[0]
        assert "photo.jpg" in told[1]
        assert "plain.jpg" not in told[1]


async def test_metadata_are_uploaded_if_that_is_asked_for_and_nothing_is_said(tmp_path: Path) -> None:
    photo(tmp_path / "photo.jpg", orientation=6)
    async with stage(tmp_path) as on:
        result = await on.make(images=("photo.jpg",), how={"keep_metadata": True})
        assert uploaded(on) == [(tmp_path / "photo.jpg").read_bytes()]
    assert result.notes == ()


@pytest.mark.parametrize("share", [0.02, 0.34, 0.98])
async def test_a_broken_picture_is_refused_before_anything_is_asked_or_uploaded(tmp_path: Path, share: float) -> None:
    photo(tmp_path / "whole.jpg")
    data = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "photo.jpg").write_bytes(data[: max(4, int(len(data) * share))])
    async with stage(tmp_path) as on:
        with pytest.raises(UsageFault) as caught:
            await on.make(images=("whole.jpg", "photo.jpg"))
        assert (on.charged, on.world.books.count("put"), on.world.books.count("create")) == (0, 0, 0)
    assert (caught.value.code, caught.value.charged) == ("image.damaged", "no")


async def test_a_name_that_looks_alike_is_taken_and_said(tmp_path: Path) -> None:
    photo(tmp_path / "Bild 9.41.00\u202fPM.jpg")
    async with stage(tmp_path) as on:
        result = await on.make(images=("'Bild 9.41.00 PM.jpg'",))
        assert on.charged > 0
    assert "Bild 9.41.00\u202fPM.jpg" in messages.note(result.notes[0], "en")


async def test_a_request_is_known_by_the_original_whatever_goes_up(tmp_path: Path) -> None:
    """The same photo, once with and once without its metadata, is one request while that is open."""
    photo(tmp_path / "photo.jpg")
    async with stage(tmp_path, seconds=1000.0) as on:
        for keep in (False, True):
            with pytest.raises(TimeoutFault):
                await on.make(images=("photo.jpg",), how={"keep_metadata": keep, "timeout": 5.0})
        assert on.world.books.count("create") == 1
