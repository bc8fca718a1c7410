"""Several workers on one database, judged by the books of the simulated service."""

from __future__ import annotations

import pytest
from cluster_world import Cluster, cats, charged_once, most_at_once, most_within

from ima_nano_banana.ledger import Batch

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]


def test_a_batch_is_made_once_by_whoever_takes_part(cluster: Cluster):
    cluster.submit(cats(40))
    cluster.start()
    cluster.start()

    found = cluster.until(lambda now: now.ended)

    assert found.complete
    charged_once(cluster)
    assert len(cluster.books.charges()) == 40
    pictures = [file for item in cluster.items() for file in item.files]
    assert len(set(pictures)) == 40


@pytest.mark.parametrize("workers", [2, 4])
def test_rate_and_places_in_flight_hold_over_all_workers(cluster: Cluster, workers: int):
    cluster.options["task_seconds"] = 1.0
    cluster.submit(cats(60), max_in_flight=12, rate_count=5, rate_seconds=1.0)
    for _ in range(workers):
        cluster.start()

    found = cluster.until(lambda now: now.ended)

    assert found.complete
    charged_once(cluster)
    assert most_within([seen.at for seen in cluster.books.creates()], 1.0) <= 5
    assert most_at_once(cluster) <= 12


def test_a_budget_is_spent_to_the_last_point_and_not_one_more(cluster: Cluster):
    cluster.submit(cats(400), budget=137)
    for _ in range(4):
        cluster.start()

    found = cluster.until(lambda now: now.ended)

    assert cluster.books.points_charged() == 137
    assert found.committed == 137
    assert found.states == {"done": 137, "failed": 263}
    assert {fault["code"] for fault in found.faults.values()} == {"budget.batch"}
    charged_once(cluster)


def test_more_budget_and_a_retry_make_the_rest(cluster: Cluster):
    from cluster_world import retry

    cluster.submit(cats(10), budget=4)
    cluster.start()
    cluster.until(lambda now: now.ended)

    cluster.ledger.batch_set(
        Batch(id="b1", realm="sandbox", user_id="default", name="rows", created_at=1.0, rows=10, budget=10)
    )
    assert retry(cluster) == 6

    assert cluster.until(lambda now: now.ended).complete
    charged_once(cluster)
