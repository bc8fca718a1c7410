"""Whose days limits count: a time zone that a person chose, the same on every machine of a ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from ledger_world import FixedClock, ask, reserve

from ima_nano_banana.errors import BudgetFault, UsageFault
from ima_nano_banana.ledger import open_ledger
from ima_nano_banana.local.zone import name_of

if TYPE_CHECKING:
    from pathlib import Path

    from ima_nano_banana.ledger import Ledger

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def _at(clock: FixedClock, told: str) -> None:
    clock.now = datetime.fromisoformat(told).timestamp()


def _spends_until_refused(ledgers: list[Ledger], clock: FixedClock, moments: list[str]) -> int:
    spent = 0
    for number, moment in enumerate(moments):
        _at(clock, moment)
        for place, ledger in enumerate(ledgers):
            try:
                spent += reserve(ledger, ask(f"{number}-{place}", credit=6)).credit
            except BudgetFault:
                continue
    return spent


def test_machines_in_two_zones_keep_one_limit_together(where: Path | str, clock: FixedClock):
    with (
        open_ledger(where, clock=clock, zone=SHANGHAI) as here,
        open_ledger(where, clock=clock, zone=NEW_YORK) as there,
    ):
        here.limits_set("all", "day", 20)
        if not here.shared:
            here.time_zone_set("Asia/Shanghai")
        # One day of Shanghai, in which New York has a midnight, and the other way round.
        moments = [f"2026-11-25T{hour:02}:30+08:00" for hour in range(24)]

        assert _spends_until_refused([here, there], clock, moments) == 18
        assert {one.time_zone().name for one in (here, there)} == {"Asia/Shanghai"}
        assert here.limits_show()[0].resets_at == there.limits_show()[0].resets_at


def test_the_first_machine_that_needs_a_day_decides_for_all_that_share(where: Path | str, clock: FixedClock):
    with (
        open_ledger(where, clock=clock, zone=SHANGHAI) as here,
        open_ledger(where, clock=clock, zone=NEW_YORK) as there,
    ):
        here.limits_set("all", "day", 100)
        reserve(there, ask("first", credit=1))
        names = (here.time_zone().name, there.time_zone().name)

    shared = ("America/New_York", "America/New_York")
    assert names == (shared if here.shared else ("Asia/Shanghai", "America/New_York"))


@pytest.mark.parametrize(
    ("zone", "begins", "ends", "hours"),
    [
        ("Europe/Berlin", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 23),
        ("Europe/Berlin", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 25),
        ("America/Havana", "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00", 25),
        ("Australia/Lord_Howe", "2026-04-05T00:00+11:00", "2026-04-06T00:00+10:30", 24.5),
        ("Asia/Kathmandu", "2026-06-01T00:00+05:45", "2026-06-02T00:00+05:45", 24),
        ("Pacific/Chatham", "2026-07-01T00:00+12:45", "2026-07-02T00:00+12:45", 24),
        ("America/St_Johns", "2026-07-01T00:00-02:30", "2026-07-02T00:00-02:30", 24),
    ],
)
def test_a_chosen_day_has_as_many_hours_as_its_clocks_say(
    ledger: Ledger, clock: FixedClock, zone: str, begins: str, ends: str, hours: float
):
    first, last = (datetime.fromisoformat(one).timestamp() for one in (begins, ends))
    assert (last - first) / 3600 == hours
    ledger.time_zone_set(zone)
    ledger.limits_set("all", "day", 6)

    clock.now = first - 1
    reserve(ledger, ask("the day before"))
    clock.now = first
    reserve(ledger, ask("its first second"))
    clock.now = last - 1
    with pytest.raises(BudgetFault) as told:
        reserve(ledger, ask("its last second"))
    assert told.value.params["resets_at"] == last
    clock.now = last
    reserve(ledger, ask("the day after"))

    days = [one.group[0] for one in ledger.costs()]
    assert days == [f"{datetime.fromisoformat(begins) + timedelta(days=day):%Y-%m-%d}" for day in (-1, 0, 1)]


def test_another_zone_counts_what_was_spent_in_the_days_that_it_has(ledger: Ledger, clock: FixedClock):
    ledger.limits_set("all", "day", 6)
    _at(clock, "2026-11-25T20:00+00:00")
    reserve(ledger, ask("a"))

    ledger.time_zone_set("Asia/Tokyo")  # 05:00 on the 26th there: the same points are today's
    with pytest.raises(BudgetFault) as told:
        reserve(ledger, ask("b"))
    assert told.value.params["resets"] == "2026-11-27 00:00 Asia/Tokyo"
    assert [one.group[0] for one in ledger.costs()] == ["2026-11-26"]

    ledger.time_zone_set(None)
    assert not ledger.time_zone().chosen or ledger.shared
    assert [one.group[0] for one in ledger.costs()] == ["2026-11-25"]


def test_each_realm_has_its_own_calendar(ledger: Ledger):
    ledger.time_zone_set("Asia/Tokyo", "sandbox")

    assert ledger.time_zone("sandbox").name == "Asia/Tokyo"
    assert ledger.time_zone("ima").name == "UTC"


@pytest.mark.parametrize(
    ("told", "kept"), [("asia/shanghai", "Asia/Shanghai"), (" UTC ", "UTC"), ("EST5EDT", "EST5EDT")]
)
def test_a_zone_is_kept_in_its_right_spelling(ledger: Ledger, told: str, kept: str):
    ledger.time_zone_set(told)

    assert ledger.time_zone().name == kept


@pytest.mark.parametrize(
    "told", ["Mars/Base", "", "..", "/etc/passwd", "UTC+8", "localtime", "Asia", "Asia/Shanghai\0"]
)
def test_what_is_no_zone_is_refused_and_changes_nothing(ledger: Ledger, told: str):
    before = ledger.time_zone()
    with pytest.raises(UsageFault):
        ledger.time_zone_set(told)

    assert ledger.time_zone() == before


def test_a_zone_that_this_machine_knows_nothing_of_spends_nothing(ledger: Ledger):
    ledger.limits_set("all", "day", 6)
    ledger.database.write(
        lambda tx: tx.execute("INSERT INTO settings (name, value) VALUES ('time_zone.ima', 'Moon/Base')")
    )

    with pytest.raises(UsageFault) as told:
        ledger.reserve(ask())
    assert told.value.code == "ledger.no_zone_data"
    assert ledger.tasks() == []


def test_a_machine_without_a_name_for_its_zone_writes_its_offset_down():
    assert name_of(timezone(timedelta(hours=5, minutes=45))) == "UTC+05:45"
    assert name_of(timezone(-timedelta(hours=3, minutes=30))) == "UTC-03:30"
    assert name_of(UTC) == "UTC"
    assert name_of(SHANGHAI) == "Asia/Shanghai"
