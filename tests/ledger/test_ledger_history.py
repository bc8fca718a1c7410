"""Looking back, and forgetting."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from ledger_world import FixedClock, ask, finished, paid, reserve

from ima_nano_banana.errors import GenerationFault, UncertainFault, UsageFault
from ima_nano_banana.ledger import Cost, Filters, Ledger

if TYPE_CHECKING:
    from pathlib import Path

LOST = UncertainFault("uncertain.no_answer", phase="create", charged="unknown")


def _names(ledger: Ledger, **wanted: object) -> list[str | None]:
    return [item.prompt for item in ledger.tasks(Filters(**wanted))]  # type: ignore[arg-type]


@pytest.fixture
def busy(ledger: Ledger, clock: FixedClock) -> Ledger:
    """Five requests, a minute apart."""
    finished(ledger, ask("done"), "task_done", "/p/done.png")
    clock.now += 60
    paid(ledger, ask("running", user="bob"), "task_running")
    clock.now += 60
    ledger.uncertain(reserve(ledger, ask("uncertain")), LOST)
    clock.now += 60
    finished(ledger, ask("newest"), "task_newest", "/p/newest.png")
    clock.now += 60
    paid(ledger, ask("simulated", realm="sandbox"), "task_sim")
    return ledger


def test_tasks_come_newest_first(busy: Ledger):
    assert _names(busy) == ["simulated", "newest", "uncertain", "running", "done"]


def test_tasks_can_be_filtered(busy: Ledger, clock: FixedClock):
    assert _names(busy, realm="ima", limit=2) == ["newest", "uncertain"]
    assert _names(busy, user_id="bob") == ["running"]
    assert _names(busy, states=("uncertain", "done"), realm="ima") == ["newest", "uncertain", "done"]
    assert _names(busy, since=clock.now - 60) == ["simulated", "newest"]
    assert _names(busy, until=clock.now - 180) == ["done"]
    assert [item.prompt for item in busy.open_items(realm="ima")] == ["running"]


def test_a_task_is_found_by_id_by_item_and_by_either_end(busy: Ledger):
    item = busy.find("task_newest")

    assert item is not None
    assert busy.find(item.id) == item
    assert busy.find(item.id[:8]) == item
    assert busy.find(" _newest ") == item
    assert busy.find("task_unknown") is None
    assert busy.find("est") is None
    with pytest.raises(UsageFault) as told:
        busy.find("task_")
    assert told.value.code == "ledger.ambiguous"


def test_last_is_the_users_newest_picture(busy: Ledger):
    assert busy.pictures("ann", "ima") == ["/p/newest.png", "/p/done.png"]
    assert busy.pictures("ann", "ima", limit=1) == ["/p/newest.png"]
    assert busy.pictures("bob", "ima") == []


def test_costs_are_summed_by_day_user_and_model(busy: Ledger, clock: FixedClock):
    clock.now += 86_400
    finished(busy, ask("tomorrow", user="bob", count=2), "task_t")

    assert busy.costs(["day"]) == [
        Cost(group=("2026-11-22",), points=24, uncertain=6, tasks=4, pictures=2),
        Cost(group=("2026-11-23",), points=12, uncertain=0, tasks=1, pictures=2),
    ]
    assert [(cost.group, cost.points) for cost in busy.costs(["user", "model"])] == [
        (("ann", "gemini-3.1-flash-image"), 18),
        (("bob", "gemini-3.1-flash-image"), 18),
    ]
    start = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    assert [cost.points for cost in busy.costs(["user"], user_id="bob", since=start)] == [12]
    assert [cost.points for cost in busy.costs(["day"], realm="sandbox")] == [6]


def test_the_time_a_task_took_is_known_to_whoever_watched_it(ledger: Ledger, other: Ledger, clock: FixedClock):
    for number, seconds in enumerate((21.0, 33.0)):
        item_id = paid(ledger, ask(str(number)), f"t{number}")
        clock.now += seconds
        ledger.ready(item_id, [])
    resumed = paid(ledger, ask("resumed"), "t9")
    clock.now += 500
    other.ready(resumed, [])

    assert ledger.durations("gemini-3.1-flash-image", "1K", "text_to_image") == [33.0, 21.0]
    assert ledger.durations("gemini-3.1-flash-image", "1K", "text_to_image", limit=1) == [33.0]
    assert ledger.durations("gemini-3.1-flash-image", "4K", "text_to_image") == []
    assert ledger.durations(None, None, None) == []
    assert ledger.durations("gemini-3.1-flash-image", "1K", "text_to_image", realm="sandbox") == []


def test_forgetting_removes_the_words_and_keeps_the_books(ledger: Ledger, path: Path):
    secret = "my-secret-wish"
    item_id = paid(ledger, ask(secret), "task_1")
    ledger.ready(item_id, ["https://cdn.example/a.png"], failures=(f"{secret} is not allowed",))
    ledger.done(item_id, [f"/p/{secret}-ask_1.png"])
    ledger.told(item_id)
    ledger.failed(
        paid(ledger, ask(secret), "task_2"),
        GenerationFault("generation.failed_because", charged="unknown", reason=f"refused {secret}"),
    )
    # The digest in `identity` stands for the prompt in real life; the test's own is plain, so only the rest is judged.
    before = ledger.costs(["day"])

    assert ledger.forget() == 2

    item = ledger.find("task_1")
    assert item is not None
    assert (item.prompt, item.files, item.failures, item.extra) == (None, (), (None,), ())
    assert item.urls == ("https://cdn.example/a.png",)
    assert ledger.costs(["day"]) == before
    ended = ledger.find("task_2")
    assert ended is not None
    assert ended.fault is not None
    assert (ended.fault["code"], ended.fault["params"]) == ("generation.failed_because", {})


def test_forgotten_words_are_gone_from_the_file_too(ledger: Ledger, path: Path):
    from dataclasses import replace

    wanted = replace(ask("my-secret-wish"), identity="digest", subject="digest")
    finished(ledger, wanted, file="/p/my-secret-wish.png")
    ledger.ready(paid(ledger, ask("another"), "task_2"), [])

    ledger.forget()

    for file in path.parent.glob(path.name + "*"):
        assert b"my-secret-wish" not in file.read_bytes()


def test_what_is_still_open_is_not_forgotten(busy: Ledger):
    running = busy.find("task_running")
    assert running is not None

    assert busy.forget(ids=[running.id]) == 0
    assert busy.forget(Filters(user_id="ann", realm="ima")) == 3
    assert _names(busy) == ["simulated", None, None, "running", None]
