"""Commands are found by name, explained, and completed by the shell from the same table."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ima_nano_banana.doors import completion
from ima_nano_banana.doors.cli import commands
from ima_nano_banana.doors.completion.tree import tree


def completed(script: str, *line: str) -> set[str]:
    """Return what bash offers for the last word of a line."""
    words = " ".join(f"'{word}'" for word in line)
    code = (
        f'{script}\nCOMP_WORDS=({words}); COMP_CWORD={len(line) - 1}; _nano_banana; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "--norc", "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_offers_commands_options_and_the_words_for_values() -> None:
    script = completion.script_for("bash")
    assert completed(script, "nano-banana", "gen") == {"generate"}
    assert completed(script, "nano-banana", "tasks", "f") == {"forget"}
    assert completed(script, "nano-banana", "generate", "a cat", "--asp") == {"--aspect-ratio"}
    assert completed(script, "nano-banana", "generate", "--size", "") == {"512", "1K", "2K", "4K"}
    assert {"budget", "flash", "pro"} <= completed(script, "nano-banana", "generate", "--model-id", "")
    assert "16:9" in completed(script, "nano-banana", "edit", "x", "a.png", "--aspect-ratio", "16")
    assert completed(script, "nano-banana", "completion", "") >= {"bash", "zsh", "fish", "powershell"}
    assert completed(script, "nano-banana", "generate", "--api-key", "") == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_is_offered_every_command_and_option(ima, shell: str) -> None:
    told = ima("completion", shell, door="command")
    assert (told.code, told.err) == (0, "")
    for path, known in tree().words.items():
        for word in (*path, *known):
            assert word.removeprefix("--") in told.out
    for known in tree().values.values():
        assert all(word in told.out for word in known)
    assert "python" not in told.out.lower()


@pytest.mark.parametrize(("shell", "check"), [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")])
def test_a_shell_accepts_its_script(shell: str, check: str, tmp_path: Path) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} here")
    script = tmp_path / "script"
    script.write_text(completion.script_for(shell), "utf-8")
    done = subprocess.run([found, check, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_shell_that_nobody_knows_is_refused(ima, language: str) -> None:
    told = ima("completion", "csh", "--language", language, door="command")
    assert told.code == 2
    assert "bash" in told.err


@pytest.mark.parametrize("name", [*commands.HOMES, "tasks forget", "limits set"])
def test_help_names_the_same_as_the_option(ima, name: str) -> None:
    asked = ima("help", *name.split(), door="command")
    option = ima(*name.split(), "--help", door="command")
    assert (asked.code, asked.out) == (0, option.out)


def test_help_alone_lists_every_command(ima) -> None:
    told = ima("help", door="command")
    assert (told.code, told.out) == (0, ima(door="command").out)
    assert all(f"\n  {name}" in told.out for name in commands.HOMES)


@pytest.mark.parametrize(("word", "near"), [("genrate", "nano-banana generate"), ("limit", "nano-banana limits")])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mistyped_command_is_told_the_nearest_one(ima, word: str, near: str, language: str) -> None:
    for argv in ((word,), ("help", word)):
        told = ima(*argv, "--language", language, door="command")
        assert told.code == 2
        assert near in told.err


def test_a_mistyped_command_of_a_command_is_told_the_nearest_one(ima) -> None:
    told = ima("tasks", "forgot", "--language", "en", door="command")
    assert told.code == 2
    assert "nano-banana tasks forget" in told.err


@pytest.mark.parametrize("words", [["paint", "--help"], ["tasks", "paint", "--help"], ["generate", "a cat", "-h"]])
def test_whoever_asks_for_help_is_helped_whatever_else_was_typed(ima, words: list[str]) -> None:
    told = ima(*words, door="command")
    assert told.code == (2 if words[0] == "paint" else 0)
    assert words[0] == "paint" or f"nano-banana {words[0]}" in told.out
