"""A freeze of shared books: two workers begin nothing more, and go on when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cluster_world import Cluster

pytestmark = pytest.mark.cluster


def test_two_workers_begin_nothing_once_the_ledger_is_frozen_and_go_on_afterwards(cluster: Cluster):
    rows = [{"id": f"r{number}", "prompt": f"a fox {number}"} for number in range(60)]
    cluster.submit(rows, rate_count=5, rate_seconds=1.0)
    cluster.start()
    cluster.start()
    cluster.until(lambda found: found.states.get("done", 0) >= 5)

    cluster.ledger.freeze(reason="stop", realm="sandbox")
    begun = len(cluster.books.charges())
    # What is paid comes home; then both workers have nothing to do but to wait.
    cluster.until(lambda found: found.states.get("done", 0) == begun)
    assert len(cluster.books.charges()) == begun < len(rows)

    cluster.ledger.unfreeze(realm="sandbox")
    cluster.until(lambda found: found.ended)
    assert len(cluster.books.charges()) == len(rows)
