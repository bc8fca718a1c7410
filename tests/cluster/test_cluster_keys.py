"""A caller's key on shared books: two machines, one ledger, processes that die at any moment."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.ledger import Filters
from ima_nano_banana.ledger.model import Named
from ima_nano_banana.ledger.postgres import PostgresLedger

sys.path.append(str(Path(__file__).parents[1] / "stateful"))

pytestmark = [pytest.mark.cluster]


def named(digest: str = "d", prompt: str = "p") -> Named:
    return Named(realm="ima", user_id="ann", key="k", digest=digest, fields={"prompt": prompt})


def test_processes_of_two_machines_never_pay_twice_for_a_key(store: str, tmp_path: Path) -> None:
    from key_kit import check, many

    homes = [tmp_path / "one", tmp_path / "two"]
    came = many(tmp_path, homes * 2, 10, 5, books=store)
    check(came, 10)


def test_a_key_holds_on_another_machine_with_another_api_key(store: str) -> None:
    from ledger_world import ask

    mine = replace(ask(), named=named())
    with PostgresLedger(store) as here, PostgresLedger(store) as there:
        reservation = here.reserve(mine)
        assert isinstance(reservation, Reservation)
        here.created(reservation, "task_1")
        here.ready(reservation.item_id, ["https://cdn.example/a.png"])
        here.done(reservation.item_id, ["/p/a.png"])
        here.told(reservation.item_id)
        found = there.reserve(replace(mine, key_fingerprint="f" * 16))
        assert not isinstance(found, Reservation)
        assert (found.replayed, found.item and found.item.task_id) == (True, "task_1")
        with pytest.raises(UsageFault) as refused:
            there.named(named("other", "another"))
        assert refused.value.params["fields"] == ("prompt",)
        assert [item.idempotency_key for item in there.tasks(Filters(idempotency_key="k"))] == ["k"]
