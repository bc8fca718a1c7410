"""Plans on shared books: one machine proposes, another approves, and whoever runs them at once pays once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from ima_nano_banana.domain.model import Reservation
from ima_nano_banana.errors import BudgetFault
from ima_nano_banana.ledger import Decider, Plan
from ima_nano_banana.ledger.postgres import PostgresLedger

pytestmark = [pytest.mark.cluster]
OWNER = Decider(name="owner")


def _draft(credit: int = 6) -> Plan:
    facts = {
        "attribute_id": 4406,
        "points": credit,
        "size": "1K",
        "aspect_ratio": "1:1",
        "count": 1,
        "version_id": "v1",
    }
    return Plan(
        plan_id="",
        realm="ima",
        user_id="ann",
        terms="t",
        digest="",
        credit=credit,
        credit_each=credit,
        created_at=0.0,
        expires_at=0.0,
        facts=facts,
        wish={"prompt": "a cat"},
        told={"digest": "d", "fields": {"prompt": "p"}},
    )


def test_one_machine_proposes_another_approves_and_many_that_spend_it_pay_once(store: str) -> None:
    from ledger_world import ask

    dear = replace(ask(), terms="t")
    with PostgresLedger(store) as here, PostgresLedger(store) as there:
        here.approvals_set(OWNER, realm="ima", scope="all", above=5)
        with pytest.raises(BudgetFault) as refused:
            there.reserve(dear)
        assert refused.value.code == "approval.needed"
        plan = here.propose(_draft())
        assert there.propose(_draft()).plan_id == plan.plan_id
        with pytest.raises(BudgetFault):
            here.reserve(dear)
        assert there.decide(plan.plan_id[:12], "approved", OWNER, realm="ima").state == "approved"

        found: list[object] = []

        def spend() -> None:
            with PostgresLedger(store) as books:
                found.append(books.reserve(replace(dear, plan_id=plan.plan_id, named=plan.named)))
                gate.wait()

        gate = threading.Barrier(5)
        others = [threading.Thread(target=spend) for _ in range(4)]
        for one in others:
            one.start()
        gate.wait()
        for one in others:
            one.join()
        assert sum(isinstance(one, Reservation) for one in found) == 1
        spent = here.plan(plan.plan_id)
        assert spent is not None
        assert spent.state == "spent"
        here.forget()


def test_a_refusal_on_one_machine_holds_on_the_other(store: str) -> None:
    from ledger_world import ask

    with PostgresLedger(store) as here, PostgresLedger(store) as there:
        plan = here.propose(_draft())
        here.decide(plan.plan_id, "approved", OWNER, realm="ima")
        there.decide(plan.plan_id, "refused", OWNER, realm="ima", reason="no")
        with pytest.raises(BudgetFault) as refused:
            here.reserve(replace(ask(), terms="t", plan_id=plan.plan_id, named=plan.named))
        assert refused.value.code == "approval.refused"
        assert [one.state for one in there.plans(open_=True)] == []
