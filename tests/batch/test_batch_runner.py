"""Rows through the one engine: order, pace, budget, trouble, and going on where a run stopped."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from batch_kit import StageClock, drawn, flight_peak, on_stage, rolling_peak, stage

from ima_nano_banana.domain.events import Created, Started
from ima_nano_banana.errors import BudgetFault

if TYPE_CHECKING:
    from pathlib import Path


def csv(*rows: str, head: str = "id,prompt,images") -> str:
    return "\n".join((head, *rows)) + "\n"


def many(count: int, prompt: str = "picture") -> str:
    return csv(*(f"r{n},{prompt} {n}," for n in range(count)))


def test_every_row_is_made_once_under_its_own_name(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            summary = await one.run(csv("cat,a cat,", "dog,a dog,"))

            assert summary.complete
            assert (summary.committed, one.charged) == (8, 8)
            names = sorted(file.name.partition("-")[0] for file in one.out.iterdir())
            assert names == ["cat", "dog"]

    on_stage(main)


def test_the_same_file_again_touches_nothing_that_is_done(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.run(many(5))
        async with stage(tmp_path, clock) as two:
            two.transport.log.clear()
            summary = await two.run(many(6))

            assert summary.complete
            assert len(two.world.books.charges()) == 6
            assert two.ended[0][1].result is not None
            assert two.ended[0][1].result.files
            assert Counter(path.rsplit("/", 1)[-1] for _, path in two.transport.log)["create"] == 1

    on_stage(main)


def test_a_row_waits_for_the_picture_that_it_starts_from(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            summary = await one.run(csv("c,third,@row:b", "b,second,@row:a", "a,first,"))

            assert summary.complete
            bodies = [json.loads(seen.body)["parameters"][0]["parameters"] for seen in one.world.books.creates()]
            assert [body["prompt"] for body in bodies] == ["first", "second", "third"]
            assert [len(body.get("input_images", [])) for body in bodies] == [0, 1, 1]
            assert one.world.books.count("put") == 2

    on_stage(main)


def test_rows_behind_a_failed_one_are_not_paid_for_and_say_which_it_was(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            summary = await one.run(csv("a,[refused],", "b,second,@row:a", "c,third,@row:b", "d,alone,"))

            assert one.states() == {"a": "failed", "b": "waiting", "c": "waiting", "d": "done"}
            assert (one.fault("b"), one.fault("c")) == ("batch.parent", "batch.parent")
            assert not summary.complete
            assert one.charged == 4

    on_stage(main)


def test_no_more_tasks_are_under_way_than_asked_for(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.run(many(30), concurrency=7)

            jobs = [one.world.job(task) for task, _ in one.world.books.charges()]
            spans = [(job.created_at, job.ready_at) for job in jobs if job]
            assert flight_peak(spans) == 7

    on_stage(main)


def test_the_rate_holds_in_every_period_at_the_service(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, latency=0.05) as one:
            summary = await one.run(many(40), rate=(5, 10.0))

            moments = [seen.at for seen in one.world.books.creates()]
            assert summary.complete
            assert rolling_peak(moments, 10.0) == 5
            assert max(moments) - min(moments) < 80

    on_stage(main)


def test_at_most_eight_creates_are_on_the_wire(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, latency=3.0) as one:
            await one.run(many(40))

            assert one.world.books.peak("create") == 8

    on_stage(main)


def test_the_product_list_is_read_once_for_all(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, seconds=200.0) as one:
            await one.run(many(20), concurrency=4)

            assert clock.now > 1_790_000_000 + 900
            assert one.world.books.count("list") == 1

    on_stage(main)


def test_a_budget_is_spent_exactly_and_the_rest_waits_for_a_larger_one(tmp_path: Path):
    """Points of 4 a row: 34 full rows of 137 points, and not the thirty-fifth."""

    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            summary = await one.run(many(60), budget=137)

            assert (one.charged, summary.committed, summary.left) == (136, 136, 1)
            assert isinstance(summary.stopped, BudgetFault)
            assert Counter(one.states().values()) == {"done": 34, "waiting": 26}
        async with stage(tmp_path, clock) as two:
            summary = await two.run(many(60), budget=240)

            assert summary.complete
            assert two.charged == 240

    on_stage(main)


def test_points_of_refused_rows_go_to_rows_that_were_left_for_want_of_them(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            refused = [f"x{n},[refused] {n}," for n in range(5)]
            await one.run(csv(*refused, *(f"r{n},picture {n}," for n in range(20))), budget=40)

            assert one.charged == 40
            assert Counter(one.states().values()) == {"failed": 5, "done": 10, "waiting": 10}

    on_stage(main)


def test_a_lost_answer_costs_one_row_and_is_never_sent_again(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.run(csv("a,[lost],", "b,fine,"))
            assert one.states() == {"a": "uncertain", "b": "done"}
        for how in ({}, {"retry": True}):
            async with stage(tmp_path, clock) as again:
                await again.run(csv("a,[lost],", "b,fine,"), **how)
                assert again.fault("a") == "ledger.uncertain"
                assert again.charged == 8
        async with stage(tmp_path, clock) as meant:
            await meant.run(csv("a,[lost],", "b,fine,"), again=True)
            assert meant.charged == 12

    on_stage(main)


def test_failed_rows_are_paid_for_again_only_when_asked_for(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, "fails") as one:
            await one.run(csv("a,a cat,"))
            assert one.states() == {"a": "failed"}
        async with stage(tmp_path, clock) as two:
            await two.run(csv("a,a cat,"))
            assert two.states() == {"a": "failed"}
            assert two.charged == 4
        async with stage(tmp_path, clock) as three:
            summary = await three.run(csv("a,a cat,"), retry=True)
            assert summary.complete
            assert three.charged == 8

    on_stage(main)


def test_an_answer_that_asks_for_patience_slows_the_whole_batch(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            first = [f"a{n},picture {n}," for n in range(4)]
            late = [f"z{n},picture z{n}," for n in range(20)]
            summary = await one.run(csv(*first, "s,[slow-down],", *late), concurrency=5)

            assert summary.complete
            turned_away = 1_790_000_000.0
            moments = sorted(seen.at for seen in one.world.books.creates())
            assert [at for at in moments if turned_away < at < turned_away + 30] == []
            resumed = [at for at in moments if at >= turned_away + 30]
            assert len(resumed) >= 20
            assert min(b - a for a, b in pairwise(resumed[:3])) > 0.05

    on_stage(main)


def test_no_look_leaves_while_the_service_asks_for_patience(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            looks: list[float] = []
            answer = one.transport.handle_async_request

            async def timed(request: Any) -> Any:
                if request.url.path.endswith("detail"):
                    looks.append(clock.now)
                return await answer(request)

            one.transport.handle_async_request = timed  # type: ignore[method-assign]
            await one.run(csv(*(f"a{n},picture {n}," for n in range(4)), "s,[slow-down],"))

            assert [at for at in looks if at < 1_790_000_030] == []

    on_stage(main)


def test_a_service_that_is_out_of_reach_for_a_moment_costs_no_row(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            summary = await one.run(csv("a,[down],", "b,fine,"))

            assert summary.complete
            assert one.charged == 8

    on_stage(main)


def test_a_service_that_stays_out_of_reach_ends_the_run_and_fails_no_row(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, "create-429-always") as one:
            summary = await one.run(many(5))
            assert summary.stopped is not None
            assert summary.stopped.kind == "network"
            assert set(one.states().values()) == {"waiting"}
            assert clock.now - 1_790_000_000 < 600
        async with stage(tmp_path, clock) as two:
            summary = await two.run(many(5))
            assert summary.complete

    on_stage(main)


def test_an_account_without_points_stops_the_batch_at_once(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            summary = await one.run(csv("a,[dry],", *(f"b{n},later {n}," for n in range(40))), concurrency=1)

            assert summary.stopped is not None
            assert summary.stopped.kind == "credits"
            assert one.charged == 0
            assert len(one.world.books.creates()) == 0

    on_stage(main)


def test_a_price_that_rose_above_the_quote_stops_before_it_is_paid(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, "dearer") as one:
            summary = await one.run(many(30))

            assert one.charged == 0
            assert summary.stopped is not None
            assert summary.stopped.code == "budget.dearer"
            assert set(one.states().values()) == {"waiting"}
            assert one.world.books.count("list") == 2

    on_stage(main)


def test_an_old_list_is_read_anew_once_for_all(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, "stale-catalogue") as one:
            summary = await one.run(many(30))

            assert summary.complete
            assert one.world.books.count("list") == 2
            assert len(one.world.books.charges()) == 30

    on_stage(main)


def test_a_run_that_is_stopped_sends_no_more_and_the_next_one_joins_what_runs(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            running = asyncio.ensure_future(one.run(many(30), concurrency=10))
            while len(one.world.books.charges()) < 10:
                await clock.sleep(0.1)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert one.runner is not None
            summary = await one.runner.summary()
            assert (summary.states["running"], summary.states["waiting"]) == (10, 20)
            assert one.charged == 40
        async with stage(tmp_path, clock) as two:
            summary = await two.run(many(30))

            assert summary.complete
            assert len(two.world.books.charges()) == 30
            joined = [row for row, event in two.events if isinstance(event, Started) and event.joined]
            assert len(joined) == 10
            assert {row for row, event in two.events if isinstance(event, Created)}.isdisjoint(joined)

    on_stage(main)


def test_a_deadline_leaves_the_row_running_and_the_next_run_fetches_it(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, seconds=100.0) as one:
            await one.run(csv("a,a cat,"), timeout=30.0)
            assert one.states() == {"a": "running"}
        async with stage(tmp_path, clock) as two:
            summary = await two.run(csv("a,a cat,"))
            assert summary.complete
            assert two.charged == 4

    on_stage(main)


def test_two_processes_on_one_batch_share_the_rows_and_pay_each_once(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one, stage(tmp_path, clock) as two:
            ends = await asyncio.gather(one.run(many(30), concurrency=12), two.run(many(30), concurrency=12))

            assert all(summary.complete for summary in ends)
            assert len(one.world.books.charges()) == 30
            jobs = [one.world.job(task) for task, _ in one.world.books.charges()]
            assert flight_peak([(job.created_at, job.ready_at) for job in jobs if job]) <= 12

    on_stage(main)


def test_pictures_that_could_not_be_saved_are_fetched_by_the_next_run(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, "download-private") as one:
            await one.run(csv("a,a cat,"))
            assert one.states() == {"a": "failed"}
            assert one.fault("a") == "download.unusable_url"
            assert (await one.runner.summary()).states["running"] == 0  # type: ignore[union-attr]

    on_stage(main)


def test_some_of_several_pictures_make_a_row_that_is_partly_done(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        text = csv("a,two cats,,2", head="id,prompt,images,count")
        async with stage(tmp_path, clock, "partial") as one:
            summary = await one.run(text)
            assert one.states() == {"a": "partial"}
            assert not summary.complete
        async with stage(tmp_path, clock) as two:
            await two.run(text, retry=True)
            assert two.states() == {"a": "partial"}
            assert two.charged == 8
            assert len(two.ended[0][1].result.files) == 1  # type: ignore[union-attr]

    on_stage(main)


def test_a_row_whose_defect_is_ours_does_not_end_the_batch(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            answer = one.transport.handle_async_request

            async def broken(request: Any) -> Any:
                if b"[defect]" in await request.aread():
                    raise KeyError("ours")
                return await answer(request)

            one.transport.handle_async_request = broken  # type: ignore[method-assign]
            await one.run(csv("a,[defect],", "b,fine,"))

            assert one.states()["b"] == "done"
            assert one.states()["a"] in ("failed", "uncertain")

    on_stage(main)


def test_the_sums_in_the_books_are_those_of_the_rows(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.run(csv("a,[lost],", "b,fine,", "c,[refused],", "d,[down],"))

    on_stage(main)
    books = sqlite3.connect(tmp_path / "state" / "memory" / "ima_ledger.sqlite3")
    try:
        rows = dict(
            books.execute("SELECT state, COUNT(*) FROM items WHERE row_id IS NOT NULL GROUP BY state").fetchall()
        )
        sums = dict(books.execute("SELECT state, items FROM batch_states WHERE items > 0").fetchall())
        spent = books.execute("SELECT SUM(committed) FROM items").fetchone()
        assert sums == rows == {"uncertain": 1, "done": 2, "failed": 1}
        assert spent == books.execute("SELECT committed FROM batches").fetchone() == (12,)
    finally:
        books.close()


def test_the_clock_of_these_tests_moves_only_when_everybody_waits(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.run(csv("a,a cat,"))
            assert 20 < clock.now - 1_790_000_000 < 30

    on_stage(main)


def turned_away(one: Any, ending: str, patience: int, *, times: int = 1) -> list[float]:
    """Let the first questions of a kind be answered 429; returns the moments of all of that kind."""
    asked: list[float] = []
    answer = one.transport.handle_async_request

    async def instead(request: Any) -> Any:
        if not request.url.path.endswith(ending):
            return await answer(request)
        asked.append(one.clock.now)
        if len(asked) <= times:
            return httpx2.Response(429, headers={"Retry-After": str(patience)}, request=request)
        return await answer(request)

    one.transport.handle_async_request = instead
    return asked


def test_one_look_that_is_turned_away_for_an_hour_stops_no_other_row(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            turned_away(one, "detail", 3600)

            summary = await one.run(many(12), concurrency=3)

            assert summary.states["done"] >= 11
            assert summary.stopped is None
            assert clock.now - 1_790_000_000 < 700

    on_stage(main)


def test_a_create_that_is_turned_away_for_an_hour_ends_the_batch_and_says_until_when(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            turned_away(one, "create", 3600, times=99)

            summary = await one.run(many(12))

            assert summary.stopped is not None
            assert (summary.stopped.code, summary.stopped.charged) == ("batch.patience", "no")
            assert summary.stopped.params["until"]
            assert 3500 < summary.held["creates"] - 1_790_000_000 < 3700
            assert clock.now - 1_790_000_000 < 200
            assert set(one.states().values()) == {"waiting"}

    on_stage(main)


def test_what_is_paid_for_is_fetched_while_creates_are_asked_to_wait(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            first = await one.run(many(3))
            assert first.complete
            created: list[float] = []
            answer = one.transport.handle_async_request

            async def instead(request: Any) -> Any:
                if request.url.path.endswith("create"):
                    created.append(clock.now)
                    if len(created) > 2:
                        return httpx2.Response(429, headers={"Retry-After": "3600"}, request=request)
                return await answer(request)

            one.transport.handle_async_request = instead  # type: ignore[method-assign]
            more = "".join(f"m{n},more {n},\n" for n in range(6))
            summary = await one.run(many(3) + more, concurrency=1)

            assert summary.states["done"] == 5
            assert summary.states["waiting"] == 4
            assert clock.now - 1_790_000_000 < 300

    on_stage(main)


def test_an_upload_that_is_turned_away_for_an_hour_ends_the_batch_and_fetches_what_is_paid(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            (tmp_path / "in.png").write_bytes(drawn(None, 0, None)[0])
            turned_away(one, "getuploadtoken", 3600, times=99)

            rows = f"id,prompt,images\na,a cat,\nb,a dog,{tmp_path / 'in.png'}\n"
            summary = await one.run(rows)

            assert one.states()["a"] == "done"
            assert one.states()["b"] == "waiting"
            assert summary.stopped is not None
            assert clock.now - 1_790_000_000 < 400

    on_stage(main)
