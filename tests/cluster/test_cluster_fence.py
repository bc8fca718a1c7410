"""A worker that was frozen between its last look and the end of its row, and what it may still write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cluster_world import BATCH, Cluster, cats, retry

from ima_nano_banana.cluster import shelf, submit
from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import BudgetFault, GenerationFault, UncertainFault
from ima_nano_banana.ledger.faults import facts_of

if TYPE_CHECKING:
    from ima_nano_banana.cluster.model import Found
    from ima_nano_banana.errors import Fault

pytestmark = [pytest.mark.cluster]

ROW = "r0000"
LOST = UncertainFault("uncertain.lost", phase="create", charged="unknown")
REFUSED = GenerationFault("generation.failed", phase="poll", charged="unknown")
TOO_DEAR = BudgetFault("budget.batch", phase="catalog", credit=1, limit=0, left=0)


@pytest.fixture
def batch(cluster: Cluster) -> Cluster:
    cluster.submit(cats(2))
    return cluster


def read(batch: Cluster) -> Found:
    found = batch.ledger.store.read(lambda tx: shelf.find(tx, BATCH, ROW))
    assert found is not None
    return found


def end(batch: Cluster, found: Found, state: Any, fault: Fault | None = None) -> bool:
    return batch.ledger.store.write(lambda tx: shelf.end(tx, found, ROW, state, facts_of(fault)))


def stands(batch: Cluster) -> tuple[str, Any]:
    found = batch.ledger.store.read(lambda tx: shelf.outcome(tx, BATCH, ROW))
    assert found is not None
    return found


def paid(batch: Cluster, *, retry: bool = False) -> Reservation:
    from ledger_world import ask

    found = batch.ledger.reserve(replace(ask("cat 0"), batch_id=BATCH, row_id=ROW, retry=retry))
    assert isinstance(found, Reservation)
    return found


def made(batch: Cluster, reservation: Reservation) -> None:
    batch.ledger.created(reservation, f"task_{reservation.item_id}")
    batch.ledger.ready(reservation.item_id, ["https://pictures.example/a.png"])
    batch.ledger.done(reservation.item_id, ["a.png"])


@pytest.mark.parametrize(("late", "fault"), [("failed", REFUSED), ("uncertain", LOST), ("cancelled", None)])
def test_what_was_made_meanwhile_stays_made(batch: Cluster, late: str, fault: Fault | None):
    before = read(batch)
    made(batch, paid(batch))
    assert end(batch, read(batch), "done")

    end(batch, before, late, fault)

    assert stands(batch) == ("done", None)


@pytest.mark.parametrize(("late", "fault"), [("failed", TOO_DEAR), ("uncertain", LOST), ("cancelled", None)])
def test_a_row_that_somebody_else_is_at_is_not_ended_by_old_news(batch: Cluster, late: str, fault: Fault | None):
    before = read(batch)
    batch.ledger.created(paid(batch), "task_1")

    assert not end(batch, before, late, fault)
    assert stands(batch)[0] == "open"


def test_the_ending_of_an_earlier_turn_ends_no_later_one(batch: Cluster):
    before = read(batch)
    reservation = paid(batch)
    batch.ledger.created(reservation, "task_1")
    batch.ledger.failed(reservation.item_id, REFUSED)
    assert end(batch, read(batch), "failed", REFUSED)
    assert retry(batch) == 1

    assert not end(batch, before, "failed", REFUSED)

    assert stands(batch)[0] == "open"
    made(batch, paid(batch, retry=True))
    assert end(batch, read(batch), "done")


def test_an_uncertain_row_is_not_called_failed_by_one_who_knew_less(batch: Cluster):
    before = read(batch)
    batch.ledger.uncertain(paid(batch), LOST)
    assert end(batch, read(batch), "uncertain", LOST)

    end(batch, before, "failed", TOO_DEAR)

    assert stands(batch)[0] == "uncertain"


def test_a_row_that_was_called_off_and_made_all_the_same_is_done(batch: Cluster):
    before = read(batch)
    submit.cancel(batch.ledger, BATCH)
    assert stands(batch)[0] == "cancelled"
    made(batch, paid(batch))

    assert end(batch, before, "done")
    assert stands(batch) == ("done", None)


def test_a_row_that_an_older_program_called_failed_is_put_right_by_the_books(batch: Cluster):
    made(batch, paid(batch))
    batch.ledger.store.write(
        lambda tx: tx.execute("UPDATE batch_wishes SET state = 'failed' WHERE row_id = :row", {"row": ROW}).rowcount
    )

    batch.ledger.store.write(lambda tx: shelf.due(tx, BATCH))

    assert stands(batch)[0] == "open"
