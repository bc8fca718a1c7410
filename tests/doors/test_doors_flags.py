"""Both doors take the same options with the same meaning, and help explains each of them."""

from __future__ import annotations

import pytest

from ima_nano_banana import words
from ima_nano_banana.doors import flags, helptext, order, skill
from ima_nano_banana.doors.cli import commands
from ima_nano_banana.doors.cli.commands import HOMES
from ima_nano_banana.doors.reading import read
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.errors import UsageFault

KEPT = (
    *("--api-key", "--task-type", "--model-id", "--version-id", "--prompt", "--input-images", "--size"),
    *("--extra-params", "--language", "--user-id", "--list-models", "--output-json"),
)
ADDED = (
    *("--aspect-ratio", "--count", "--max-credits", "--dry-run", "--events", "--output-dir", "--no-download"),
    *("--timeout", "--resume", "--again", "--keep-size", "--remember-model", "--sandbox"),
)
SCRIPT_ONLY = {"--prompt", "--list-models", "--resume", "--resume-all", "--tasks", "--costs"}
SCRIPT_ONLY |= {"--open", "--since", "--limit"}  # of the lists, which are commands there


def script_values(*argv: str) -> order.Values:
    return skill.values(read(argv, script=True))


def command_values(*argv: str) -> order.Values:
    reading = read(argv)
    return commands.values(commands.find(reading.words), reading)


def test_the_script_takes_every_flag_of_the_skill_in_the_wild_and_the_added_ones() -> None:
    taken = {flag.name for flag in flags.flags_of(flags.SCRIPT)}
    assert taken >= {*KEPT, *ADDED}


def test_generate_takes_every_option_of_the_script_that_is_not_a_command_of_its_own() -> None:
    script = {flag.name for flag in flags.flags_of(flags.SCRIPT)}
    generate = {flag.name for flag in commands.load("generate").flags}
    assert script - SCRIPT_ONLY <= generate


def test_the_same_words_give_the_same_values_in_both_doors() -> None:
    argv = ["--size", "2K", "--count", "2", "--input-images", "a.png", "--input-images", "b.png", "--keep-size"]
    script = script_values(*argv)
    command = command_values("generate", *argv, "a cat")
    for name in ("size", "count", "keep_size", "again", "max_credits", "output_json"):
        assert bool(command[name]) == bool(script[name])
        if isinstance(script[name], str):
            assert command[name] == script[name]
    assert order.many(command, "input_images") == order.many(script, "input_images") == ("a.png", "b.png")


def test_input_images_take_several_values_and_may_be_repeated() -> None:
    values = script_values("--input-images", "a", "b", "--prompt", "x", "--input-images", "c")
    assert order.many(values, "input_images") == ("a", "b", "c")


def test_no_flag_is_understood_when_it_is_cut_short() -> None:
    with pytest.raises(UsageFault) as caught:
        script_values("--dry")
    assert caught.value.code.startswith("flags.unknown")


@pytest.mark.parametrize("flag", flags.FLAGS, ids=lambda flag: flag.name)
def test_help_explains_every_option(flag: flags.Flag) -> None:
    assert words.has(f"help.{flag.dest}")


@pytest.mark.parametrize("name", HOMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_of_every_command_begins_with_an_example(name: str, language: str, ima) -> None:
    told = ima(name, "--help", "--language", language, door="command")
    first, second = told.out.splitlines()[:2]
    assert (told.code, told.err) == (0, "")
    assert first in ("示例：", "Example:")
    assert second.startswith("  nano-banana ")


def test_help_of_the_script_begins_with_an_example_and_is_plain() -> None:
    told = helptext.of_script("en")
    assert told.startswith("Example:\n  python3 scripts/ima_image_create.py --prompt ")
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("argv", "mode", "language"),
    [
        (["--output-json", "--prompt", "猫"], Mode.JSON, "zh"),
        (["--prompt=猫", "--events"], Mode.EVENTS, "zh"),
        (["--json", "--size", "--prompt", "猫"], Mode.JSON, "zh"),
        (["--prompt", "cat", "--language", "zh-CN"], Mode.HUMAN, "zh"),
        (["--prompt", "--output-json"], Mode.JSON, "en"),
        (["--events", "--output-json"], Mode.BOTH, "en"),
        (["--nonsense", "--language=zh"], Mode.HUMAN, "zh"),
        (["--", "--output-json"], Mode.HUMAN, "en"),
    ],
)
def test_a_reading_tells_how_to_answer_before_anything_is_understood(
    argv: list[str], mode: Mode, language: str
) -> None:
    seen = read(argv, script=True)
    assert (seen.mode, seen.language({})) == (mode, language)


@pytest.mark.parametrize(
    ("env", "language"),
    [
        ({"IMA_LANGUAGE": "zh"}, "zh"),
        ({"IMA_LANGUAGE": "zh-CN", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({"IMA_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"IMA_LANGUAGE": "klingon", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"IMA_LANGUAGE": " "}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_TW"}, "zh"),
        ({"LANG": "zh_Hans_CN.UTF-8@x"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_a_language_that_was_set_once_holds_where_there_is_no_prompt(env: dict[str, str], language: str) -> None:
    other = "en" if language == "zh" else "zh"
    for line in (["tasks"], ["limits", "show"], ["show", "66f0c1"], ["generate", "--help"], ["batch", "x.csv"], []):
        assert read(line).language(env) == language
        assert read([*line, "--language", other]).language(env) == other
        assert read([*line, "--language", "fr"]).language(env) == language
    assert read(["--list-models"], script=True).language(env) == language
    assert read(["generate", "a cat"]).language(env) == "en"
    assert read(["--prompt", "一只猫"], script=True).language(env) == "zh"


def test_the_commands_prompt_is_its_first_word() -> None:
    assert read(["generate", "--size", "1K", "猫"]).language({}) == "zh"
    assert read(["tasks", "--user", "猫"]).language({}) == "en"
