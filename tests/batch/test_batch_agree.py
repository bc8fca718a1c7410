"""What a batch may spend: no path sets a budget above a limit that applies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.batch.agree import Terms, agreed, most_of_one
from ima_nano_banana.ledger import Ledger, Limit
from ima_nano_banana.ledger.elsewhere import idle_limits

SOURCE = Path(__file__).parents[2] / "src" / "ima_nano_banana"
POINTS = st.integers(0, 60)
USERS = ("ann", "bob", "me")


def terms(**more: Any) -> Terms:
    facts: dict[str, Any] = {
        "batch_id": "b",
        "realm": "ima",
        "user_id": "me",
        "name": "rows.csv",
        "rows": 9,
        "spent": 0,
        "dues": {"me": 36},
        "max_credits": None,
        "concurrency": 16,
        "rate": None,
        "created_at": 0.0,
    }
    return Terms(**{**facts, **more})


def limit(points: int, *, user: str | None = None, period: Any = "run", left: int | None = None) -> Limit:
    return Limit(scope="all" if user is None else "each-user", period=period, points=points, user_id=user, left=left)


@given(
    spent=POINTS,
    dues=st.dictionaries(st.sampled_from(USERS), POINTS),
    told=st.none() | POINTS,
    of_all=st.none() | POINTS,
    own=st.dictionaries(st.sampled_from(USERS), POINTS),
)
def test_no_budget_lies_above_a_limit_that_applies(
    spent: int, dues: dict[str, int], told: int | None, of_all: int | None, own: dict[str, int]
):
    every = [] if of_all is None else [limit(of_all)]
    limits = {user: [*every, *([limit(own[user], user=user)] if user in own else [])] for user in USERS}

    budget = agreed(terms(spent=spent, dues=dues, max_credits=told), limits).batch.budget

    assert budget is not None
    assert budget <= spent + sum(dues.values())
    assert told is None or budget <= told
    assert of_all is None or budget <= spent + of_all
    assert budget <= spent + sum(min(due, own.get(user, due)) for user, due in dues.items())


def test_what_the_day_leaves_is_told_and_is_no_budget_as_a_batch_may_run_for_days():
    found = agreed(terms(), {"me": [limit(100, period="day", left=20)]})

    assert (found.batch.budget, found.left) == (36, 20)


def test_a_quote_that_fits_is_told_nothing_about():
    assert agreed(terms(), {"me": [limit(36), limit(100, period="day", left=40)]}).left is None


def test_one_request_that_is_handed_in_may_cost_no_more_than_a_run():
    assert most_of_one(10, [limit(4, user="me"), limit(7), limit(1, period="day", left=1)]) == 4
    assert most_of_one(3, [limit(4)]) == 3


def test_one_place_makes_the_budget_of_a_batch():
    naming = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"\bbudget=", path.read_text("utf-8"))
    ]

    assert [name for name in naming if not name.startswith(("batch/agree", "cluster/shelf", "sandbox/"))] == []


def test_limits_of_another_ledger_are_found_and_no_ledger_is_made_for_it(tmp_path: Path):
    file = tmp_path / "ima_ledger.sqlite3"
    assert idle_limits(file, list, realm="ima") == []
    assert not file.exists()
    with Ledger(file) as own:
        own.limits_set("all", "day", 20, realm="ima")
        own.limits_set("each-user", "run", 5, realm="ima")

    idle = idle_limits(file, lambda: [limit(5, user=None), limit(20, period="day")], realm="ima")

    assert [(one.scope, one.period) for one in idle] == [("each-user", "run")]
