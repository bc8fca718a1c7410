"""The outcome of a create can't be written down: nobody may wait for it in a process that lives on."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ledger_world import ask, reserve

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import InternalFault, StorageFault, UncertainFault
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
    other.tasks()  # another start would find the id that was kept aside: see below
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


def test_an_id_that_could_not_be_written_down_is_taken_in_by_the_next_start(
    ledger: Ledger, other: Ledger, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    wanted = replace(ask("a cat"), identity="digest", subject="digest")
    one = reserve(ledger, wanted)
    broken("created", ledger, one, monkeypatch)
    kept = path.parent / "ima_orphans.jsonl"
    assert "task_1" in kept.read_text()
    assert "a cat" not in kept.read_text()
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    standing = other.peek(wanted)

    assert (standing.state, standing.item and standing.item.task_id) == ("open", "task_1")
    assert kept.read_text() == ""
    assert [item.committed for item in other.tasks()] == [6]


def test_a_claim_that_the_books_have_lost_is_written_anew_when_its_create_is_answered(ledger: Ledger) -> None:
    """A replica took over without the last commits, or a backup was restored under the program."""
    one = reserve(ledger)
    lose(ledger)

    ledger.created(one, "task_1")

    (item,) = ledger.tasks()
    assert (item.state, item.task_id, item.committed, item.prompt) == ("running", "task_1", 6, "a cat")
    assert ledger.peek(ask()).state == "open"
    lose(ledger)
    ledger.ready(item.id, ["https://cdn.example/a.png"])
    ledger.done(item.id, ["/p/a.png"])
    assert [(one.state, one.task_id) for one in ledger.tasks()] == [("done", "task_1")]


@pytest.mark.parametrize(
    "error", [RuntimeError("whatever"), KeyError("x"), InternalFault("ledger.inconsistent", why="x")]
)
def test_whatever_keeps_an_answer_from_being_booked_the_id_is_told_as_charged(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, error: Exception, path: Path
) -> None:
    one = reserve(ledger)

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("ima_nano_banana.ledger.outcomes.created", fails)
    with pytest.raises(StorageFault) as told:
        ledger.created(one, "task_1")
    assert (told.value.charged, told.value.task_id, told.value.code) == ("yes", "task_1", "storage.unbooked")
    assert "task_1" in (path.parent / "ima_orphans.jsonl").read_text()


def test_a_row_that_is_gone_and_nobody_knows_is_a_fault_of_the_books(ledger: Ledger) -> None:
    with pytest.raises(StorageFault) as told:
        ledger.created(Reservation(item_id="unheard of", attempt=1, credit=6, claimed_at=0.0), "task_1")
    assert (told.value.code, told.value.charged, told.value.task_id) == ("storage.row_gone", "yes", "task_1")


def lose(ledger: Ledger) -> None:
    """Take the last commits out of the books."""

    def work(tx: object) -> None:
        for table in ("changes", "attempts", "items", "spending", "request_keys"):
            tx.execute(f"DELETE FROM {table}")  # type: ignore[attr-defined]

    ledger.database.write(work)
