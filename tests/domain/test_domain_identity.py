"""When two requests are the same request."""

from __future__ import annotations

import pytest

from ima_nano_banana.domain.identity import identity, key_fingerprint, subject

WHO = {
    "realm": "ima",
    "user_id": "u1",
    "task_type": "image_to_image",
    "model_id": "gemini-3-pro-image",
    "count": 1,
    "prompt": "a banana",
    "images": ("d1", "d2"),
}
WHAT = {"size": "1K", "aspect_ratio": "1:1", "version_id": None, "extra": ()}


def test_the_same_request_has_the_same_digest_and_it_never_changes_between_releases():
    """An upgrade must not forget which requests are already paid for."""
    assert identity(**WHO, **WHAT) == identity(**{**WHO, "images": ["d1", "d2"]}, **{**WHAT, "size": "1k"})
    old = {**WHO, "key": key_fingerprint("ima_key")}
    assert identity(**old, **WHAT) == "5b3455f1db83563940555ab59a07b6c87c8dcb62cf8e3bd14772092916f6e94f"
    assert subject(**old) == "0b50605984244b58c515ffcbb79d404f77d19e073fb26daebcd73571bb296f22"
    assert identity(**WHO, **WHAT) == "ee555e4c7d25bc94a75f8ef3a60abbcac28108e5bbec09ce69cdb942f5d3bcab"
    assert subject(**WHO) == "922da2d4fb1be8d643830ae4e4b7ff0b6f4d3cb5ca40c836c19f1295863d1c72"
    assert key_fingerprint("ima_key") == "5b9d45864e5a3779"


@pytest.mark.parametrize(
    "other",
    [
        {"realm": "sandbox"},
        {"user_id": "u2"},
        {"task_type": "text_to_image"},
        {"model_id": "gemini-3.1-flash-image"},
        {"count": 2},
        {"prompt": "a banana "},
        {"images": ("d2", "d1")},
        {"images": ("d1d2",)},
    ],
)
def test_another_user_prompt_or_picture_is_another_request(other):
    assert identity(**{**WHO, **other}, **WHAT) != identity(**WHO, **WHAT)
    assert subject(**{**WHO, **other}) != subject(**WHO)


@pytest.mark.parametrize(
    "other", [{"size": "2K"}, {"aspect_ratio": "16:9"}, {"version_id": "v2"}, {"extra": (("quality", "high"),)}]
)
def test_another_size_ratio_or_parameter_is_another_request_of_the_same_subject(other):
    assert identity(**WHO, **{**WHAT, **other}) != identity(**WHO, **WHAT)


def test_the_order_of_parameters_does_not_matter():
    one = identity(**WHO, **{**WHAT, "extra": (("a", "1"), ("b", "2"))})
    assert one == identity(**WHO, **{**WHAT, "extra": (("b", "2"), ("A", "1"))})


def test_a_fingerprint_tells_keys_apart_without_telling_them():
    assert key_fingerprint("ima_a") != key_fingerprint("ima_b")
    assert "ima_a" not in key_fingerprint("ima_a")
    assert len(key_fingerprint("ima_\udcff")) == 16
