"""SKILL.md as its hosts judge it, and what its pages promise."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from skills_ref import validate
from skills_ref.parser import parse_frontmatter

import ima_nano_banana
from ima_nano_banana import errors
from ima_nano_banana.doors import flags

ROOT = Path(__file__).resolve().parents[2]
SKILL = ROOT / "skills" / "ai-nano-banana-ima"
PAGE = (SKILL / "SKILL.md").read_text("utf-8")
META, BODY = parse_frontmatter(PAGE)
REFERENCES = sorted((SKILL / "references").glob("*.md"))
PAGES = [SKILL / "SKILL.md", *REFERENCES]


def test_the_open_validator_accepts_it_in_place():
    assert validate(SKILL) == []


def test_it_is_short_enough_to_be_read():
    assert len(PAGE.splitlines()) < 200
    assert len(BODY) / 3 < 5000  # about three characters a token, Chinese among them


def test_the_description_says_what_and_when_and_begins_with_the_trigger():
    told = META["description"]
    assert len(told) <= 1024
    for word in ("Generate", "edit", "image", "Nano Banana", "IMA", "生成图片", "画图", "修图"):
        assert word in told[:160], word
    assert "Costs IMA points" in told


def test_openclaw_is_told_what_it_needs():
    claw = ast.literal_eval(META["metadata"]["openclaw"])  # the validator keeps what is nested as text
    assert claw["primaryEnv"] == "IMA_API_KEY"
    assert claw["requires"] == {"bins": ["python3"], "env": ["IMA_API_KEY"]}
    assert claw["envVars"][0]["required"] in (True, "true")
    assert all({"name", "required", "description"} <= set(one) for one in claw["envVars"])
    assert claw["emoji"]
    assert "homepage" not in claw  # the project has none; the page where keys are made is the service's
    assert claw["install"][0]["kind"] in ("brew", "node", "go", "uv")


def test_every_manifest_has_the_version_of_the_program():
    versions = {"SKILL.md": META["metadata"]["version"]}
    for path in (SKILL / "clawhub.json", ROOT / ".claude-plugin/plugin.json"):
        versions[path.name] = json.loads(path.read_text("utf-8"))["version"]
    market = json.loads((ROOT / ".claude-plugin/marketplace.json").read_text("utf-8"))
    versions["marketplace"] = market["plugins"][0]["version"]
    assert set(versions.values()) == {ima_nano_banana.__version__}, versions


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_flag_that_is_named_exists(page):
    known = {spelling for flag in flags.flags_of(flags.SCRIPT) for spelling in flag.spellings} | {"--help"}
    foreign = {"--require-hashes"}  # pip's
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text("utf-8")))
    assert named - known - foreign == set()


def test_every_exit_code_is_explained():
    codes = {fault.exit_code: fault.kind for fault in errors.Fault.__subclasses__()}
    told = (SKILL / "references/errors.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| (\d+) \| `(\w+)` \|", told, re.MULTILINE))
    assert {int(code): kind for code, kind in rows.items()} == codes
    table = BODY.partition("| Exit |")[2]
    named = {int(code) for row in re.findall(r"^\| ([\d, ]+)", table, re.MULTILINE) for code in row.split(",")}
    assert named == set(codes)


def test_an_uncertain_run_is_never_repeated_by_the_agent():
    [row] = [line for line in BODY.splitlines() if line.startswith("| 9 ")]
    assert "never run it again by yourself" in row


@pytest.mark.parametrize("page", REFERENCES, ids=lambda page: page.name)
def test_every_reference_is_named_with_a_line_on_when_to_read_it(page):
    assert re.search(rf"^- `references/{page.name}` (when|for) ", BODY, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_that_is_named_is_there(page):
    for name in re.findall(r"`(references/[\w.-]+)`", page.read_text("utf-8")):
        assert (SKILL / name).is_file()


def test_the_plugin_holds_the_skill_and_the_server():
    plugin = json.loads((ROOT / ".claude-plugin/plugin.json").read_text("utf-8"))
    market = json.loads((ROOT / ".claude-plugin/marketplace.json").read_text("utf-8"))
    servers = json.loads((ROOT / plugin["mcpServers"]).read_text("utf-8"))["mcpServers"]
    found = [page for path in plugin["skills"] for page in (ROOT / path).glob("*/SKILL.md")]
    assert found == [SKILL / "SKILL.md"]
    assert not (ROOT / "SKILL.md").exists()  # hosts that find one there copy the whole repository
    assert market["plugins"][0]["name"] == plugin["name"]
    assert servers["ima-nano-banana"]["args"][-2:] == ["nano-banana", "mcp"]
