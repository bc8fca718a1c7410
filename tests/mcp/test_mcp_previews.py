"""Small copies for a reply: of whole pictures in plain files, and of nothing else."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from ima_nano_banana.doors.mcp.previews import ALL_BYTES, LONGEST_SIDE, previews


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name")
def test_a_pipe_with_the_name_of_a_picture_holds_up_no_reply(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cat.png")

    assert previews((str(tmp_path / "cat.png"), str(tmp_path / "gone.png"))) == [None, None]


def test_a_preview_is_a_jpeg_on_white_that_fits(tmp_path: Path) -> None:
    Image.new("RGBA", (2000, 1000), (0, 0, 0, 0)).save(tmp_path / "cat.png")

    [data] = previews((str(tmp_path / "cat.png"),))

    assert data is not None
    assert len(data) <= ALL_BYTES
    with Image.open(io.BytesIO(data)) as small:
        assert (small.format, small.size) == ("JPEG", (LONGEST_SIDE, LONGEST_SIDE // 2))
        assert small.getpixel((5, 5)) == (255, 255, 255)
