"""Start-up is a property: a short command loads no HTTP client, no Pillow, no web framework."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "httpx2",
    "httpcore2",
    "PIL",
    "starlette",
    "jinja2",
    "uvicorn",
    "mcp",
    "rich",
    "tenacity",
    "pydantic",
    "keyring",
    "textual_image",
)

PROBE = """
import json, sys
sys.argv[0] = "probe"
from ima_nano_banana.doors{module}
code = main({argv!r})
print(json.dumps([code, sorted({{name.partition(".")[0] for name in sys.modules}})]), file=sys.stderr)
"""


def loaded(module: str, argv: list[str], home: Path) -> set[str]:
    """Return the packages that a run has loaded."""
    env = {"PATH": "", "HOME": str(home), "USERPROFILE": str(home), "SYSTEMROOT": ""}
    code = PROBE.format(module=module, argv=argv)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    result, names = json.loads(done.stderr.splitlines()[-1])
    assert result == 0, done.stderr
    return set(names)


@pytest.mark.parametrize("argv", [["--help"], ["--version"]], ids=" ".join)
def test_help_of_the_script_loads_nothing_heavy_and_no_click(argv: list[str], tmp_path: Path) -> None:
    names = loaded(".skill import main", argv, tmp_path)
    assert not names & {*HEAVY, "click", "sqlite3", "asyncio"}


@pytest.mark.parametrize(
    "argv",
    [
        ["--help"],
        ["generate", "--help"],
        ["mcp", "--help"],
        ["studio", "--help"],
        ["tasks", "--json"],
        ["costs"],
        ["limits", "show"],
        ["prefs", "show"],
    ],
    ids=" ".join,
)
def test_help_and_the_books_load_nothing_heavy(argv: list[str], tmp_path: Path) -> None:
    assert not loaded(".cli.main import main", argv, tmp_path) & set(HEAVY)


def test_a_run_that_makes_a_picture_loads_click_and_the_terminal_only_where_they_are_used(tmp_path: Path) -> None:
    argv = ["--prompt", "x", "--dry-run", "--sandbox", "--output-json"]
    names = loaded(".skill import main", argv, tmp_path)
    assert not names & {"click", "rich", "PIL", "mcp", "textual_image", "uvicorn"}
