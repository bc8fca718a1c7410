"""Writes the parts of the documents that the program itself knows: help texts and the table of scenes.

A part stands between two comments of Markdown::

    <!-- from the program: help nano-banana quote -->
    ...
    <!-- end -->

``python tools/refresh_docs.py`` rewrites them all; the test of the documents fails while one is out of date.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PART = re.compile(r"(<!-- from the program: (?P<what>[^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)
SCRIPT = "scripts/ima_image_create.py"


def pages() -> list[Path]:
    """Return every document in which the program may have a word."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def refreshed(text: str) -> str:
    """Return ``text`` with every part as the program says it now."""
    return PART.sub(lambda part: part[1] + said(part["what"]) + part[3], text)


def said(what: str) -> str:
    """Return what the program says: ``help COMMAND…`` or ``scenes``."""
    kind, _, rest = what.partition(" ")
    if kind == "help":
        return f"```text\n{help_of(rest)}```\n"
    if what == "scenes":
        return scenes()
    msg = f"no part of the program is called {what!r}"
    raise ValueError(msg)


def help_of(command: str) -> str:
    """Return the English help of ``nano-banana …`` or of the skill script."""
    from ima_nano_banana.doors import skill
    from ima_nano_banana.doors.cli.main import main

    words = command.split()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = skill.main(["--help"]) if words == [SCRIPT] else main([*words[1:], "--help"])
    if code:
        msg = f"{command} --help ended with {code}"
        raise ValueError(msg)
    return out.getvalue().rstrip() + "\n"


def scenes() -> str:
    """Return the table of scenes, in both languages."""
    from ima_nano_banana import sandbox, words

    rows = (
        f"| `{name}` | {words.text(f'scenes.{name}', 'en')} | {words.text(f'scenes.{name}', 'zh')} |"
        for name in sandbox.scene_names()
    )
    return "\n".join(("| Scene | What happens | 场景 |", "|---|---|---|", *rows, ""))


def main() -> int:
    """Rewrite what is out of date and name it."""
    for page in pages():
        old = page.read_text(encoding="utf-8")
        new = refreshed(old)
        if new != old:
            page.write_text(new, encoding="utf-8", newline="\n")
            print(page.relative_to(ROOT).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
