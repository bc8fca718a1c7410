"""Where a picture lies for OpenClaw, and how large it is there."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ima_nano_banana.deliver.attach import attachable

if TYPE_CHECKING:
    from pathlib import Path

ROOMY = 10_000_000


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """A picture that compresses badly, somewhere on the disk."""
    file = tmp_path / "pictures" / "夏天-1234.png"
    file.parent.mkdir()
    Image.frombytes("RGB", (256, 256), random.Random(7).randbytes(256 * 256 * 3)).save(file)
    return file


def test_a_picture_elsewhere_is_copied_to_where_openclaw_may_read_it(noise, tmp_path):
    copy = attachable(noise, ROOMY, tmp_path / "state")
    assert copy == tmp_path / "state/media/outbound/夏天-1234.png"
    assert copy.read_bytes() == noise.read_bytes()


@pytest.mark.parametrize("folder", ["media/outbound", "media", "workspace/pics"])
def test_a_picture_that_openclaw_may_read_is_not_copied(folder, noise, tmp_path):
    file = tmp_path / "state" / folder / "a.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(noise.read_bytes())
    assert attachable(file, ROOMY, tmp_path / "state") == file


def test_a_link_in_an_allowed_folder_that_leads_out_of_it_is_copied(noise, tmp_path):
    link = tmp_path / "state/media/link.png"
    link.parent.mkdir(parents=True)
    link.symlink_to(noise)
    copy = attachable(link, ROOMY, tmp_path / "state")
    assert copy is not None
    assert not copy.is_symlink()
    assert copy.read_bytes() == noise.read_bytes()


def test_a_picture_above_the_limit_is_sent_as_a_copy_that_fits_and_the_original_stays(noise, tmp_path):
    before = noise.read_bytes()
    copy = attachable(noise, 100_000, tmp_path / "state")
    assert copy is not None
    assert copy.is_relative_to(tmp_path / "state/media/outbound")
    assert copy.stat().st_size <= 100_000
    assert noise.read_bytes() == before


def test_sending_the_same_picture_again_makes_no_second_copy(noise, tmp_path):
    first = attachable(noise, ROOMY, tmp_path / "state")
    assert attachable(noise, ROOMY, tmp_path / "state") == first


def test_a_picture_that_is_gone_or_cannot_be_copied_is_none_and_no_crash(noise, tmp_path):
    assert attachable(tmp_path / "gone.png", ROOMY, tmp_path / "state") is None
    (tmp_path / "state").write_text("a file where the folder should be")
    assert attachable(noise, ROOMY, tmp_path / "state") is None


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_folder_of_pictures_for_the_chat_is_closed_to_other_users(noise, tmp_path):
    attachable(noise, ROOMY, tmp_path / "state")
    assert (tmp_path / "state/media/outbound").stat().st_mode & 0o077 == 0
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
