"""What was spent, what may still be, and what nobody knows."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ima_nano_banana.doors import books
from ima_nano_banana.doors.studio import charts, shapes
from ima_nano_banana.ledger.gallery import Shelf

if TYPE_CHECKING:
    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.studio.house import House
    from ima_nano_banana.words import Language

MOST_UNCERTAIN = 50


async def view(house: House, language: Language) -> Json:
    """Return the page about money: the uncertain on top, as it is the only thing to do."""
    shelf, realm = house.shelf, house.realm
    spent = await shelf.spending(realm)
    counts = await shelf.counts(realm)
    unsure = await shelf.shelf_part(Shelf(realm=realm, states=("uncertain",)), 0, MOST_UNCERTAIN)
    limits = await shelf.limits_show(realm=realm)
    zone = await shelf.time_zone(realm)
    return {
        "today": counts.today,
        "month": counts.month,
        "last_hour": spent.hours[-1],
        "uncertain": [shapes.facts(one, language) for one in unsure],
        "by_day": spent.days,
        "by_user": _most_first(spent.users),
        "by_model": _most_first(spent.models),
        "by_hour": spent.hours,
        "limits": [
            {
                "scope": one.scope,
                "user": one.user_id,
                "period": one.period,
                "points": one.points,
                "used": one.used,
                "left": one.left,
                "resets_at": books.moment(one.resets_at),
                "resets": one.resets,
            }
            for one in limits
        ],
        "time_zone": zone.name,
        "charts": {
            "days": charts.bars([(day[-2:], points) for day, points in spent.days.items()]),
            "hours": charts.bars([("", points) for points in spent.hours]),
        },
        "sandbox": house.settings.sandbox,
    }


def _most_first(sums: dict[str, int]) -> dict[str, int]:
    return dict(sorted(sums.items(), key=lambda one: (-one[1], one[0])))


async def as_csv(house: House) -> str:
    """Return the whole history of spending as a table for a spreadsheet."""
    found = await house.shelf.costs(("day", "user", "model"), realm=house.realm)
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(("day", "user", "model", "points", "uncertain", "tasks", "pictures"))
    for one in found:
        table.writerow((*map(_plain, one.group), one.points, one.uncertain, one.tasks, one.pictures))
    return file.getvalue()


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
