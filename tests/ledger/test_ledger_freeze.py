"""A freeze: from its commit on no create begins, and what is paid goes on as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ledger_world import ask, paid, quote, reserve

from ima_nano_banana import words
from ima_nano_banana.domain.task import State
from ima_nano_banana.errors import BudgetFault, RejectedFault
from ima_nano_banana.ledger import Standing

if TYPE_CHECKING:
    from ima_nano_banana.ledger import Ledger


def _refused(ledger: Ledger, **wanted: object) -> BudgetFault:
    for door in (ledger.peek, ledger.reserve):
        with pytest.raises(BudgetFault) as told:
            door(ask("one more", **wanted))  # type: ignore[arg-type]
        assert (told.value.code, told.value.exit_code, told.value.charged) == ("budget.frozen", 5, "no")
    for language in words.LANGUAGES:
        for key in (told.value.code, told.value.code + ".do"):
            assert "None" not in words.text(key, language, **told.value.params)
    return told.value


def test_no_create_begins_while_the_ledger_is_frozen_whoever_asks(ledger: Ledger, other: Ledger):
    ledger.freeze(reason="  the books\n are being checked ")

    for books in (ledger, other):
        assert _refused(books).params["reason"] == "the books are being checked"
    assert _refused(ledger, again=True)
    assert ledger.tasks() == []

    assert other.unfreeze()
    assert reserve(ledger).credit == 6
    assert not other.unfreeze()


def test_a_freeze_of_one_user_leaves_the_others_alone(ledger: Ledger):
    ledger.freeze("ann")

    assert _refused(ledger, user="ann").params["reason"] is None
    assert reserve(ledger, ask(user="bob")).credit == 6
    assert not ledger.unfreeze("bob")
    assert ledger.unfreeze("ann")
    assert reserve(ledger, ask(user="ann")).credit == 6


@pytest.mark.parametrize(("frozen", "free"), [("ima", "sandbox"), ("sandbox", "ima")])
def test_a_freeze_holds_in_its_realm_alone(ledger: Ledger, frozen: str, free: str):
    ledger.freeze(realm=frozen)

    _refused(ledger, realm=frozen)
    assert reserve(ledger, ask(realm=free)).credit == 6
    assert [ledger.may_refuse("ann", realm=one) for one in (frozen, free)] == [True, False]


def test_what_is_paid_is_followed_fetched_and_told_while_it_is_frozen(ledger: Ledger):
    running = paid(ledger, ask("a"), "t1")
    ledger.freeze()

    standing = ledger.reserve(ask("a"))
    assert isinstance(standing, Standing)
    assert (standing.state, standing.item and standing.item.id) == ("open", running)
    ledger.ready(running, ["https://cdn.example/a.png"])
    assert ledger.done(running, ["/p/a.png"]).state is State.DONE


def test_a_create_that_was_refused_is_not_tried_again_while_it_is_frozen_and_may_be_afterwards(ledger: Ledger):
    first = reserve(ledger)
    ledger.requeue(first, RejectedFault("rejected.parameters"))
    ledger.freeze(reason="stop")

    with pytest.raises(BudgetFault) as told:
        ledger.further(first, quote(6))
    assert told.value.code == "budget.frozen"
    assert ledger.tasks()[0].state is State.QUEUED
    assert ledger.tasks()[0].committed == 0

    ledger.unfreeze()
    assert ledger.further(first, quote(6)).attempt == 2


def test_freezes_are_shown_with_the_one_for_everybody_first(ledger: Ledger):
    ledger.freeze("ann", reason="first")
    ledger.freeze()
    ledger.freeze("ann", reason="better")

    assert [(one.user_id, one.reason) for one in ledger.freezes()] == [(None, None), ("ann", "better")]
    assert [one.user_id for one in ledger.freezes(user_id="bob")] == [None]
    finished_before = ledger.freezes(realm="sandbox")
    assert finished_before == []
