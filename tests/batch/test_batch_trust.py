"""A worker's files are its own, whatever stands in the shared books. Needs no database."""

from __future__ import annotations

import pytest

from ima_nano_banana.cluster import trust
from ima_nano_banana.errors import UsageFault


@pytest.mark.parametrize("told", ["/etc/x", "../x", "a/../../x", "C:/x", "", "a\\..\\b"])
def test_a_row_never_names_a_file_outside_the_workers_folder(told: str) -> None:
    with pytest.raises(UsageFault):
        trust.stem(told)


@pytest.mark.parametrize("told", ["..", ".", "", "a/b", "/etc", "C:", "a\\b", "a\0"])
def test_a_batch_never_names_a_folder_outside_the_workers(told: str) -> None:
    with pytest.raises(UsageFault):
        trust.folder(told)


@pytest.mark.parametrize("told", ["../x.png", "/etc/passwd", "x", "A" * 64 + ".png", "a" * 64 + "./../../x"])
def test_a_stored_input_is_a_digest_and_nothing_else(told: str) -> None:
    with pytest.raises(UsageFault):
        trust.stored_name(told)


@pytest.mark.parametrize("told", ["/etc/passwd", "secret.png", "~/x.png", "file:///etc/passwd"])
def test_a_workers_own_files_are_never_inputs(told: str) -> None:
    with pytest.raises(UsageFault):
        trust.address(told)


def test_what_a_submit_writes_is_taken() -> None:
    assert str(trust.stem("cats/one")) == "cats/one"
    assert trust.folder("0a1b") == "0a1b"
    assert trust.stored_name("0" * 64 + ".png")
    assert trust.address("https://example.com/a.png")
