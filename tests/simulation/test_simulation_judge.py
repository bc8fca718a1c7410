"""The judge and the simulated service know nothing of the program, and planted faults are found."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from simulation.disk import can_be_overheard
from simulation.mutations import MUTATIONS
from simulation.pages import put
from simulation.prove import SOURCE, proved

ROOT = Path(__file__).parents[2] / "simulation"
EASY = ("pay again after an unknown outcome", "keep no limit", "quote one picture and order many")


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("name", ["judge.py", "ima.py", "loop.py", "disk.py", "plan.py", "chance.py"])
def test_whoever_judges_knows_nothing_of_the_program(name: str):
    assert not {one for one in imports(ROOT / name) if one.startswith("ima_nano_banana")}


def test_at_least_thirty_faults_can_be_planted_each_in_one_place():
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS) >= 30
    for one in MUTATIONS:
        text = (SOURCE / one.file).read_text(encoding="utf-8")
        assert text.count(one.old) == 1, f"{one.name}: {one.file} has changed, and so must the fault"
        compile(text.replace(one.old, one.new), one.file, "exec")


@pytest.mark.skipif(
    sys.platform == "win32" or not can_be_overheard(), reason="this Python's SQLite takes no file layer of ours"
)
@pytest.mark.parametrize("name", EASY)
def test_a_planted_fault_is_found(name: str):
    [mutation] = [one for one in MUTATIONS if one.name == name]
    _, found = proved(mutation, 300)
    assert found.split(" | ")[0].isdecimal(), found


def test_figures_are_put_where_they_belong(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("one\n<!-- simulation: figures -->\nold\n<!-- end of figures -->\ntwo\n")
    put(str(page), "figures", "new\n")
    assert page.read_text() == "one\n<!-- simulation: figures -->\nnew\n<!-- end of figures -->\ntwo\n"
    with pytest.raises(ValueError, match="no place for tables"):
        put(str(page), "tables", "")
