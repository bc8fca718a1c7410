"""Many processes with the same keys, killed at any moment: a key is never paid for twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from key_kit import check, many

if TYPE_CHECKING:
    from pathlib import Path


def test_processes_that_die_at_any_moment_never_pay_twice_for_a_key(tmp_path: Path) -> None:
    home = tmp_path / "home"
    came = many(tmp_path, [home] * 3, 12, 6)
    check(came, 12)
