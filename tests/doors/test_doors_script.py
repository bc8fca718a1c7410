"""The script itself: read by every Python 3, and clear about what it lacks."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "ima_image_create.py"


def run(*argv: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the script in a bare interpreter, after ``before`` has changed the world for it."""
    code = f"import sys\nsys.argv = {[str(SCRIPT), *argv]!r}\n{before}\nimport runpy\n"
    code += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 6))


OLD = "sys.version_info = (3, 8, 10, 'final', 0)"


@pytest.mark.parametrize(("language", "word"), [("zh", "需要 Python 3.11"), ("en", "Python 3.11 or newer is needed")])
def test_an_old_python_says_what_is_needed_in_one_line(language: str, word: str) -> None:
    done = run("--prompt", "x", "--language", language, before=OLD)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(word)
    assert len(done.stderr.splitlines()) == 1


def test_an_old_python_answers_programs_in_json() -> None:
    done = run("--output-json", before=OLD)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["kind"], error["charged"]) == (2, "usage", "no")
    done = run("--events", before=OLD)
    assert json.loads(done.stdout)["event"] == "failed"


MISSING = "import importlib.util as u\nf = u.find_spec\nu.find_spec = lambda n, p=None: None if n == 'PIL' else f(n, p)"


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    done = run("--prompt", "x", before=MISSING)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "python3 -m pip install pillow" in done.stderr
    done = run("--prompt", "x", "--output-json", before=MISSING)
    assert "pip install pillow" in json.loads(done.stdout)["error"]["suggestion"]


def test_help_needs_no_package() -> None:
    done = run("--help", before=MISSING)
    assert done.returncode == 0
    assert done.stdout.startswith("Example:")


def test_the_script_asks_for_the_packages_of_the_project() -> None:
    header = re.search(r"# /// script\n((?:# .*\n)+)# ///", SCRIPT.read_text("utf-8"))
    assert header is not None
    told = tomllib.loads("".join(line.removeprefix("# ") + "\n" for line in header[1].splitlines()))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert sorted(told["dependencies"]) == sorted(project["dependencies"])
    assert told["requires-python"] == project["requires-python"]
