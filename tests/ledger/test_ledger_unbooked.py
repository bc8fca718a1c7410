"""The outcome of a create can't be written down: nobody may wait for it in a process that lives on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ledger_world import ask, reserve

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import StorageFault, UncertainFault
from ima_nano_banana.ledger import Ledger

OUTCOMES: dict[str, Callable[[Ledger, Reservation], object]] = {
    "created": lambda ledger, one: ledger.created(one, "task_1"),
    "uncertain": lambda ledger, one: ledger.uncertain(one),
    "requeued": lambda ledger, one: ledger.requeue(one),
    "refused": lambda ledger, one: ledger.refused(one),
}


def broken(name: str, ledger: Ledger, one: Reservation, patch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with patch.context() as at_once:
        at_once.setattr(f"ima_nano_banana.ledger.outcomes.{name}", full)
        with pytest.raises(StorageFault):
            OUTCOMES[name](ledger, one)


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_same_request_is_told_that_it_may_be_charged_instead_of_waiting_for_ever(
    name: str, ledger: Ledger, other: Ledger, monkeypatch: pytest.MonkeyPatch, path: object
) -> None:
    broken(name, ledger, reserve(ledger), monkeypatch)

    for books in (ledger, other):
        with pytest.raises(UncertainFault):
            books.reserve(ask())


def test_a_task_id_that_can_be_written_later_is_joined(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, path: object
) -> None:
    one = reserve(ledger)
    broken("created", ledger, one, monkeypatch)
    with pytest.raises(UncertainFault):
        ledger.reserve(ask())

    ledger.created(one, "task_1")

    standing = ledger.peek(ask())
    assert (standing.state, standing.item and standing.item.task_id) == ("open", "task_1")


def test_a_refused_create_that_could_not_be_closed_frees_the_request(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, path: object
) -> None:
    one = reserve(ledger)
    ledger.requeue(one)
    broken("refused", ledger, one, monkeypatch)

    assert ledger.peek(ask()).state == "free"


def test_what_others_are_sending_meanwhile_keeps_its_outcome(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, path: object
) -> None:
    sibling = reserve(ledger, ask("a dog"))
    broken("created", ledger, reserve(ledger), monkeypatch)
    assert {item.state.value for item in ledger.tasks()} == {"uncertain"}

    assert ledger.requeue(sibling).state.value == "queued"
    assert ledger.peek(ask("a dog")).state == "sending"
    assert ledger.created(ledger.further(sibling, ask("a dog").quote), "task_2").state.value == "running"


def test_a_create_taken_back_late_has_an_owner_again_and_is_closed_when_that_one_is_gone(
    ledger: Ledger, other: Ledger, monkeypatch: pytest.MonkeyPatch, path: object
) -> None:
    one = reserve(ledger)
    broken("uncertain", ledger, one, monkeypatch)
    assert [item.state.value for item in other.tasks()] == ["uncertain"]
    ledger.requeue(one)

    ledger.close()

    assert other.peek(ask()).state == "free"
