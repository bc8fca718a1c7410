"""Writes what the program has measured into a page, so that nobody has to copy a figure."""

from __future__ import annotations

from pathlib import Path


def put(page: str, name: str, text: str) -> None:
    """Replace what stands between the marks of ``name`` in a page.

    Raises:
        ValueError: the page has no such marks.
    """
    path = Path(page)
    before, begin, rest = path.read_text(encoding="utf-8").partition(f"<!-- simulation: {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    if not begin or not end:
        raise ValueError(f"{page} has no place for {name}")
    path.write_text(f"{before}{begin}{text.strip()}\n{end}{after}", encoding="utf-8")
