"""Workers that are killed or frozen, a database that goes away, a wire that is cut: everything ends, nothing twice."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time

import pytest
from cluster_world import Cluster, cats, charged_once, most_within
from cut_wire import Wire

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

RESTART = os.environ.get("IMA_TEST_PG_RESTART", "")
"""Restarts the server for tests, and returns once it is back."""
KILLS = int(os.environ.get("IMA_TEST_KILLS", "60"))
AT_ONCE = 8
"""Creates that a worker has on the wire at once: the most that one death can leave uncertain."""


def all_ended_well(cluster: Cluster, rows: int, *, deaths: int = 0) -> None:
    """Every row is done, or named as uncertain, of which there are few; nothing was paid twice or lost."""
    found = cluster.progress()
    unsure = found.states.get("uncertain", 0)
    assert found.states.get("done", 0) + unsure == rows, found
    assert unsure <= deaths * AT_ONCE
    named = [item for item in cluster.items() if item.state == "uncertain"]
    assert len(named) == unsure
    assert all(item.row_id and item.fault and item.committed for item in named)
    charged_once(cluster)


def test_one_killed_for_good_leaves_its_rows_to_the_other(cluster: Cluster):
    cluster.options |= {"distance": 0.3, "task_seconds": 2.0}
    cluster.submit(cats(40), max_in_flight=16)
    doomed = cluster.start()
    cluster.start()
    cluster.until(lambda now: now.running >= 6)

    cluster.kill(doomed)

    cluster.until(lambda now: now.ended)
    all_ended_well(cluster, 40, deaths=1)


def test_one_frozen_past_its_lease_puts_right_what_was_given_up(cluster: Cluster):
    cluster.options |= {"distance": 0.6, "task_seconds": 2.0}
    cluster.submit(cats(80), max_in_flight=40)
    frozen = cluster.start()
    cluster.start()
    # More than one worker may send: the one that is frozen is caught with creates on the wire.
    cluster.until(lambda _: cluster.sending() > AT_ONCE)

    frozen.send_signal(signal.SIGSTOP)
    time.sleep(8)  # twice its lease
    frozen.send_signal(signal.SIGCONT)

    cluster.until(lambda now: now.ended and now.states.get("done") == 80)
    all_ended_well(cluster, 80)
    healed = [step for item in cluster.items() for step in cluster.ledger.changes(item.id)]
    assert ("uncertain", "running") in {(step["from_state"], step["to_state"]) for step in healed}


def test_a_restart_of_the_database_costs_nothing(fragile: Cluster):
    fragile.options |= {"distance": 0.3, "task_seconds": 1.0}
    fragile.submit(cats(60), max_in_flight=12)
    fragile.start()
    fragile.start()
    fragile.until(lambda now: now.states.get("done", 0) >= 5)

    for _ in range(2):
        subprocess.run(RESTART, shell=True, check=True, capture_output=True, timeout=60)
        time.sleep(2)

    fragile.until(lambda now: now.ended)
    all_ended_well(fragile, 60)


@pytest.mark.parametrize("loudly", [True, False], ids=["broken", "silent"])
def test_twenty_seconds_without_the_network_cost_nothing(cluster: Cluster, loudly: bool):
    host, port = re.search(r"@([^:/]+):(\d+)/", cluster.store).groups()  # type: ignore[union-attr]
    cluster.options |= {"distance": 0.3, "task_seconds": 1.0}
    cluster.submit(cats(50), max_in_flight=10)
    with Wire((host, int(port))).laid() as wire:
        for _ in range(2):
            cluster.start(store=cluster.store.replace(f"@{host}:{port}/", f"@127.0.0.1:{wire.port}/"))
        cluster.until(lambda now: now.states.get("done", 0) >= 5)

        wire.cut(loudly=loudly)
        time.sleep(20)
        wire.mend()

        cluster.until(lambda now: now.ended and "uncertain" not in now.states)
        all_ended_well(cluster, 50)


def test_sixty_kills_double_nothing_and_lose_nothing(cluster: Cluster):
    dice = random.Random(7)
    cluster.options |= {"distance": 0.5, "task_seconds": 1.0}
    rows = 10 * KILLS
    # The rate lets the rows outlast the kills. Young uncertain ones would use up any number of places in flight.
    cluster.submit(cats(rows), rate_count=9, rate_seconds=1.0)
    for _ in range(4):
        cluster.start(wait=False)
    for _ in range(KILLS):
        victim = cluster.sender()
        time.sleep(dice.random() * 0.4)
        cluster.kill(victim)
        cluster.start(wait=False)

    cluster.until(lambda now: now.ended, seconds=150)
    all_ended_well(cluster, rows, deaths=KILLS)
    steps = [step["to_state"] for item in cluster.items() for step in cluster.ledger.changes(item.id)]
    assert steps.count("uncertain") >= KILLS / 4  # else the kills came when nothing was on the wire
    assert most_within([seen.at for seen in cluster.books.creates()], 1.0) <= 9
