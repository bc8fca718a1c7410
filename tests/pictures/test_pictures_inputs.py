"""Input pictures are looked at before anything is sent."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest
from PIL import Image

from ima_nano_banana import words
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures import inputs
from ima_nano_banana.pictures.copies import copy_of
from ima_nano_banana.pictures.inputs import look

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def picture(made: str = "PNG", colour: str = "gold") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(file, made)
    return file.getvalue()


def refused(reference: str, cwd: Path) -> UsageFault:
    with pytest.raises(UsageFault) as caught:
        look(reference, cwd)
    for language in words.LANGUAGES:  # every refusal can be told, with advice
        assert words.text(caught.value.code, language, **caught.value.params)
        assert words.text(caught.value.code + ".do", language, **caught.value.params)
    return caught.value


@pytest.mark.parametrize(
    ("made", "content_type", "suffix"),
    [("PNG", "image/png", "png"), ("JPEG", "image/jpeg", "jpg"), ("WEBP", "image/webp", "webp")],
)
def test_the_content_decides_what_a_file_is_and_not_its_name(tmp_path, made, content_type, suffix):
    (tmp_path / "photo.txt").write_bytes(picture(made))
    found = look("photo.txt", tmp_path)
    assert (found.content_type, found.suffix) == (content_type, suffix)
    assert found.path == tmp_path / "photo.txt"
    assert found.digest == hashlib.sha256(picture(made)).hexdigest()
    assert found.size == len(picture(made))


@pytest.mark.parametrize("data", [b"just text\n", b"-----BEGIN OPENSSH PRIVATE KEY-----\nabc", b"\xff\xd8 almost"])
def test_a_secret_named_like_a_picture_never_leaves_the_machine_d28(tmp_path, data):
    (tmp_path / "photo.png").write_bytes(data)
    assert refused("photo.png", tmp_path).code in ("image.unknown", "image.format")


def test_a_refusal_names_the_format(tmp_path):
    (tmp_path / "photo.png").write_bytes(picture("GIF"))
    assert refused("photo.png", tmp_path).params["format"] == "GIF"


def test_paths_may_carry_spaces_a_tilde_or_file_urls_d47(tmp_path):
    data = picture()
    (tmp_path / "home" / "a b.png").write_bytes(data)
    (tmp_path / "照片 100%.png").write_bytes(data)
    for reference in ("  ~/a b.png\n", "home/a b.png", (tmp_path / "home" / "a b.png").as_uri()):
        assert look(reference, tmp_path).path == tmp_path / "home" / "a b.png", reference
    assert look((tmp_path / "照片 100%.png").as_uri(), tmp_path).path == tmp_path / "照片 100%.png"
    localhost = (tmp_path / "照片 100%.png").as_uri().replace("file://", "FILE://localhost")
    assert look(localhost, Path("/")).path == tmp_path / "照片 100%.png"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("nothing.png", "image.missing"),
        ("a\0b.png", "image.missing"),
        ("~nobody-of-that-name/x.png", "image.missing"),
        ("", "image.empty_reference"),
        ("  ", "image.empty_reference"),
        ("ftp://example.com/x.png", "image.scheme"),
        ("data:image/png;base64,AAAA", "image.scheme"),
        ("file://server/share/x.png", "image.remote_file"),
        ("file://[::1/x.png", "image.remote_file"),
        ("folder", "image.not_a_file"),
        ("folder/x/y.png", "image.missing"),
        ("plain.txt/x.png", "image.missing"),
        ("empty.png", "image.empty"),
    ],
)
def test_what_is_no_picture_file_is_refused_with_advice(tmp_path, reference, code):
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain.txt").write_text("x")
    (tmp_path / "empty.png").touch()
    assert refused(reference, tmp_path).code == code


def test_a_name_too_long_for_the_file_system_is_a_refusal_and_no_crash(tmp_path):
    assert refused("x" * 5000 + ".png", tmp_path).code in ("image.unreadable", "image.missing")


@posix
def test_pipes_and_devices_are_refused_without_hanging(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert refused("pipe.png", tmp_path).code == "image.not_a_file"
    assert refused("/dev/zero", tmp_path).code == "image.not_a_file"


@posix
def test_a_link_is_judged_by_what_it_leads_to(tmp_path):
    (tmp_path / "real.png").write_bytes(picture())
    (tmp_path / "id_rsa").write_text("-----BEGIN OPENSSH PRIVATE KEY-----")
    (tmp_path / "good.png").symlink_to("real.png")
    (tmp_path / "bad.png").symlink_to("id_rsa")
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert look("good.png", tmp_path).digest == look("real.png", tmp_path).digest
    assert refused("bad.png", tmp_path).code == "image.format"
    assert refused("loop.png", tmp_path).code == "image.unreadable"


def test_thirty_million_bytes_are_accepted_and_one_more_is_not(tmp_path):
    data = picture()
    exact = tmp_path / "exact.png"
    exact.write_bytes(data)
    os.truncate(exact, inputs.MAX_BYTES)
    assert look("exact.png", tmp_path).size == 30_000_000
    os.truncate(exact, inputs.MAX_BYTES + 1)
    assert refused("exact.png", tmp_path).code == "image.too_large"


def test_the_same_content_under_two_names_is_one_upload(tmp_path):
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "b.jpg").write_bytes(picture())
    assert look("a.png", tmp_path).digest == look("b.jpg", tmp_path).digest


def test_an_https_url_is_passed_on_as_written_and_not_fetched(tmp_path):
    found = look("  https://example.com/a.jpg?x=1 ", tmp_path)
    assert (found.url, found.path, found.digest) == (
        "https://example.com/a.jpg?x=1",
        None,
        "https://example.com/a.jpg?x=1",
    )


def test_a_file_that_was_exchanged_after_the_look_is_noticed(tmp_path):
    (tmp_path / "a.png").write_bytes(picture())
    found = look("a.png", tmp_path)
    assert copy_of(found, inputs.MAX_BYTES).data == tmp_path / "a.png"
    for other in (picture(colour="blue"), b"secret"):
        (tmp_path / "a.png").write_bytes(other)
        with pytest.raises(UsageFault) as caught:
            copy_of(found, inputs.MAX_BYTES)
        assert caught.value.code == "image.changed"
    (tmp_path / "a.png").unlink()
    with pytest.raises(UsageFault):
        copy_of(found, inputs.MAX_BYTES)
