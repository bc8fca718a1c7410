from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from ledger_world import FixedClock

from ima_nano_banana.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory" / "ima_ledger.sqlite3"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ledger(path: Path, clock: FixedClock) -> Iterator[Ledger]:
    with Ledger(path, clock=clock, zone=UTC) as opened:
        yield opened


@pytest.fixture
def other(path: Path, clock: FixedClock) -> Iterator[Ledger]:
    """A second process's view of the same file (its sign of life is its own)."""
    with Ledger(path, clock=clock, zone=UTC) as opened:
        yield opened
