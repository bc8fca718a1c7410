"""A prompt may begin with a dash; what could be a mistyped option never becomes a prompt that is paid for."""

from __future__ import annotations

import pytest

from ima_nano_banana.doors import reading
from ima_nano_banana.doors.reading import read

PROSE = ["-5 degrees", "-5", "-20°C in Harbin", "-猫", "-a cat on the moon", "--- three dashes", "-- a cat"]
OPTIONS = ["-cat", "--bogus", "--siz=1K", "-x", "-h", "--help", "--prompt", "--bogus=a cat", "--", "-", "cat"]


@pytest.mark.parametrize("prompt", PROSE)
def test_a_prompt_that_begins_with_a_dash_is_priced_by_both_doors(ima, prompt: str) -> None:
    script = ima("--prompt", prompt, "--size", "2K", "--dry-run", "--sandbox", "--output-json")
    for argv in (("generate", prompt, "--dry-run", "--size", "2K"), ("generate", "--size", "2K", prompt, "--dry-run")):
        command = ima(*argv, "--sandbox", "--output-json", door="command")
        assert (command.code, command.json) == (0, script.json)
    assert script.json["quote"]["size"] == "2K"


def test_the_prompt_is_sent_with_its_dash(ima) -> None:
    ima("generate", "-5 degrees", "--sandbox", "--json", door="command")
    ima("--prompt", "-7 degrees", "--sandbox", "--output-json")
    rows = ima("tasks", "--json", door="command").json["tasks"]
    assert {row["prompt"] for row in rows} == {"-5 degrees", "-7 degrees"}


@pytest.mark.parametrize("word", OPTIONS)
def test_what_looks_like_an_option_is_none(word: str) -> None:
    assert not reading.is_prose(word)


@pytest.mark.parametrize("word", ["-cat", "--bogus", "--bogus=a cat"])
def test_an_ambiguous_prompt_is_refused_with_the_way_to_write_it(ima, word: str) -> None:
    script = ima("--prompt", word, "--sandbox", "--output-json")
    assert (script.code, script.json["error"]["kind"]) == (2, "usage")
    assert f"--prompt={word}" in script.json["error"]["hint"].replace("'", "")
    assert ima(f"--prompt={word}", "--dry-run", "--sandbox", "--output-json").code == 0
    command = ima("generate", word, "--sandbox", "--output-json", door="command")
    assert (command.code, command.json["error"]["kind"]) == (2, "usage")
    behind = ima("generate", "--dry-run", "--sandbox", "--output-json", "--", word, door="command")
    assert behind.code == 0


def test_images_stay_behind_a_prompt_with_a_dash() -> None:
    told = read(["edit", "--size", "1K", "-5 degrees", "a.png", "--json"])
    assert told.words == ("edit", "-5 degrees", "a.png")
    assert told.given == {"size": "1K", "output_json": True}


def test_words_and_options_are_told_apart_wherever_they_stand() -> None:
    for argv, words in (
        (["tasks", "-5 degrees"], ("tasks", "-5 degrees")),
        (["generate", "a cat", "--size", "1K"], ("generate", "a cat")),
        (["--version"], ()),
        ([], ()),
        (["generate", "--", "--size", "1K"], ("generate", "--size", "1K")),
    ):
        assert read(argv).words == words
