"""Limits: what counts, what refuses, and when a day or a month begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from ledger_world import FixedClock, ask, finished, paid, quote, reserve

from ima_nano_banana import words
from ima_nano_banana.errors import BudgetFault, GenerationFault, RejectedFault, UncertainFault, UsageFault
from ima_nano_banana.ledger import Ledger, schema
from ima_nano_banana.ledger.limits import starts

if TYPE_CHECKING:
    from pathlib import Path

LOST = UncertainFault("uncertain.no_answer", phase="create", charged="unknown")


def _refused(ledger: Ledger, **wanted: object) -> BudgetFault:
    with pytest.raises(BudgetFault) as told:
        ledger.reserve(ask("one more", **wanted))  # type: ignore[arg-type]
    for language in ("zh", "en"):
        for key in (told.value.code, told.value.code + ".do"):
            assert words.text(key, language, **told.value.params)
    return told.value


def test_everything_that_may_have_cost_points_counts(ledger: Ledger):
    ledger.limits_set("all", "day", 36)
    reserve(ledger, ask("sending"))
    paid(ledger, ask("running"), "t1")
    ledger.ready(paid(ledger, ask("ready"), "t2"), [])
    finished(ledger, ask("done"), "t3")
    ledger.uncertain(reserve(ledger, ask("uncertain")), LOST)
    ledger.failed(paid(ledger, ask("failed"), "t4"), GenerationFault("generation.failed", charged="unknown"))

    fault = _refused(ledger, credit=1)

    assert (fault.params["used"], fault.params["left"]) == (36, 0)


def test_what_was_refused_does_not_count(ledger: Ledger):
    ledger.limits_set("all", "day", 6)
    ledger.refused(reserve(ledger), RejectedFault("rejected.parameters"))

    assert reserve(ledger).credit == 6


def test_the_last_points_may_be_spent_but_not_one_more(ledger: Ledger):
    ledger.limits_set("all", "day", 10)
    reserve(ledger, ask("a", credit=6))

    fault = _refused(ledger, credit=5)

    assert (fault.code, fault.params["left"], fault.params["limit"]) == ("budget.all_day", 4, 10)
    assert fault.params["resets"] == "2026-11-23 00:00"
    assert reserve(ledger, ask("b", credit=4)).credit == 4


def test_all_pictures_of_a_request_count(ledger: Ledger):
    ledger.limits_set("all", "run", 20)

    assert _refused(ledger, count=4).code == "budget.all_run"
    assert reserve(ledger, ask(count=3)).credit == 18


def test_a_further_attempt_is_held_to_the_limits_of_its_own_moment(ledger: Ledger, clock: FixedClock):
    ledger.limits_set("all", "day", 6)
    first = reserve(ledger)
    ledger.requeue(first, None)
    reserve(ledger, ask("a neighbour was quicker"))

    with pytest.raises(BudgetFault):
        ledger.further(first, quote(6))


@pytest.mark.parametrize(("user", "limit"), [("ann", 50), ("bob", 20), ("new", 20)])
def test_a_users_own_limit_replaces_the_one_for_each_user(ledger: Ledger, user: str, limit: int):
    ledger.limits_set("each-user", "day", 20)
    ledger.limits_set("user:ann", "day", 50)

    assert _refused(ledger, user=user, credit=51).params["limit"] == limit


def test_one_users_spending_leaves_the_others_alone(ledger: Ledger):
    ledger.limits_set("each-user", "day", 6)
    reserve(ledger, ask(user="ann"))

    assert _refused(ledger, user="ann").params["user"] == "ann"
    assert reserve(ledger, ask(user="bob")).credit == 6


def test_the_tightest_of_several_limits_is_named(ledger: Ledger):
    ledger.limits_set("all", "month", 100)
    ledger.limits_set("all", "day", 30)
    ledger.limits_set("user:ann", "month", 8)
    reserve(ledger, ask("a", credit=6))

    fault = _refused(ledger, credit=101)

    assert (fault.code, fault.params["left"]) == ("budget.user_month", 2)


def test_simulated_points_never_count_against_real_ones(ledger: Ledger):
    ledger.limits_set("all", "day", 6)
    ledger.limits_set("all", "day", 6, realm="sandbox")
    reserve(ledger, ask(realm="sandbox"))

    assert reserve(ledger, ask()).credit == 6
    assert _refused(ledger, realm="sandbox").params["used"] == 6


@pytest.mark.parametrize(("here", "there"), [("ima", "sandbox"), ("sandbox", "ima")])
def test_the_limits_of_one_realm_do_not_hold_in_the_other(ledger: Ledger, here: str, there: str):
    ledger.limits_set("all", "day", 5, realm=here)

    assert _refused(ledger, realm=here).params["limit"] == 5
    assert reserve(ledger, ask(realm=there)).credit == 6
    assert (ledger.has_limits(realm=here), ledger.has_limits(realm=there)) == (True, False)
    assert ledger.limits_show(realm=there) == []

    ledger.limits_set("all", "day", None, realm=there)
    assert [one.points for one in ledger.limits_show(realm=here)] == [5]


def test_a_limit_of_nothing_refuses_everything_and_none_removes_it(ledger: Ledger):
    ledger.limits_set("all", "day", 0)
    assert _refused(ledger, credit=1).params["left"] == 0

    ledger.limits_set("all", "day", None)

    assert not ledger.has_limits()
    assert reserve(ledger).credit == 6


def test_a_new_day_and_a_new_month_begin_at_nothing(ledger: Ledger, clock: FixedClock):
    clock.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC).timestamp()
    ledger.limits_set("all", "day", 6)
    ledger.limits_set("all", "month", 12)
    reserve(ledger, ask("a"))
    assert _refused(ledger).params["resets"] == "2026-12-01 00:00"

    clock.now += 120

    assert [limit.used for limit in ledger.limits_show()] == [0, 0]
    assert reserve(ledger, ask("b")).credit == 6


def test_a_clock_that_is_set_back_frees_no_points(ledger: Ledger, clock: FixedClock):
    ledger.limits_set("all", "day", 6)
    reserve(ledger, ask("a"))

    clock.now -= 3 * 86_400

    assert _refused(ledger).params["used"] == 6


def test_limits_are_shown_with_their_use(ledger: Ledger):
    ledger.limits_set("all", "day", 200)
    ledger.limits_set("all", "run", 20)
    ledger.limits_set("each-user", "month", 50)
    ledger.limits_set("user:bob", "month", 9)
    reserve(ledger, ask(user="ann"))

    shown = {(one.scope, one.period, one.user_id): (one.points, one.used, one.left) for one in ledger.limits_show()}

    assert shown == {
        ("all", "day", None): (200, 6, 194),
        ("all", "run", None): (20, None, None),
        ("each-user", "month", None): (50, None, None),
        ("each-user", "month", "ann"): (50, 6, 44),
        ("user:bob", "month", "bob"): (9, 0, 9),
    }
    assert [one.points for one in ledger.limits_show(user_id="bob")] == [200, 20, 9]
    assert ledger.has_limits("bob")


def test_limits_of_an_older_file_were_meant_for_real_points(path: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        with Ledger(path) as ledger:
            ledger.database.write(lambda tx: tx.execute("INSERT INTO limits VALUES ('all', 'day', 7)"))

    with Ledger(path) as ledger:
        assert [(one.scope, one.period, one.points) for one in ledger.limits_show()] == [("all", "day", 7)]
        assert ledger.limits_show(realm="sandbox") == []


@pytest.mark.parametrize(
    ("scope", "period", "points"),
    [("everybody", "day", 1), ("user:", "day", 1), ("all", "week", 1), ("all", "day", -1)],
)
def test_a_limit_that_makes_no_sense_is_refused(ledger: Ledger, scope: str, period: str, points: int):
    with pytest.raises(UsageFault):
        ledger.limits_set(scope, period, points)  # type: ignore[arg-type]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone data")


@pytest.mark.parametrize(
    ("zone", "now", "period", "begins", "ends"),
    [
        # Clocks go forward: a day of 23 hours.
        ("Europe/Berlin", "2026-03-29T20:00+02:00", "day", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        # Clocks go back: a day of 25 hours.
        ("Europe/Berlin", "2026-10-25T01:00+02:00", "day", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"),
        ("Europe/Berlin", "2026-10-25T12:00+01:00", "month", "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00"),
        # Midnight comes twice: the first one counts, from either half of the doubled hour.
        ("America/Havana", "2026-11-01T00:30-04:00", "day", "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00"),
        ("America/Havana", "2026-11-01T00:30-05:00", "day", "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00"),
        # Midnight does not come at all: the day begins when the clocks jump.
        ("America/Sao_Paulo", "2018-11-04T12:00-02:00", "day", "2018-11-04T00:00-03:00", "2018-11-05T00:00-02:00"),
        ("Asia/Shanghai", "2026-01-31T23:59:59+08:00", "month", "2026-01-01T00:00+08:00", "2026-02-01T00:00+08:00"),
        ("Asia/Shanghai", "2028-02-29T12:00+08:00", "day", "2028-02-29T00:00+08:00", "2028-03-01T00:00+08:00"),
        ("Asia/Kathmandu", "2026-12-31T12:00+05:45", "month", "2026-12-01T00:00+05:45", "2027-01-01T00:00+05:45"),
    ],
)
def test_days_and_months_begin_at_local_midnight(zone: str, now: str, period: str, begins: str, ends: str):
    found = starts(period, datetime.fromisoformat(now).timestamp(), _zone(zone))  # type: ignore[arg-type]

    assert found == (datetime.fromisoformat(begins).timestamp(), datetime.fromisoformat(ends).timestamp())


def test_without_a_zone_the_machines_own_is_used():
    begins, ends = starts("day", 1_795_348_800.0, None)

    local = datetime.fromtimestamp(begins).astimezone()
    assert (local.hour, local.minute) == (0, 0)
    assert begins <= 1_795_348_800.0 < ends
