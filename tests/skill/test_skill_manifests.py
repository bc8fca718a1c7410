"""Manifests, pages and images start this program and no stranger's."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "${CLAUDE_PLUGIN_ROOT}"
OURS = "ima-nano-banana"


def tracked() -> list[Path]:
    """The files of the repository, or of the folder if it is none."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True)
    found = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return [path for path in found if path.is_file()] or [path for path in ROOT.glob("*/*") if path.is_file()]


def servers() -> list[tuple[str, list[str]]]:
    """Every server that a manifest starts: the manifest, and the words of the command."""
    found = []
    for path in (*ROOT.glob("*.json"), *ROOT.glob(".*/*.json")):
        told = json.loads(path.read_text("utf-8")).get("mcpServers", {})
        if isinstance(told, dict):
            found += [(path.name, [one["command"], *one.get("args", [])]) for one in told.values()]
    return found


def test_there_is_a_server_to_judge():
    assert [name for name, _ in servers()] == [".mcp.json"]


def test_the_plugin_asks_for_the_key_and_keeps_it_secret():
    plugin = json.loads((ROOT / ".claude-plugin/plugin.json").read_text("utf-8"))
    asked = plugin["userConfig"]["api_key"]
    assert (asked["sensitive"], asked["default"]) == (True, "")  # empty: the variable and the keyring still serve
    server = json.loads((ROOT / ".mcp.json").read_text("utf-8"))["mcpServers"]["ima-nano-banana"]
    assert server["env"] == {"IMA_PLUGIN_KEY": "${user_config.api_key}"}


@pytest.mark.parametrize(("name", "words"), servers())
def test_no_manifest_looks_for_the_program_where_the_user_happens_to_be(name, words):
    """A relative place is a place in the user's current folder, which may be a stranger's project."""
    for word in words:
        assert ":-" not in word, f"{name}: a default stands in where the host has no value"
        assert not re.match(r"\.{0,2}[/\\]|\.", word), f"{name}: {word} is relative"
        assert "$" not in word.replace(PLUGIN, ""), f"{name}: {word}"


@pytest.mark.parametrize(("name", "words"), servers())
def test_a_package_runner_is_told_the_place_and_no_name(name, words):
    if words[0] in ("uvx", "pipx", "npx", "uv"):
        [place] = [words[at + 1] for at, word in enumerate(words) if word == "--from"]
        assert place.startswith(PLUGIN), name


# The name of the package is not ours in any registry: whoever takes it there would be installed in our place.
BY_NAME = re.compile(rf"(pip|pipx|uvx|uv tool|npx|install|--from)\b[^\n]*?[\s\"']{OURS}(\[[\w,]*\])?(?=[\s\"']|$)")


@pytest.mark.parametrize(
    "line", ['pip install "ima-nano-banana[mcp]"', "uvx ima-nano-banana", "pip install ima-nano-banana"]
)
def test_an_installation_by_name_is_noticed(line):
    assert BY_NAME.search(line)


def test_nothing_is_installed_by_a_name_that_a_stranger_can_take():
    told = []
    for path in tracked():
        if path.suffix in (".py", ".md", ".json", ".yaml", ".toml", ".service", "") and "tests" not in path.parts:
            told += [f"{path.relative_to(ROOT)}: {found[0]}" for found in BY_NAME.finditer(path.read_text("utf-8"))]
    assert [line for line in told if "plugin install" not in line and f"{OURS}@{OURS}" not in line] == []
