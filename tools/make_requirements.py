"""Pin the skill's packages, with a hash for every file of every platform, into requirements.txt.

    python3 tools/make_requirements.py

The floors are those of the script's inline metadata. ``uv`` resolves them for all platforms; the index that
it asks is whatever the machine is set up with, and its address is not written down.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "ima_image_create.py"
OUT = ROOT / "skills" / "ai-nano-banana-ima" / "requirements.txt"
HEAD = """\
# The packages of scripts/ima_image_create.py, pinned; made by tools/make_requirements.py.
# Install with: python3 -m pip install --require-hashes -r requirements.txt
"""
PINNED = re.compile(r"[A-Za-z0-9._-]+==[^ ;\\]+( ; [^\\]+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?")


def resolved(uv: str) -> str:
    """Return the pins, without any trace of where they came from.

    Raises:
        SystemExit: uv failed, or wrote a line that is neither a pin nor a hash.
    """
    flags = ("--universal", "--python-version", "3.11", "--generate-hashes")
    quiet = ("--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet")
    done = subprocess.run(
        [uv, "pip", "compile", *flags, *quiet, str(SCRIPT)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr)
    strange = [line for line in done.stdout.splitlines() if not PINNED.fullmatch(line)]
    if strange:
        sys.exit(f"not a pin: {strange[0]}")
    return done.stdout


def main() -> None:
    """Write the file."""
    OUT.write_text(HEAD + resolved(sys.argv[1] if len(sys.argv) > 1 else "uv"), "utf-8", newline="\n")
    print(OUT)


if __name__ == "__main__":
    main()
