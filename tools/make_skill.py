"""Keep the skill as hosts install it, skills/ai-nano-banana-ima/, in step with the program; or build a zip of it.

    python3 tools/make_skill.py            bring the folder of the repository up to date
    python3 tools/make_skill.py --check    say whether it is, and change nothing
    python3 tools/make_skill.py DIST       write DIST/ai-nano-banana-ima/ and the same as a zip

Hosts install from the repository by copying that folder, so it holds the program: the modules that its script
can reach, followed from import to import. Those, the script and two pages are copies that nobody edits there
(``COPIED``); a test holds them to the originals. Its pages and manifests have no other place.
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
FOLDER = ROOT / "skills" / NAME
"""What hosts install."""

FIRST = (f"{PACKAGE}.doors.early", f"{PACKAGE}.doors.skill")
LEFT_OUT = re.compile(rf"{PACKAGE}\.(batch|cluster|studio|ledger\.postgres|doors\.(cli|mcp|library|studio))(\.|$)")
"""Other doors and what only they need; the rooms name them where a run of the script never comes."""

OWN = ("SKILL.md", "clawhub.json", "requirements.txt", ".clawhubignore")
REFERENCES = "references"
COPIED = ("LICENSE", "SECURITY.md", "scripts/ima_image_create.py")

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
    named = {name: FOLDER / name for name in OWN}
    named |= {f"{REFERENCES}/{page.name}": page for page in (FOLDER / REFERENCES).glob("*.md")}
    named |= {name: ROOT / name for name in COPIED}
    named |= {file.relative_to(ROOT).as_posix(): file for file in modules().values()}
    missing = [str(path) for path in named.values() if not path.is_file()]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}")
    # Line ends as in the repository, also from a checkout on Windows.
    files = {name: content(path) for name, path in named.items()}
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


def stale(files: dict[str, bytes]) -> list[str]:
    """Return the names that differ between the repository's folder and what it should hold."""
    found = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.is_file()}
    left = {name for name in found if "__pycache__" not in name} - files.keys()
    old = {name for name, data in files.items() if name not in found or content(found[name]) != data}
    return sorted(left | old)


def content(file: Path) -> bytes:
    """Return a file with the line ends of the repository."""
    return file.read_bytes().replace(b"\r\n", b"\n")


def update(files: dict[str, bytes]) -> list[str]:
    """Bring the repository's folder up to date; return what was changed."""
    changed = stale(files)
    for name in changed:
        file = FOLDER / name
        if name not in files:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(files[name])
        file.chmod(0o755 if name.startswith("scripts/") else 0o644)
    return changed


def build(dist: Path, files: dict[str, bytes]) -> None:
    """Write folder and zip elsewhere."""
    dist.mkdir(parents=True, exist_ok=True)
    write_folder(dist / NAME, files)
    write_zip(dist / f"{NAME}.zip", files)


def main() -> int:
    """Build, check or update."""
    files = contents()
    total = f"{len(files)} files, {sum(map(len, files.values())):,} bytes"
    told = sys.argv[1] if len(sys.argv) > 1 else None
    if told == "--check":
        old = stale(files)
        print("\n".join((*old, "run: python3 tools/make_skill.py")) if old else f"up to date: {total}")
        return 1 if old else 0
    if told is None:
        print(f"{FOLDER}: {len(update(files))} changed; {total}")
        return 0
    build(Path(told), files)
    print(f"{Path(told) / NAME}: {total}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
