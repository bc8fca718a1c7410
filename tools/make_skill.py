"""Build the skill as hosts install it: dist/ai-nano-banana-ima/ and the same as a zip.

    python3 tools/make_skill.py [DIST]

Only what the skill runs goes in: the modules that its script can reach, followed from import to import.
The bytes depend on nothing but the checkout: names are sorted, dates fixed, nothing is compressed.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "ai-nano-banana-ima"
PACKAGE = "ima_nano_banana"
SOURCE = ROOT / "src"

FIRST = (f"{PACKAGE}.doors.early", f"{PACKAGE}.doors.skill")
LEFT_OUT = re.compile(rf"{PACKAGE}\.(batch|cluster|studio|ledger\.postgres|doors\.(cli|mcp|library|studio))(\.|$)")
"""Other doors and what only they need; the rooms name them where a run of the script never comes."""

FILES = (
    "SKILL.md",
    "LICENSE",
    "SECURITY.md",
    "clawhub.json",
    "requirements.txt",
    ".clawhubignore",
    "scripts/ima_image_create.py",
)
FOLDERS = ("references",)

MOST_FILES = 256
MOST_EACH = 1 << 20
MOST_IN_ALL = 8 << 20

EPOCH = (1980, 1, 1, 0, 0, 0)


def home(module: str) -> Path | None:
    """Return the file of a module of ours, or ``None``."""
    base = SOURCE.joinpath(*module.split("."))
    for file in (base / "__init__.py", base.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def tree(file: Path) -> ast.Module:
    """Return a file as Python reads it."""
    return ast.parse(file.read_text("utf-8"))


def imported(file: Path) -> set[str]:
    """Return every module of ours that a file may import when it runs, late imports included."""
    found: set[str] = set()
    waiting: list[ast.AST] = [tree(file)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))
    return {name for name in found if name.split(".")[0] == PACKAGE and home(name)}


def topics(file: Path) -> set[str]:
    """Return the topics of words whose keys a file spells; they are loaded by name and not by import."""
    known = {path.stem for path in (SOURCE / PACKAGE / "words").glob("*.py")}
    heads = {
        node.value.partition(".")[0]
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value
    }
    return {f"{PACKAGE}.words.{head}" for head in heads & known}


def modules() -> dict[str, Path]:
    """Return the modules that the script can reach, with their files."""
    reached: dict[str, Path] = {}
    waiting = list(FIRST)
    while waiting:
        name = waiting.pop()
        file = home(name)
        if file is None or name in reached or LEFT_OUT.match(name):
            continue
        reached[name] = file
        parents = [name.rpartition(".")[0]] if "." in name else []
        waiting += [*parents, *imported(file), *topics(file)]
    return reached


def contents() -> dict[str, bytes]:
    """Return every file of the bundle by its name in it.

    Raises:
        SystemExit: a file is missing, or a host's limit is passed.
    """
    named = [ROOT / name for name in FILES]
    named += [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.md"))]
    named += modules().values()
    missing = [str(path) for path in named if not path.is_file()]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}")
    # Line ends as in the repository, also from a checkout on Windows.
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes().replace(b"\r\n", b"\n") for path in named}
    check(files)
    return dict(sorted(files.items()))


def check(files: dict[str, bytes]) -> None:
    """Hold the bundle to the limits of the hosts.

    Raises:
        SystemExit: it is too large.
    """
    large = [name for name, data in files.items() if len(data) > MOST_EACH]
    total = sum(map(len, files.values()))
    if len(files) > MOST_FILES or large or total > MOST_IN_ALL:
        sys.exit(f"too large: {len(files)} files, {total} bytes in all, above a mebibyte: {large}")


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write the bundle as a folder, in place of an older one."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(0o755 if name.startswith("scripts/") else 0o644)


def write_zip(file: Path, files: dict[str, bytes]) -> None:
    """Write the bundle as a zip, the files at its root."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = (0o100755 if name.startswith("scripts/") else 0o100644) << 16
            bundle.writestr(entry, data)


def main() -> None:
    """Build both."""
    dist = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    dist.mkdir(parents=True, exist_ok=True)
    files = contents()
    write_folder(dist / NAME, files)
    write_zip(dist / f"{NAME}.zip", files)
    print(f"{dist / NAME}: {len(files)} files, {sum(map(len, files.values())):,} bytes")


if __name__ == "__main__":
    main()
