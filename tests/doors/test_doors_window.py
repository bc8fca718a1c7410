"""Help and tables fit the window; what a person asked not to see stays away; sub-commands explain themselves."""

from __future__ import annotations

from typing import Any

import pytest

from ima_nano_banana.doors import completion
from ima_nano_banana.doors.cli import commands
from ima_nano_banana.doors.layout import room, table, width

EVERY = [
    *((name,) for name in commands.HOMES),
    *((name, own.name) for name in commands.HOMES for own in commands.load(name).commands),
]
MAKE = ("generate", "a cat on the moon", "--sandbox")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_the_window(ima: Any, monkeypatch: pytest.MonkeyPatch, columns: int, language: str):
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in ((), *EVERY):
        told = ima(*words, "--help", "--language", language, door="command").out
        # An address or a quoted prompt of an example is never cut: it is there to be copied.
        wide = [line for line in told.splitlines() if width(line) > columns and "://" not in line and '"' not in line]
        assert wide == [], words


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_tables_fit_the_window_and_leave_nothing_out(ima: Any, monkeypatch: pytest.MonkeyPatch, columns: int):
    made = ima(*MAKE, "--json", door="command").json
    ima("limits", "set", "--daily", "100", "--each-user", "--sandbox", door="command")
    ima("prefs", "set", "--model-id", "pro", "--sandbox", door="command")
    monkeypatch.setenv("COLUMNS", str(columns))
    for language in ("zh", "en"):
        for words in (["tasks"], ["costs"], ["limits", "show"], ["prefs", "show"], ["models"], ["quote"]):
            told = ima(*words, "--sandbox", "--language", language, door="command").out
            assert max(map(width, told.splitlines())) <= columns, words
            if words == ["tasks"]:
                assert made["task_id"] in told
                assert "a cat on the moon" in told


@pytest.mark.parametrize(("told", "columns"), [("10", 40), ("500", 200), ("120", 120), ("", 80), ("wide", 80)])
def test_a_window_is_taken_to_have_40_to_200_columns(monkeypatch: pytest.MonkeyPatch, told: str, columns: int):
    monkeypatch.setenv("COLUMNS", told)
    assert room() == columns


def test_a_row_that_is_too_wide_goes_on_below_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "40")
    told = table(["一", "b", "c"], [["x" * 20, "y" * 10, "z" * 30]]).splitlines()
    assert told == ["一" + " " * 20 + "b", "  c", "x" * 20 + "  " + "y" * 10, "  " + "z" * 30]


def test_states_and_kinds_of_tasks_have_chinese_names(ima: Any, monkeypatch: pytest.MonkeyPatch):
    ima(*MAKE, door="command")
    monkeypatch.setenv("IMA_LANGUAGE", "zh")
    assert "完成" in ima("tasks", "--sandbox", door="command").out
    assert "文生图" in ima("models", "--sandbox", door="command").out
    assert "done" not in ima("tasks", "--sandbox", door="command").out
    assert "完成" in ima("tasks", "--sandbox", "--state", "完成", door="command").out
    assert "完成" not in ima("tasks", "--sandbox", "--state", "失败", door="command").out


@pytest.mark.parametrize("quiet", ["-q", "--quiet"])
def test_quiet_leaves_the_result_and_what_went_wrong(ima: Any, quiet: str):
    well = ima(*MAKE, quiet, door="command")
    assert (well.code, well.err) == (0, "")
    assert "Saved" in well.out
    wrong = ima(*MAKE, quiet, "--max-credits", "1", door="command")
    assert (wrong.code, wrong.out) == (5, "")
    assert "6 points" in wrong.err
    adjusted = ima("generate", "a cat", "--sandbox", "--size", "8K", quiet, door="command")
    assert "8K" in adjusted.err


def test_verbose_shows_the_log_without_the_prompt(ima: Any):
    told = ima(*MAKE, "-v", door="command")
    assert "POST api.imastudio.com/open/v1/tasks/create 200" in told.err
    assert "moon" not in told.err
    assert "POST" not in ima(*MAKE, "--again", door="command").err
    assert ima(*MAKE, "-q", "-v", door="command").code == 2


@pytest.mark.parametrize("verb", ["status", "cancel", "retry"])
def test_what_is_done_with_shared_batches_has_help_of_its_own(ima: Any, verb: str):
    told = ima("batch", verb, "--help", door="command")
    assert (told.code, told.err) == (0, "")
    assert f"nano-banana batch {verb}" in told.out
    assert "--concurrency" not in told.out
    assert told.out == ima("help", "batch", verb, door="command").out
    assert verb in ima("batch", "--help", door="command").out
    for shell in ("bash", "zsh", "fish", "powershell"):
        assert verb in completion.script_for(shell)
    assert ima("batch", verb, "x", door="command").code == 2


def test_the_programs_help_names_what_any_command_takes(ima: Any):
    told = ima("--help", door="command").out
    assert all(one in told for one in ("--version", "--quiet, -q", "--verbose, -v", "--language"))


def test_a_command_that_has_ended_asks_nothing(ima: Any):
    offer = "Would you like me to try again?"
    wrong = ("--sandbox", "--sandbox-scene", "fails")
    assert offer not in ima("generate", "a cat", *wrong, door="command").err
    assert offer in ima("--prompt", "a dog", *wrong).err


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5", ""])
def test_a_wrong_count_is_told_the_range(ima: Any, count: str):
    told = ima(*MAKE, f"--count={count}", door="command")
    assert told.code == 2
    assert "1 to 4" in told.err


def test_a_wrong_budget_is_told_what_it_takes(ima: Any):
    assert "a whole number of at least 0" in ima(*MAKE, "--max-credits", "10.5", door="command").err


def test_resuming_an_unknown_id_books_nothing(ima: Any):
    assert ima("resume", "nothing-of-that-name", "--sandbox", door="command").code == 6
    assert ima("tasks", "--sandbox", "--json", door="command").json["tasks"] == []
