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

collect_ignore_glob = [] if SERVER else ["test_*.py"]


@pytest.fixture
def store() -> Iterator[str]:
    from cluster_world import fresh_place

    with fresh_place(SERVER or "") as place:
        yield place


@pytest.fixture
def cluster(store: str, tmp_path: Path) -> Iterator[Cluster]:
    from cluster_world import Cluster

    found = Cluster(store, tmp_path / "cluster")
    try:
        yield found
    finally:
        found.close()
