"""The evaluations: enough of them, in both languages, and every expected command does what its entry says."""

from __future__ import annotations

import check
import pytest

ENTRIES = check.entries()
RUN = [entry for entry in ENTRIES if entry["command"]]


def test_there_are_enough_in_both_languages_and_many_are_out_of_scope():
    assert len(ENTRIES) >= 40
    outside = [entry for entry in ENTRIES if not entry["in_scope"]]
    assert len(outside) >= 20
    assert len(RUN) >= 40  # requests that lead to a command
    for language in ("zh", "en"):
        assert sum(entry["language"] == language for entry in ENTRIES) >= 18
        assert sum(entry["language"] == language for entry in outside) >= 8


def test_every_entry_is_told_apart_and_says_what_should_happen():
    assert [entry["id"] for entry in ENTRIES] == list(range(1, len(ENTRIES) + 1))
    assert len({entry["prompt"] for entry in ENTRIES}) == len(ENTRIES)
    assert all(entry["expected_output"] for entry in ENTRIES)
    talk = [entry for entry in ENTRIES if entry["command"] is None and entry["in_scope"]]
    assert all(entry["expect"]["says"] for entry in talk)  # nothing to run, but something to say


@pytest.mark.parametrize("entry", RUN, ids=lambda entry: str(entry["id"]))
def test_the_expected_command_does_what_the_entry_says(entry, skill):
    from ima_nano_banana.doors.cli import main as command

    for told in entry.get("owner", ()):
        assert command.main([*told.split(), "--sandbox", "--quiet"]) == 0
    if entry["expect"].get("needs_picture"):
        assert skill(["--prompt", "before", "--sandbox", "--output-json"])[0] == 0
    for earlier in entry.get("before", ()):
        skill(check.prepared(earlier)[0][2:])
    argv, stdin = check.prepared(entry["command"])
    assert check.verdict(entry, *skill(argv[2:], stdin)) == []


def test_the_checker_notices_a_command_that_does_something_else(skill):
    entry = {"expect": {"exit": 0, "size": "4K", "adjusted": "size"}}
    code, out = skill(["--prompt", "x", "--sandbox", "--output-json"])
    assert len(check.verdict(entry, code, out)) == 2
