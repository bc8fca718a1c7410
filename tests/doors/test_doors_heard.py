"""An answer that standard output does not take is not given: it is said on standard error, and given again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from ima_nano_banana import words

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a disk that is always full")  # noqa: PTH110

SCRIPT = ("--prompt", "a cat", "--sandbox")
COMMAND = ("generate", "a cat", "--sandbox")
MODES = [(), ("--output-json",), ("--events",)]


@pytest.fixture
def unheard(ima, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Run a door whose standard output is a full disk, or a pipe that nobody reads."""

    def run(*argv: str, door: str = "script", pipe: bool = False):
        with monkeypatch.context() as lost:
            if pipe:
                reading, writing = os.pipe()
                os.close(reading)
                stream = os.fdopen(writing, "w")
            else:
                stream = open("/dev/full", "w")  # noqa: PTH123, SIM115
            lost.setattr(sys, "stdout", stream)
            told = ima(*argv, door=door)
            stream.close()
        return told

    return run


def only(ima) -> dict:
    [row] = ima("tasks", "--json", "--sandbox", door="command").json["tasks"]
    return row


@pytest.mark.parametrize("pipe", [False, True])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("door", "argv"), [("script", SCRIPT), ("command", COMMAND)])
def test_a_result_that_was_not_taken_is_handed_over_by_the_same_command(
    ima, unheard, door: str, argv: tuple[str, ...], mode: tuple[str, ...], pipe: bool
) -> None:
    lost = unheard(*argv, *mode, door=door, pipe=pipe)
    row = only(ima)
    assert lost.code == 12
    assert row["task_id"] in lost.err
    assert row["files"][0] in lost.err
    assert "Traceback" not in lost.err
    assert (row["state"], row["told_at"]) == ("done", None)

    told = ima(*argv, "--output-json", door=door)
    assert (told.code, told.json["task_id"], told.json["files"]) == (0, row["task_id"], row["files"])
    assert only(ima)["told_at"] is not None

    assert ima(*argv, "--output-json", door=door).json["task_id"] != row["task_id"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_was_not_taken_is_said_in_the_language_of_the_run(ima, unheard, language: str) -> None:
    lost = unheard(*SCRIPT, "--output-json", "--language", language)
    reason = os.strerror(28)
    row = only(ima)
    assert words.text("download.not_told", language, id=row["task_id"], reason=reason) in lost.err
    assert words.text("download.not_told.do", language) in lost.err


@pytest.mark.parametrize("mode", MODES[1:])
def test_a_failure_that_was_not_taken_is_told_again(ima, unheard, mode: tuple[str, ...]) -> None:
    lost = unheard(*SCRIPT, *mode, "--sandbox-scene", "fails")
    row = only(ima)
    assert (lost.code, row["told_at"]) == (12, None)
    assert row["task_id"] in lost.err
    again = ima(*SCRIPT, "--output-json")
    assert (again.code, again.json["error"]["task_id"]) == (7, row["task_id"])
    assert ima(*SCRIPT, "--output-json").code == 0


def test_a_partial_result_that_was_not_taken_is_handed_over(ima, unheard) -> None:
    lost = unheard(*SCRIPT, "--count", "3", "--output-json", "--sandbox-scene", "partial")
    assert lost.code == 12
    again = ima(*SCRIPT, "--count", "3", "--output-json")
    assert (again.code, len(again.json["files"])) == (11, 2)
    assert again.json["task_id"] == only(ima)["task_id"]


def test_resume_hands_over_what_was_not_taken(ima, unheard) -> None:
    unheard(*SCRIPT, "--output-json")
    row = only(ima)
    told = ima("resume", row["task_id"], "--sandbox", "--json", door="command")
    assert (told.code, told.json["files"]) == (0, row["files"])
    assert only(ima)["told_at"] is not None


def test_resume_of_everything_hands_over_what_was_not_taken(ima, unheard) -> None:
    unheard(*SCRIPT, "--output-json")
    row = only(ima)
    told = ima("resume", "--all", "--sandbox", "--json", door="command")
    assert [one["files"] for one in told.json["results"]] == [row["files"]]
    assert only(ima)["told_at"] is not None
    assert ima("resume", "--all", "--sandbox", "--json", door="command").json["results"] == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("door", "argv"),
    [
        ("script", ("--prompt", "a cat", "--sandbox", "--dry-run")),
        ("script", ("--list-models", "--sandbox")),
        ("command", ("quote", "a cat", "--sandbox")),
        ("command", ("models", "--sandbox")),
        ("command", ("resume", "--sandbox")),
        ("command", ("resume", "--all", "--sandbox")),
    ],
)
def test_an_answer_that_was_not_taken_does_not_end_well(
    unheard, door: str, argv: tuple[str, ...], mode: tuple[str, ...]
) -> None:
    lost = unheard(*argv, *mode, door=door)
    assert lost.code == 13
    assert os.strerror(28) in lost.err


@pytest.mark.parametrize(
    "argv",
    [
        ("tasks", "--sandbox"),
        ("tasks", "--json"),
        ("costs", "--json"),
        ("limits", "show"),
        ("--help",),
        ("generate", "--help"),
        ("--version",),
    ],
)
def test_no_command_ends_well_on_a_full_disk(unheard, argv: tuple[str, ...]) -> None:
    lost = unheard(*argv, door="command")
    assert lost.code == 13
    assert os.strerror(28) in lost.err


def test_a_mistake_keeps_its_own_code_on_a_full_disk(unheard) -> None:
    lost = unheard("--prompt", "", "--output-json")
    assert lost.code == 2
    assert os.strerror(28) in lost.err


def test_a_refusal_keeps_its_own_code_and_frees_the_request(ima, unheard) -> None:
    assert unheard(*SCRIPT, "--output-json", "--sandbox-scene", "no-credits").code == 4
    assert ima(*SCRIPT, "--output-json").code == 0
