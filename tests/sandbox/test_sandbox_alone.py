"""The sandbox stands alone, and costs nothing until it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import ima_nano_banana.sandbox as sandbox

ROOM = Path(sandbox.__file__).parent


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_nothing_of_the_program_is_imported_so_that_no_wrong_parser_can_agree_with_it() -> None:
    inside = {name for file in ROOM.rglob("*.py") for name in _imports(file) if name.startswith("ima_nano_banana")}
    assert {name for name in inside if not name.startswith("ima_nano_banana.sandbox")} == set()


def test_naming_the_scenes_and_opening_the_room_load_no_server_and_no_picture() -> None:
    code = "import sys, ima_nano_banana.sandbox; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"httpx2", "starlette", "PIL", "uvicorn", "trustme", "sqlite3"} & set(loaded) == set()


def test_a_run_in_process_needs_no_server() -> None:
    code = (
        "import sys; from ima_nano_banana.sandbox import in_process, open_world;"
        "w = open_world(None); in_process(w); w.close(); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"PIL", "uvicorn", "trustme"} & set(loaded) == set()
