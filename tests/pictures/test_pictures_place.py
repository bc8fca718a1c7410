"""Finished files get names, and never another file's."""

from __future__ import annotations

import errno
import os
import threading

import pytest

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.pictures import place


def part(folder, data: bytes):
    path, file = place.part_file(folder, 0.0)
    with file:
        file.write(data)
    return path


def test_an_existing_file_is_never_replaced(tmp_path):
    folder = tmp_path / "out"
    names = [place.settle(part(folder, data), "x", "png").name for data in (b"1", b"2", b"3")]
    assert names == ["x.png", "x (2).png", "x (3).png"]
    assert [(folder / name).read_bytes() for name in names] == [b"1", b"2", b"3"]
    assert len(list(folder.iterdir())) == 3


def test_the_same_bytes_under_the_same_name_are_not_saved_twice(tmp_path):
    folder = tmp_path / "out"
    first = place.settle(part(folder, b"1"), "x", "png")
    assert place.settle(part(folder, b"1"), "x", "png") == first
    assert list(folder.iterdir()) == [first]


@pytest.mark.parametrize("links", [True, False])
def test_savers_that_race_for_one_name_each_get_their_own(tmp_path, monkeypatch, links):
    if not links:

        def none(*_):
            raise OSError(errno.EPERM, "no links here")

        monkeypatch.setattr(os, "link", none)
    folder = tmp_path / "out"
    parts = [part(folder, b"%d" % number) for number in range(12)]
    start = threading.Barrier(len(parts))
    taken = []

    def run(one):
        start.wait(90)
        taken.append(place.settle(one, "x", "png"))

    threads = [threading.Thread(target=run, args=(one,)) for one in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert len(set(taken)) == 12
    assert {path.read_bytes() for path in folder.iterdir()} == {b"%d" % number for number in range(12)}


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_a_link_that_leads_nowhere_is_not_replaced_either(tmp_path):
    folder = tmp_path / "out"
    one = part(folder, b"1")
    (folder / "x.png").symlink_to("nowhere")
    assert place.settle(one, "x", "png").name == "x (2).png"
    assert not (folder / "nowhere").exists()


def test_parts_of_a_killed_process_are_swept_after_a_day_and_younger_ones_are_not(tmp_path):
    old, young = part(tmp_path, b"old"), part(tmp_path, b"young")
    os.utime(old, (1000, 1000))
    os.utime(young, (80_000, 80_000))
    place.part_file(tmp_path, 100_000.0)[1].close()
    assert not old.exists()
    assert young.exists()


def test_a_folder_that_can_not_be_written_is_known_before_anything_is_paid(tmp_path):
    (tmp_path / "file").touch()
    assert place.ready_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    for bad in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "nul\0"):
        with pytest.raises(UsageFault) as caught:
            place.ready_folder(bad)
        assert caught.value.code == "download.folder"
    assert list((tmp_path / "a" / "b").iterdir()) == []
