"""Every command line that the runbook and its references show does what they say, on the sandbox."""

from __future__ import annotations

import json
import re
from pathlib import Path

import check
import pytest

ROOT = Path(__file__).resolve().parents[2]
SKILL = ROOT / "skills" / "ai-nano-banana-ima"
PAGES = [SKILL / "SKILL.md", *sorted((SKILL / "references").glob("*.md"))]


def blocks(page: Path) -> list[str]:
    return re.findall(r"```(?:bash|sh)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def commands(block: str) -> list[str]:
    """The command lines of one block: continued lines joined, here-documents kept, remarks dropped."""
    found: list[str] = []
    lines = iter(re.sub(r"\\\n\s*", "", block).splitlines())
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if here := re.search(r"<<'(\w+)'$", line):
            told = [line]
            for inner in lines:
                told.append(inner)
                if inner == here[1]:
                    break
            found.append("\n".join(told))
        else:
            found.append(line)
    return found


SHOWN = [(page.name, line) for page in PAGES for block in blocks(page) for line in commands(block)]


def test_the_pages_show_commands():
    assert len(SHOWN) >= 18
    assert {name for name, _ in SHOWN} == {page.name for page in PAGES}


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[f"{page}-{n}" for n, (page, _) in enumerate(SHOWN)])
def test_a_command_that_is_shown_works_as_it_stands(page, line, skill):
    task = "TASK_ID"
    if "@last" in line or "TASK_ID" in line:
        code, out = skill(["--prompt", "before", "--sandbox", "--output-json"])
        assert code == 0
        task = json.loads(out)["task_id"]
    argv, stdin = check.prepared(line, task_id=task)
    assert argv[1] == str(ROOT / "scripts" / "ima_image_create.py")
    code, out = skill(argv[2:], stdin)
    assert code == (4 if "no-credits" in line else 0), out
    if "--output-json" in line:
        assert json.loads(out)
    elif "--events" in line:
        assert json.loads(out.splitlines()[-1])["event"] == "succeeded"


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[f"{page}-{n}" for n, (page, _) in enumerate(SHOWN)])
def test_no_shown_command_can_cost_more_than_was_agreed_or_shows_the_key(page, line):
    assert "--api-key" not in line
    free = ("--tasks", "--costs", "--dry-run", "--list-models", "--resume", "--sandbox", "--help")
    assert "--max-credits" in line or any(flag in line for flag in free), line


@pytest.mark.parametrize("bad", ["a | b", "a && b", "a\nb", "a > file"])
def test_the_extractor_refuses_what_is_not_one_plain_command(bad):
    with pytest.raises(ValueError, match="a"):
        check.split(bad)
