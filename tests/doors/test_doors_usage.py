"""Whatever is wrong with a command line is said in the reader's form and the user's language, with exit code 2."""

from __future__ import annotations

import pytest

WRONG = [
    ["--nonsense"],
    ["--siz", "1K"],
    ["--size"],
    ["--size", "--count", "2"],
    ["--count", "many"],
    ["--count", "0"],
    ["--max-credits", "-1"],
    ["--timeout", "soon"],
    ["--timeout", "nan"],
    ["--dry-run=yes"],
    ["--extra-params", "[1]"],
    ["--deliver", ""],
    ["--resume", "t1", "--list-models"],
    ["--resume", ""],
    ["--resume", " "],
    ["--resume", "", "--dry-run"],
    ["--sandbox-scene", "fails"],
    ["--sandbox", "--sandbox-scene", "no-such-scene"],
    ["stray"],
    ["--input-images", "@last"],
    ["--input-images", "http://example.com/a.png"],
    ["--task-type", "text_to_video"],
    ["--model-id", "midjourney"],
]


@pytest.mark.parametrize("argv", WRONG, ids=" ".join)
@pytest.mark.parametrize(("prompt", "language"), [("一只猫", "zh"), ("a cat", "en")])
def test_wrong_flags_are_refused_in_every_mode_and_both_languages(
    ima, argv: list[str], prompt: str, language: str
) -> None:
    common = ["--prompt", prompt, *argv]
    person = ima(*common)
    program = ima(*common, "--output-json")
    stream = ima(*common, "--events")
    assert [person.code, program.code, stream.code] == [2, 2, 2]
    assert person.out == ""
    assert "Traceback" not in person.err
    error = program.json["error"]
    assert (error["kind"], error["phase"], error["charged"], error["language"]) == ("usage", "validate", "no", language)
    assert any("\u4e00" <= char <= "\u9fff" for char in error["message"]) == (language == "zh")
    assert error["suggestion"]
    # Who passes it on is told in the hint what a person at a shell is told.
    assert error.get("hint", error["message"]).splitlines()[0] in person.err
    [last] = stream.events
    assert last["event"] == "failed"
    assert last["error"]["message"] == error["message"]


def test_the_two_program_modes_exclude_each_other_in_a_form_that_both_readers_understand(ima) -> None:
    told = ima("--prompt", "x", "--output-json", "--events")
    assert told.code == 2
    assert told.json["event"] == "failed"
    assert told.json["error"]["kind"] == "usage"


@pytest.mark.parametrize(
    "argv",
    [
        ["paint"],
        ["generate"],
        ["generate", "a", "b"],
        ["generate", "x", "--siz", "1K"],
        ["generate", "x", "--size"],
        ["generate", "x", "--size", "--keep-size"],
        ["generate", "x", "--json=1"],
        ["edit", "x"],
        ["resume", "t1", "--all"],
        ["tasks", "paint"],
        ["tasks", "--state", "lost"],
        ["tasks", "--since", "yesterday"],
        ["tasks", "forget"],
        ["tasks", "settle", "t1"],
        ["tasks", "settle", "t1", "--charged", "--not-charged"],
        ["show", "no-such-task"],
        ["regenerate", "no-such-task"],
        ["costs", "--by", "hour"],
        ["limits", "set"],
        ["limits", "set", "--daily", "lots"],
        ["limits", "set", "--user", "1", "--each-user", "--daily", "1"],
        ["prefs", "set"],
        ["prefs", "set", "--model-id", "midjourney"],
        ["models", "--task-type", "text_to_video"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_wrong_command_is_refused_for_people_and_programs(ima, argv: list[str], language: str) -> None:
    told = ima(*argv, "--json", "--language", language, door="command")
    assert told.code == 2
    if "--json=1" not in argv:
        error = told.json["error"]
        assert (error["kind"], error["language"]) == ("usage", language)
        assert any("\u4e00" <= char <= "\u9fff" for char in error["message"]) == (language == "zh")
    person = ima(*argv, "--language", language, door="command")
    assert "Traceback" not in person.err


def test_a_key_on_the_command_line_is_warned_about_and_shown_nowhere(ima) -> None:
    told = ima("--api-key", "ima_secret_1234", "--prompt", "x", "--size", "3K", "--sandbox", "--output-json")
    assert "IMA_API_KEY" in told.err
    assert "ima_secret_1234" not in told.out + told.err
    assert told.json["error"]["kind"] == "usage"


@pytest.mark.parametrize("door", ["script", "command"])
@pytest.mark.parametrize("asked", ["fr", "english", "", "zhx"])
def test_a_language_that_nobody_speaks_is_refused_at_every_door(ima, door, asked):
    words = ["--prompt", "a cat"] if door == "script" else ["generate", "a cat"]
    done = ima(*words, "--sandbox", "--output-json", f"--language={asked}", door=door)
    assert (done.code, done.json["error"]["kind"], done.json["error"]["charged"]) == (2, "usage", "no")


@pytest.mark.parametrize(("asked", "spoken"), [("zh-CN", "zh"), ("en_US", "en"), ("ZH", "zh")])
def test_a_language_may_be_spelled_with_its_place(ima, asked, spoken):
    done = ima("--prompt", "a cat", "--sandbox", "--dry-run", "--output-json", "--language", asked)
    assert (done.code, done.json["quote"].get("language", spoken)) == (0, spoken)


@pytest.mark.parametrize(("prompt", "word"), [("一只猫", "没有"), ("a cat", "no language")])
def test_a_language_that_nobody_speaks_is_refused_in_that_of_the_prompt(ima, prompt, word):
    done = ima("--prompt", prompt, "--sandbox", "--output-json", "--language", "fr")
    assert word in done.json["error"]["message"]
