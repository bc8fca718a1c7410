"""A name that is almost that of a file means it, if it can mean only one."""

from __future__ import annotations

import io
import unicodedata

import pytest
from PIL import Image

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures.inputs import look


def placed(path):
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.getvalue())
    return path


@pytest.mark.parametrize(
    ("real", "asked"),
    [
        (unicodedata.normalize("NFD", "café.png"), unicodedata.normalize("NFC", "café.png")),
        (unicodedata.normalize("NFC", "카페.png"), unicodedata.normalize("NFD", "카페.png")),
        ("Screenshot 2026-11-25 at 3.04.05\u202fPM.png", "Screenshot 2026-11-25 at 3.04.05 PM.png"),
        ("a b.png", "a\u00a0b.png"),
        ("a\u3000b.png", "a b.png"),
        ("my photo.png", "my\\ photo.png"),
        ("my photo (1).png", "my\\ photo\\ \\(1\\).png"),
        ("my photo.png", '"my photo.png"'),
        ("my photo.png", "'my photo.png'"),
        ("my photo.png", "“my photo.png”"),
        ("my photo.png", "my%20photo.png"),
        ("照片.png", "%E7%85%A7%E7%89%87.png"),
        ("my photo.png", "@my photo.png"),
        ("my photo.png", "'@my%20photo.png'"),
        ("Bob's.png", "Bob’s.png"),
        ("照片（１）.png", "照片(1).png"),
        ("IMG_1.png", "ＩＭＧ＿１.png"),
        ("a&b.png", "a&amp;b.png"),
        ("Bob's.png", "Bob&#39;s.png"),
        ("photo.png", "file://photo.png"),
        ("photo.png", "file:photo.png"),
        ("folder é/photo.png", "folder e\u0301/photo.png"),
        ("photo.png", "photo.png\u200b"),
        ("photo.png", "\u202aphoto.png"),
    ],
)
def test_the_only_file_that_looks_like_the_name_is_taken(tmp_path, real, asked):
    path = placed(tmp_path / real)
    for spelled in (asked, f"{tmp_path}/{asked}" if asked[0] not in "\"'“@f\u202a" else asked):
        found = look(spelled, tmp_path)
        assert found.path == path
        assert found.alike


@pytest.mark.parametrize("form", ["{}", "@{}", "'{}'", "file://{}"])
def test_a_whole_path_may_be_wrapped_too(tmp_path, form):
    path = placed(tmp_path / "a b.png")
    asked = form.format(str(path).replace(" ", "%20"))
    assert look(asked, tmp_path / "elsewhere").path == path


@pytest.mark.parametrize("name", ["100%25.png", "@me.png", "'q'.png", "a\\ b.png", "a\u202fb.png"])
def test_the_exact_name_always_wins_and_nothing_is_said(tmp_path, name):
    path = placed(tmp_path / name)
    placed(tmp_path / "100%.png")
    placed(tmp_path / "me.png")
    placed(tmp_path / "q.png")
    placed(tmp_path / "a b.png")
    found = look(name, tmp_path)
    assert (found.path, found.alike) == (path, False)


def test_two_files_that_look_alike_are_named_and_none_is_taken(tmp_path):
    placed(tmp_path / "a\u202fb.png")
    placed(tmp_path / "a\u00a0b.png")
    with pytest.raises(UsageFault) as caught:
        look("a b.png", tmp_path)
    assert caught.value.code == "image.ambiguous"
    assert len(caught.value.params["names"]) == 2


@pytest.mark.parametrize("asked", ["phto.png", "photo.jpg", "Photo.PNG"])
def test_a_name_that_is_only_close_is_named_and_not_taken(tmp_path, asked):
    placed(tmp_path / "photo.png")
    with pytest.raises(UsageFault) as caught:
        look(asked, tmp_path)
    assert (caught.value.code, list(caught.value.params["names"])) == ("image.missing_near", ["photo.png"])


def test_a_name_without_its_ending_is_named_and_not_taken(tmp_path):
    placed(tmp_path / "微信图片_2026.png")
    with pytest.raises(UsageFault) as caught:
        look("微信图片_2026", tmp_path)
    assert list(caught.value.params["names"]) == ["微信图片_2026.png"]


@pytest.mark.parametrize("asked", ["..%2fsecret.png", "%2e%2e%2fsecret.png", "photo1.png", "http://x/photo.png"])
def test_no_spelling_leads_elsewhere(tmp_path, asked):
    placed(tmp_path / "secret.png")
    placed(tmp_path / "in" / "photo①.png")
    with pytest.raises(UsageFault):
        look(asked, tmp_path / "in")
