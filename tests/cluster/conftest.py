"""These tests need a PostgreSQL server; without one (``IMA_TEST_PG``) they are not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster_world import Cluster

SERVER = os.environ.get("IMA_TEST_PG")
FRAGILE = os.environ.get("IMA_TEST_PG_FRAGILE")

collect_ignore_glob = [] if SERVER else ["test_*.py"]


@pytest.fixture
def store() -> Iterator[str]:
    from cluster_world import fresh_place

    with fresh_place(SERVER or "") as place:
        yield place


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster on a server that nobody else is on, so that it may be restarted."""
    from cluster_world import Cluster, fresh_place

    with fresh_place(FRAGILE or "") as place:
        found = Cluster(place, tmp_path / "cluster")
        try:
            yield found
        finally:
            found.close()


@pytest.fixture
def cluster(store: str, tmp_path: Path) -> Iterator[Cluster]:
    from cluster_world import Cluster

    found = Cluster(store, tmp_path / "cluster")
    try:
        yield found
    finally:
        found.close()
