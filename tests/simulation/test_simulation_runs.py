"""The whole engine on a simulated world: whatever is drawn, the promises are kept, and a seed tells its story twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from simulation.chance import Chance
from simulation.disk import can_be_overheard
from simulation.plan import Act, Plan, Wanted, drawn
from simulation.run import run
from simulation.story import shrunk, told

ROOT = Path(__file__).parents[2]
EACH = 50

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not can_be_overheard(), reason="this Python's SQLite takes no file layer of ours"
)

ASKED = {"wanted": 0, "process": 0, "timeout": 600.0, "tell": "port", "download": True}


def plan(*acts: Act, **more: object) -> Plan:
    """A run with nothing in it but what is said."""
    facts: dict[str, object] = {
        "seed": 1,
        "began_at": 1_600_000_000.0,
        "rates": {},
        "fates": {},
        "wanted": (Wanted(0, "ann", "512px", 1),),
        "acts": acts,
        "limits": (),
        "processes": 2,
        "latency": 0.01,
        "step_seconds": 0.0,
        "lively": True,
    }
    return Plan(**{**facts, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("first", range(0, 300, EACH))
def test_every_promise_is_kept_whatever_is_drawn(first: int):
    for seed in range(first, first + EACH):
        found = run(seed)
        assert not found.broken, told(found)


def test_a_seed_tells_the_same_story_byte_for_byte():
    assert run(11).trace == run(11).trace


def test_a_seed_tells_the_same_story_in_another_process():
    def trace(hashing: str) -> bytes:
        env = {**os.environ, "PYTHONHASHSEED": hashing}
        command = [sys.executable, "-m", "simulation", "--seed", "17"]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True).stdout

    assert trace("1") == trace("2") == run(17).trace.encode()


def test_a_day_without_trouble_is_one_picture_and_one_create():
    found = run(1, plan(Act(1.0, "make", ASKED)))
    assert not found.broken
    assert found.creates == 1
    assert [one["end"] for one in found.history if one["what"] == "told"] == ["ok"]


def test_whoever_hears_that_a_task_still_runs_closes_nothing():
    """Found by a seed: one run was told "still running" after another had booked the end and told nobody."""
    impatient, deaf = {**ASKED, "timeout": 30.0}, {**ASKED, "tell": "deaf", "process": 1}
    acts = [Act(float(at), "make", impatient if at == 1 else deaf) for at in (1, *range(2, 30, 2))]
    found = run(3, plan(*acts, Act(60.0, "make", ASKED), rates={"look_stale": 0.5}, fates={"shy": 0.5}))
    assert not found.broken, told(found)


def test_no_create_leaves_after_a_freeze_however_long_its_connection_took():
    """Found by a seed: on a connection that was opened for it, a claim left a second after the freeze had returned."""
    first = Act(1.0, "make", {**ASKED, "download": False, "timeout": 2.0})
    second, wanted = {**ASKED, "wanted": 1}, (Wanted(0, "ann", "512px", 1), Wanted(1, "ann", "512px", 1))
    for seed in range(30):
        freeze = Act(30.02 + seed * 0.02, "freeze", {"process": 1, "user": None, "seconds": 60.0})
        found = run(seed, plan(first, Act(30.0, "make", second), freeze, latency=1.0, wanted=wanted))
        assert not found.broken, told(found)


def test_a_power_cut_in_the_middle_of_a_create_loses_nothing():
    for at in range(1, 40):
        found = run(at, plan(Act(1.0, "make", ASKED), Act(1.0 + at / 400, "power", {}), Act(9.0, "make", ASKED)))
        assert not found.broken, told(found)


def test_a_broken_promise_is_told_in_plain_words_without_what_it_does_not_need(monkeypatch: pytest.MonkeyPatch):
    from ima_nano_banana.ledger import claims

    monkeypatch.setattr(claims, "look", lambda *_: claims.Standing(state="free"))
    other = Act(500.0, "suspend", {"seconds": 1.0})
    story = told(shrunk(run(5, plan(Act(1.0, "make", ASKED), Act(2.0, "make", ASKED), other))))
    assert "BROKEN  second create: c1 paid for “picture 0 for ann” again; c0 had not ended" in story
    assert "suspend" not in story


def test_the_kinds_of_trouble_differ_from_run_to_run():
    plans = [drawn(Chance(seed)) for seed in range(60)]
    assert len({frozenset(one.rates) for one in plans}) > 30
    assert {one.lively for one in plans} == {True, False}
