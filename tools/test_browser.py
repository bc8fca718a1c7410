"""Run the tests of the studio in a real browser: Debian's Chromium and axe, installed where they are missing.

First the types that the page's own comments state are checked (TypeScript, from npm).

Screenshots go to ``build/screenshots``. Further arguments are pytest's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
AXE = "axe-core@4.14.1"
PLAYWRIGHT = "playwright>=1.60"
CHROMIUM = "/usr/bin/chromium"
TYPESCRIPT = "typescript@5.9"
TESTS = "tests/browser"
PAGE = ROOT / "src" / "ima_nano_banana" / "doors" / "studio" / "static" / "main.js"
STRICT = (
    *("--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", "es2023,dom,dom.iterable"),
    *("--module", "es2022", "--moduleResolution", "bundler"),
)


def main(argv: list[str]) -> int:
    """Install what is missing, and run."""
    browser = os.environ.get("IMA_CHROMIUM") or _chromium()
    axe = _axe()
    _check_types()
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", PLAYWRIGHT], check=True, cwd=ROOT)
    env = {**os.environ, "IMA_TEST_BROWSER": "1", "IMA_CHROMIUM": browser, "IMA_AXE": str(axe)}
    return subprocess.run([sys.executable, "-m", "pytest", TESTS, *argv], env=env, cwd=ROOT, check=False).returncode


def _chromium() -> str:
    """Return the browser; on Debian and as root it is installed, with letters for Chinese."""
    found = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if found is not None:
        return found
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"]):
        subprocess.run(["apt-get", "-qq", *words], check=True, env=quiet, stdout=subprocess.DEVNULL)
    return CHROMIUM


def _axe() -> Path:
    """Return axe as one file, from npm."""
    file = BUILD / "axe.min.js"
    if file.is_file():
        return file
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", AXE], check=True, cwd=folder, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as packed:
            held = packed.extractfile("package/axe.min.js")
            assert held is not None
            file.write_bytes(held.read())
    return file


def _check_types() -> None:
    """Let TypeScript read the page."""
    tsc = BUILD / "tsc" / "node_modules" / ".bin" / "tsc"
    if not tsc.exists():
        tsc.parents[2].mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(tsc.parents[2]), TYPESCRIPT]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([str(tsc), *STRICT, str(PAGE)], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
