"""The page's own files: small functions, texts that exist, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ima_nano_banana.doors import studio
from ima_nano_banana.words.studio import TEXTS

ROOM = Path(studio.__file__).parent
SCRIPTS = sorted((ROOM / "static").glob("*.js"))
PAGES = sorted((ROOM / "pages").glob("*.html"))
STYLES = sorted((ROOM / "static").glob("*.css"))
LONGEST = 40
_NAMED = r"(?:export )?(?:async )?(?:function \w+|(?:get |async )?[a-z]\w*\([^=]*\)) ?\(?.*\{$"
_ARROW = r"(?:const|let) \w+ = .*=> \{$"
BEGINS = re.compile(rf"^\s*(?:{_NAMED}|{_ARROW})")


def functions(text: str) -> list[tuple[str, int]]:
    """Return each function that spans lines, with how many; one ends at the closing brace of its own indentation."""
    lines, found = text.splitlines(), []
    for start, line in enumerate(lines):
        if BEGINS.match(line):
            indent = line[: len(line) - len(line.lstrip())]
            end = next(at for at in range(start + 1, len(lines)) if re.match(rf"{indent}\}}", lines[at]))
            found.append((line.strip(), end - start + 1))
    return found


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda one: one.name)
def test_no_function_of_the_page_is_long(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert [one for one in functions(text) if one[1] > LONGEST] == []


def test_the_measure_of_functions_finds_them() -> None:
    assert sum(len(functions(file.read_text(encoding="utf-8"))) for file in SCRIPTS) > 100


@pytest.mark.parametrize("file", [*SCRIPTS, *PAGES], ids=lambda one: one.name)
def test_every_text_of_the_page_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    used = set(re.findall(r"""\bt\(["'](\w+)["']""", text)) | set(re.findall(r"\bt\.(\w+)", text))
    assert used <= set(TEXTS)
    if file.suffix == ".html":
        assert not used & set(dir({}))  # Jinja would find the method of the dictionary


def test_every_text_of_the_page_is_used() -> None:
    whole = "".join(file.read_text(encoding="utf-8") for file in (*SCRIPTS, *PAGES, *ROOM.glob("pages/*.py")))
    made = re.compile(r"state_|charged_|door_|theme_|limit_|refused")
    faults = {key for key in TEXTS if f"{key}.do" in TEXTS or key.endswith(".do")} | {"listening"}
    unused = [key for key in TEXTS if key not in faults and not made.match(key) and not re.search(rf"\b{key}\b", whole)]
    assert unused == []


@pytest.mark.parametrize("file", [*SCRIPTS, *PAGES, *STYLES], ids=lambda one: one.name)
def test_nothing_comes_from_elsewhere_and_nothing_is_evaluated(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//cdn|@import|url\(", text)
    assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text)
    if file.suffix == ".html":
        assert not re.search(r"\sstyle=|\son\w+=|<style", text)
        assert re.findall(r"<script(?![^>]*src=)[^>]*>", text) in ([], ['<script type="application/json" id="first">'])
