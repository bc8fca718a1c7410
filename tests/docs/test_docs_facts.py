"""What the documents state is what the program does."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import get_args

import pytest
from docs_kit import NAMES, ROOT, Reader, blocks, coded, page, rows

from ima_nano_banana import errors
from ima_nano_banana.domain.aliases import model_of
from ima_nano_banana.domain.events import Event
from ima_nano_banana.domain.task import COUNTS_AS_SPENT, State
from ima_nano_banana.wire.requests import API_HOST, UPLOAD_APP_KEY, UPLOAD_HOST

SOURCE = ROOT / "src" / "ima_nano_banana"
LINK = re.compile(r"\]\(([^)\s]+)\)")


def tool() -> object:
    spec = importlib.util.spec_from_file_location("refresh_docs", ROOT / "tools" / "refresh_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFRESH = tool()


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in REFRESH.pages()])
def test_what_the_program_says_is_printed_word_for_word(name: str) -> None:
    """If not: python tools/refresh_docs.py."""
    assert page(name) == REFRESH.refreshed(page(name))


def kinds() -> dict[int, str]:
    faults = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.Fault)]
    return {one.exit_code: one.kind for one in faults}


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "docs/troubleshooting.md"])
def test_the_table_of_exit_codes_is_that_of_the_program(name: str) -> None:
    header = "| 退出码 |" if name == "README.zh.md" else "| Exit |"
    told = {int(code): kind.strip("`") for code, kind, *_ in rows(name, header)}
    assert told == {0: "", **kinds()}


def test_every_way_to_fail_has_a_chapter_with_the_chinese_term() -> None:
    chapters = re.findall(r"^## (\d+) `(\w+)` · (.+)$", page("docs/troubleshooting.md"), re.MULTILINE)
    assert {int(code): kind for code, kind, _ in chapters} == kinds()
    terms = {code: term for code, _, term in rows("docs/troubleshooting.md", "| Exit |")}
    assert {code: term for code, _, term in chapters} == {code: term for code, term in terms.items() if code != "0"}


def test_the_first_commands_a_newcomer_reads_are_demo_and_test() -> None:
    for name in ("README.md", "README.zh.md"):
        assert blocks(name, "bash")[0].splitlines() == ["make demo", "make test"]


def slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    for target in LINK.findall(page(name)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = (ROOT / name).parent / path if path else ROOT / name
        assert found.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(title) for title in titles}, target


@pytest.mark.parametrize("name", NAMES)
def test_no_document_knows_a_certain_machine(name: str) -> None:
    assert not re.search(r"(?<![\w.])/(work|root|home|tmp|Users)/", page(name))


def test_the_states_of_the_ledger_are_those_of_the_program() -> None:
    told = {state.strip("`"): counts for state, _, counts in rows("docs/ledger.md", "| State |")}
    assert list(told) == [str(state) for state in State]
    assert {state for state, counts in told.items() if counts == "yes"} == {str(state) for state in COUNTS_AS_SPENT}


def test_the_words_for_models_mean_what_the_table_says() -> None:
    for words, model, size in rows("docs/usage.md", "| `--model-id` |"):
        for word in coded(words):
            model_id, budget = model_of(word)
            assert f"`{model_id}`" == model
            assert (budget is not None) == ("512px" in size)


def test_every_key_that_programs_read_is_explained(reader: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    def keys_of(line: str) -> dict[str, object]:
        capsys.readouterr()
        reader.type(line)
        return json.loads(capsys.readouterr().out)

    def explained(header: str, at: int = 0) -> set[str]:
        return {word for start, line in tables if start == header for word in coded(line[at])}

    text = page("docs/usage.md")
    results, failures = text.split("## The result object")[1].split("## The error object")[:2]
    tables = [("result", [results]), ("error", [failures.split("## Events")[0]])]
    assert set(keys_of("nano-banana generate 'a cat' --json --sandbox")) <= explained("result")
    assert set(keys_of("nano-banana generate ' ' --json --sandbox")["error"]) <= explained("error")
    lost = "nano-banana generate 'a cat' --json --sandbox --sandbox-scene download-404"
    assert set(keys_of(lost)["error"]) <= explained("error")
    quote = keys_of("nano-banana quote --json --sandbox")["quote"]
    assert set(quote) <= coded(text.split("## The quote object")[1].replace("\n", " ")) | {"language"}


def test_every_event_is_explained() -> None:
    told = [name.strip("`") for name, _ in rows("docs/usage.md", "| `event` |")]
    said = {one.__name__.lower() for one in get_args(Event)}
    assert set(told) == said - {"created"}, "programs learn of it by the result's task_id"


def test_every_room_of_the_house_is_on_the_plan() -> None:
    told = coded(" ".join(room for _, room, _ in rows("docs/architecture.md", "| Rank |")))
    rooms = {path.parent.name + "/" for path in SOURCE.glob("*/__init__.py")}
    alone = {path.name for path in SOURCE.glob("*.py")} - {"__init__.py", "__main__.py"}
    assert (rooms | alone) - told == set()


def strings(path: Path) -> list[str]:
    """Every string of a source file that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documents]
    return [node.value for node in constants if isinstance(node.value, str)]


