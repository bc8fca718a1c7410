from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ledger_world import FixedClock

from ima_nano_banana.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "file"
SERVER = os.environ.get("IMA_TEST_PG")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Show what is true of any store on both, if there is a server for tests."""
    if "where" in metafunc.fixturenames:
        stores: list[object] = [FILE]
        if SERVER and "path" not in metafunc.fixturenames:
            stores.append(pytest.param(SERVER, id="postgresql", marks=pytest.mark.cluster))
        metafunc.parametrize("where", stores, indirect=True)


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where the books are: a file, or a fresh place on the server."""
    if request.param == FILE:
        yield tmp_path / "memory" / "ima_ledger.sqlite3"
        return
    from cluster_world import fresh_place

    with fresh_place(request.param) as place:
        yield place


@pytest.fixture
def path(where: Path | str) -> Path:
    """The file; whoever names it is about files alone."""
    return Path(where)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ledger(where: Path | str, clock: FixedClock) -> Iterator[Ledger]:
    with open_ledger(where, clock=clock, zone=UTC) as opened:
        yield opened


@pytest.fixture
def other(where: Path | str, clock: FixedClock) -> Iterator[Ledger]:
    """A second process's view of the same books (its sign of life is its own)."""
    with open_ledger(where, clock=clock, zone=UTC) as opened:
        yield opened
