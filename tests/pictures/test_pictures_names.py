"""File names that a person can read and every file system can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.pictures.names import stem

TASK = "task_0f3c-a1b2c3d4"


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a cute puppy on grass", "a-cute-puppy-on-grass-a1b2c3d4"),
        ("一只可爱的小狗,在草地上", "一只可爱的小狗-在草地上-a1b2c3d4"),
        ("富士山と桜、夜明け", "富士山と桜-夜明け-a1b2c3d4"),
        ("cafe\u0301 au lait", "café-au-lait-a1b2c3d4"),
        ("the cat's hat", "the-cats-hat-a1b2c3d4"),
        ("🍌🚀 banana 🌙", "banana-a1b2c3d4"),
        ("🍌🚀🌙", "picture-a1b2c3d4"),
        ("../../etc/passwd", "etc-passwd-a1b2c3d4"),
        (".hidden...", "hidden-a1b2c3d4"),
        ("C:\\Windows\\x", "C-Windows-x-a1b2c3d4"),
        ('a<b>c:d"e|f?g*h', "a-b-c-d-e-f-g-h-a1b2c3d4"),
        ("line\nbreak\ttab\0nul", "line-break-tab-nul-a1b2c3d4"),
        ("abc\u202egnp.exe", "abc-gnp-exe-a1b2c3d4"),
        ("CON", "CON-a1b2c3d4"),
        (None, "picture-a1b2c3d4"),
        ("", "picture-a1b2c3d4"),
    ],
)
def test_a_prompt_becomes_a_readable_name(prompt, name):
    assert stem(prompt, TASK) == name


def test_each_of_several_pictures_has_its_number():
    assert stem("x", TASK, 2) == "x-a1b2c3d4-2"


def test_a_long_prompt_is_cut_at_forty_characters_or_at_the_word_before():
    assert stem("香" * 300, TASK) == "香" * 40 + "-a1b2c3d4"
    words = stem("word " * 60, TASK).removesuffix("-a1b2c3d4")
    assert words == "-".join(["word"] * 8)
    assert stem("x" * 300, TASK) == "x" * 40 + "-a1b2c3d4"


@pytest.mark.parametrize("prompt", ["CON", "nul", "com1", "LPT¹"])
def test_a_device_name_of_windows_is_never_a_file_name(prompt):
    assert stem(prompt, "") == f"{prompt}-picture"


def test_a_hostile_task_id_can_not_leave_the_folder():
    assert stem("x", "../../../..//\\\0") == "x"
    assert stem("x", "../a/../b..") == "x-ab"


@given(st.text(max_size=400), st.text(max_size=40), st.none() | st.integers(1, 4))
def test_every_name_fits_every_file_system(prompt, task_id, position):
    name = stem(prompt, task_id, position)
    assert name
    assert len(name.encode()) <= 200
    assert name[0] not in ".-"
    assert name[-1] not in ". "
    assert not set(name) & set('<>:"/\\|?*')
    assert name.isprintable()
