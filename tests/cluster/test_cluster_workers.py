"""Several workers on one database, judged by the books of the simulated service."""

from __future__ import annotations

import pytest
from cluster_world import Cluster, cats, charged_once, most_within

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]


def test_a_batch_is_made_once_by_whoever_takes_part(cluster: Cluster):
    cluster.submit(cats(40))
    cluster.start()
    cluster.start()

    found = cluster.until(lambda now: now.ended)

    assert found.complete
    charged_once(cluster)
    assert len(cluster.books.charges()) == 40
    pictures = [file for item in cluster.items() for file in item.files]
    assert len(pictures) == 40
