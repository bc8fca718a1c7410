"""When to look: by exact computation, without waiting for anything."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ima_nano_banana.domain.model import FLASH, PRO
from ima_nano_banana.domain.schedule import (
    backoff,
    expected_seconds,
    next_look,
    progress,
    push_seconds,
    window,
)

LIVE = {FLASH: (20.0, 35.0), PRO: (25.0, 45.0)}
JITTERS = [i / 16 for i in range(16)]


def looks(plan, until, jitter):
    """Return the times of the looks until the first one at or after ``until``."""
    times, now = [], 0.0
    while not times or now < until:
        now += next_look(plan, now, len(times), jitter)
        times.append(now)
    return times


def lag_and_looks(times, low, high):
    """Return the exact mean lag and number of looks for a finish that is uniform over [low, high].

    A finish in (t[k-1], t[k]] is noticed by look k+1, on average half-way between its ends too late.
    """
    lag = count = 0.0
    for number, (before, now) in enumerate(itertools.pairwise([0.0, *times]), start=1):
        first, last = max(before, low), min(now, high)
        if last > first:
            share = (last - first) / (high - low)
            lag += share * (now - (first + last) / 2)
            count += share * number
    return lag, count


def fixed_cadence(low, high):
    return lag_and_looks([5.0 * k for k in range(1, 60)], low, high)


@pytest.mark.parametrize("model", [FLASH, PRO])
@pytest.mark.parametrize("tag", ["live", "none"])
def test_over_the_seeds_durations_the_mean_lag_is_two_fifths_of_a_fixed_cadence_at_no_more_looks(model, tag):
    """One look every 5 s from the start, the one at the start included, is what it is measured against (D38)."""
    low, high = expected_seconds(model)
    plan = window(LIVE[model] if tag == "live" else None, model)
    fixed_lag, fixed_looks = fixed_cadence(low, high)
    results = [lag_and_looks(looks(plan, high, jitter), low, high) for jitter in JITTERS]
    for lag, _ in results:
        assert lag <= 0.40 * fixed_lag + 1e-9
    assert max(count for _, count in results) <= fixed_looks + 1


@pytest.mark.parametrize("model", [FLASH, PRO])
@pytest.mark.parametrize("tag", ["live", "none"])
def test_one_task_alone_needs_no_more_looks_than_a_cadence_that_skips_the_start(model, tag):
    """Only where several tasks are followed at once is there jitter, at a quarter of a look each."""
    low, high = expected_seconds(model)
    _, count = lag_and_looks(looks(window(LIVE[model] if tag == "live" else None, model), high, 0.0), low, high)
    assert count <= fixed_cadence(low, high)[1] + 1e-9


@pytest.mark.parametrize("model", [FLASH, PRO])
def test_jitter_costs_a_quarter_of_a_look_on_average(model):
    low, high = expected_seconds(model)
    counts = [lag_and_looks(looks(window(None, model), high, jitter), low, high)[1] for jitter in JITTERS]
    assert sum(counts) / len(counts) <= lag_and_looks(looks(window(None, model), high, 0.0), low, high)[1] + 0.25


def test_if_the_live_tag_of_pro_is_right_and_the_table_wrong_the_picture_is_still_noticed_in_time():
    plan = window(LIVE[PRO], PRO)
    for jitter in JITTERS:
        lag, count = lag_and_looks(looks(plan, 45.0, jitter), *LIVE[PRO])
        assert lag <= 6.0
        assert count <= fixed_cadence(*LIVE[PRO])[1]


def test_one_early_look_and_then_none_until_a_finish_is_possible():
    early, first, *rest = looks(window(LIVE[FLASH], FLASH), 40.0, 0.5)
    assert 2.0 <= early < 3.0
    assert 20.0 <= first <= 22.0
    assert {later - before for before, later in itertools.pairwise([first, *rest])} == {2.0}


def test_after_the_window_a_look_every_five_seconds():
    plan = window(LIVE[FLASH], FLASH)
    times = looks(plan, 600.0, 0.25)
    late = [time for time in times if time >= plan.hi]
    assert {later - before for before, later in itertools.pairwise(late)} == {5.0}


def test_a_tag_far_below_the_table_is_believed():
    """The sandbox paints in two seconds and says so."""
    assert looks(window((2.0, 3.0), FLASH), 12.0, 0.5)[:4] == [2.5, 4.5, 6.5, 8.5]


def test_a_tag_above_the_table_is_followed_with_two_looks_before_it():
    plan = window((90.0, 150.0), FLASH)
    assert (plan.lo, plan.hi, plan.probes) == (90.0, 150.0, (30.0, 40.0))


def test_ten_runs_of_this_machine_outrank_tag_and_table():
    history = [25.0 + i for i in range(20)]
    assert window(LIVE[PRO], PRO, history[:9]).lo == 60.0
    plan = window(LIVE[PRO], PRO, history)
    assert (plan.lo, plan.hi, plan.max_seconds) == (pytest.approx(25.95), pytest.approx(43.05), 120)


def test_only_the_last_fifty_runs_count():
    assert window(None, FLASH, [10.0] * 50 + [500.0] * 50).hi < 20.0


def test_jitter_spreads_many_tasks_over_a_second():
    plan = window(LIVE[FLASH], FLASH)
    firsts = {looks(plan, 40.0, jitter)[1] for jitter in JITTERS}
    assert len(firsts) == len(JITTERS)
    assert max(firsts) - min(firsts) > 0.9


spans = st.tuples(st.floats(0.1, 3000), st.floats(0.1, 3000)).map(sorted).map(tuple)


@given(
    st.none() | spans,
    st.sampled_from([FLASH, PRO, "another", None]),
    st.lists(st.floats(allow_nan=True), max_size=60),
    st.floats(0, 0.999),
)
def test_looks_are_never_closer_than_two_seconds_after_the_first(eet, model, history, jitter):
    plan = window(eet, model, history)
    times = looks(plan, 700.0, jitter)
    assert times[0] >= 2.0
    assert all(later - before >= 2.0 - 1e-9 for before, later in itertools.pairwise(times))


def test_a_task_that_is_picked_up_late_is_looked_at_at_once():
    assert next_look(window(None, FLASH), 300.0, 0, 0.5) == 0.0


def test_failed_looks_are_repeated_more_and_more_slowly():
    assert [backoff(attempt) for attempt in range(1, 7)] == [2.0, 4.0, 8.0, 16.0, 20.0, 20.0]
    assert backoff(10**9) == 20.0


@pytest.mark.parametrize(("asked", "wait"), [(30.0, 30.0), (0.0, 2.0), (float("inf"), 2.0), (float("nan"), 2.0)])
def test_a_wait_that_the_service_asks_for_is_honoured(asked, wait):
    assert backoff(1, asked) == wait


@pytest.mark.parametrize(
    ("elapsed", "longest", "percent"),
    [(0, 40, 0), (15, 40, 37), (30, 40, 75), (39, 40, 95), (900, 40, 95), (30, 120, 25), (-1, 40, 0), (1, 0, 95)],
)
def test_the_percentage_follows_the_seed_and_stops_at_95(elapsed, longest, percent):
    """D44: it was reckoned against 300 s."""
    assert progress(elapsed, longest) == percent


def test_each_model_has_its_own_times_and_an_unknown_one_has_those_of_flash():
    assert [expected_seconds(model) for model in (FLASH, PRO, None, "x")] == [(20, 40), (60, 120), (20, 40), (20, 40)]
    assert [push_seconds(model) for model in (FLASH, PRO, None)] == [15, 30, 15]