def test_security_names_every_host_and_public_constant() -> None:
    told = page("SECURITY.md")
    assert f"`{API_HOST}`" in told
    assert f"`{UPLOAD_HOST}`" in told
    assert UPLOAD_APP_KEY not in told
    assert {"appId", "appKey", "sign", "appUid", "cmimToken"} <= coded(told)
    # Whatever else a string of the source calls by its host name is a page for people.
    hosts = {
        host
        for path in SOURCE.rglob("*.py")
        if "sandbox" not in path.parts
        for text in strings(path)
        for host in re.findall(r"https://([a-z0-9.-]+\.[a-z]{2,})", text)
    }
    pages_for_people = {"www.imaclaw.ai", "imagent.bot", "example.com"}
    assert hosts - {API_HOST, UPLOAD_HOST} - pages_for_people == set()


def test_security_names_every_variable_that_is_read() -> None:
    told = coded(page("SECURITY.md"))
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if "sandbox" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"env(?:iron)?(?:\.get\(|\[)\s*\"([A-Z_]+)\"", text))
        found |= set(re.findall(r"\"([A-Z_]+)\" in (?:os\.)?env", text))
        found |= set(re.findall(r"^(?:VARIABLE|CONTEXT) = \"([A-Z_]+)\"", text, re.MULTILINE))
        for names in re.findall(r"^_\w*VARIABLES = \(([^)]*)\)", text, re.MULTILINE):
            found |= set(re.findall(r"\"([A-Z_]+)\"", names))
    assert {"IMA_API_KEY", "OPENCLAW_STATE_DIR", "KITTY_WINDOW_ID"} <= found
    assert {"".join(name) for name in found} - {name.strip(",") for name in told} == set()


def test_every_file_that_a_run_leaves_is_named_and_private(reader: Reader) -> None:
    reader.follow("nano-banana edit 'a cat' ./photo.jpg --sandbox --remember-model --model-id pro")
    told = [word for path, _, _ in rows("SECURITY.md", "| Path |") for word in coded(path)]
    starts = tuple(re.sub(r"YYYYMMDD.*", "", path) for path in told)
    root = reader.folder / "state"
    files = [path for path in root.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        assert path.relative_to(root).as_posix().startswith(starts), path
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700, path


def test_nothing_here_runs_a_stranger(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> None:
    """A line that the kit can't judge fails; it is never taken for tried."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(AssertionError, match="nobody knows"):
        reader.type("curl https://example.com")


def test_the_changelog_begins_with_what_is_not_released() -> None:
    titles = re.findall(r"^## (.+)$", page("CHANGELOG.md"), re.MULTILINE)
    assert titles[0] == "[Unreleased]"
    assert Path(ROOT / "LICENSE").is_file()


def test_the_files_that_the_architecture_walks_through_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    walk = page.partition("## The life of one create")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_/]+\.py)`", walk))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / "src" / "ima_nano_banana" / name).is_file()] == []
