"""The bundle: what is in it, that it is the same every time, and that it runs where it is put."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import make_skill
import pytest
from skills_ref import validate

from ima_nano_banana.wire import requests

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return make_skill.contents()


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("dist") / make_skill.NAME
    make_skill.write_folder(place, files)
    return place


def test_the_folder_of_the_repository_is_up_to_date(files):
    assert make_skill.stale(files) == [], "run: python3 tools/make_skill.py"


def test_a_copy_that_was_edited_or_forgotten_is_noticed(files):
    changed = {**files, "src/ima_nano_banana/errors.py": b"", "new.md": b""}
    del changed["LICENSE"]
    assert set(make_skill.stale(changed)) >= {"LICENSE", "new.md", "src/ima_nano_banana/errors.py"}


def test_it_keeps_to_the_limits_of_the_hosts(files):
    assert len(files) <= 256
    assert max(map(len, files.values())) <= 1 << 20
    assert sum(map(len, files.values())) <= 8 << 20


def test_it_holds_what_hosts_ask_for(files):
    for name in ("SKILL.md", "SECURITY.md", "LICENSE", "clawhub.json", "requirements.txt", ".clawhubignore"):
        assert name in files
    assert "scripts/ima_image_create.py" in files
    assert b"MIT No Attribution" in files["LICENSE"]


def test_it_holds_nothing_that_the_skill_does_not_run(files):
    for name in files:
        assert not re.search(r"(^|/)(tests?|mcp|studio|cli|batch|cluster|postgres|fonts|__pycache__)(/|$)", name), name
        assert name.endswith((".py", ".md", ".json", ".txt", "LICENSE", ".clawhubignore")), name
        files[name].decode("utf-8")


def test_two_builds_are_the_same_bytes(files, tmp_path):
    make_skill.write_zip(tmp_path / "a.zip", files)
    make_skill.write_zip(tmp_path / "b.zip", make_skill.contents())
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as bundle:
        assert bundle.testzip() is None
        assert {name: bundle.read(name) for name in bundle.namelist()} == files


def test_a_bundle_that_is_too_large_is_not_built():
    with pytest.raises(SystemExit):
        make_skill.check({"a": b"x" * (make_skill.MOST_EACH + 1)})
    with pytest.raises(SystemExit):
        make_skill.check({str(number): b"" for number in range(make_skill.MOST_FILES + 1)})


def test_the_folder_is_a_valid_skill(folder):
    assert validate(folder) == []


def test_requirements_are_pinned_with_hashes_and_name_no_index(files):
    text = files["requirements.txt"].decode()
    pins = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    script = files["scripts/ima_image_create.py"].decode()
    asked = re.findall(r'"([\w.-]+)>=', script.partition("# ///\n")[0])
    assert set(asked) <= set(pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text
    assert "index" not in text


def started(folder: Path, cwd: Path, home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run the bundled script with nothing of the checkout in sight."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    env |= {"OPENCLAW_STATE_DIR": str(home), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    script = str(folder / "scripts" / "ima_image_create.py")
    words = [sys.executable, "-W", "error", script, *argv]
    return subprocess.run(words, check=False, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=90)


@pytest.mark.loopback
def test_it_runs_from_a_read_only_folder_and_any_other(folder, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    for path in before:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = started(folder, tmp_path, tmp_path / "state", "--prompt", "海边的猫 a cat", "--sandbox", "--output-json")
    for path in before:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 0, done.stdout + done.stderr
    assert Path(json.loads(done.stdout)["files"][0]).parent == tmp_path
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["--help"], 0),
        (["--list-models", "--sandbox"], 0),
        (["--prompt", "x", "--output-json"], 3),
        (["--prompt", "x", "--size", "3K", "--sandbox"], 2),
        (["--resume", "unheard-of", "--sandbox", "--output-json"], 6),
        (["--prompt", "x", "--input-images", "@last", "--sandbox"], 2),
        (["--prompt", "x", "--sandbox", "--sandbox-scene", "fails", "--deliver", "auto"], 7),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_every_way_through_it_finds_what_it_needs(argv, code, folder, tmp_path):
    done = started(folder, tmp_path, tmp_path / "state", *argv)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "No module" not in done.stdout + done.stderr


DECLARED = json.loads((make_skill.FOLDER / "clawhub.json").read_text("utf-8"))


def variables(source: str) -> set[str]:
    """Names in capitals that a file takes out of an environment."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        key = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "getenv"):
            key = node.args[0] if node.args else None
        elif isinstance(node, ast.Subscript):
            key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and re.fullmatch(r"[A-Z][A-Z_]{1,}", key.value):
            found.add(key.value)
    return found


def test_every_variable_that_the_code_reads_is_declared(files):
    read = set().union(*(variables(data.decode()) for name, data in files.items() if name.endswith(".py")))
    assert {"IMA_API_KEY", "OPENCLAW_STATE_DIR"} <= read
    told = " ".join((*DECLARED["environment"], *DECLARED["environment"].values()))
    assert {name for name in read if not re.search(rf"\b{name}\b", told)} == set()


def test_both_hosts_are_declared():
    assert {requests.API_HOST, requests.UPLOAD_HOST} <= set(DECLARED["network"])


@pytest.mark.parametrize("what", ["network", "environment", "files"])
def test_the_security_page_states_every_host_file_and_variable(what):
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    assert [name for name in DECLARED[what] if name not in page] == []
