"""A batch under a freeze: nothing is begun, what is paid comes home, and it goes on by itself afterwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from batch_kit import StageClock, on_stage, stage

if TYPE_CHECKING:
    from pathlib import Path


def _many(count: int) -> str:
    return "id,prompt,images\n" + "".join(f"r{n},picture {n},\n" for n in range(count))


def test_a_frozen_batch_begins_nothing_brings_home_what_is_paid_and_goes_on_afterwards(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            running = asyncio.create_task(one.run(_many(12), rate=(1, 5.0)))
            await clock.sleep(12.0)
            await one.ports.ledger.freeze(reason="stop", realm="sandbox")
            begun = len(one.world.books.charges())

            await clock.sleep(120.0)
            assert one.runner is not None
            summary = await one.runner.summary()
            assert 0 < begun == len(one.world.books.charges()) < 12
            assert summary.states["done"] == begun
            assert summary.frozen is not None
            assert summary.frozen.params["reason"] == "stop"
            assert not running.done()

            await one.ports.ledger.unfreeze(realm="sandbox")
            summary = await running
            assert (summary.complete, summary.frozen) == (True, None)
            assert len(one.world.books.charges()) == 12

    on_stage(main)


def test_a_batch_that_is_interrupted_while_it_is_frozen_goes_on_with_the_next_run(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.ports.ledger.freeze(realm="sandbox")
            running = asyncio.create_task(one.run(_many(4)))
            await clock.sleep(30.0)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert one.charged == 0
        async with stage(tmp_path, clock) as two:
            await two.ports.ledger.unfreeze(realm="sandbox")
            assert (await two.run(_many(4))).complete
            assert len(two.world.books.charges()) == 4

    on_stage(main)


def test_a_frozen_user_holds_up_nobody_elses_rows(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.ports.ledger.freeze("ann", realm="sandbox")
            rows = "id,prompt,user\na1,one,ann\na2,two,ann\nb1,three,bob\nb2,four,bob\n"
            running = asyncio.create_task(one.run(rows, rate=(1, 1.0)))
            await clock.sleep(90.0)
            assert one.states() == {"b1": "done", "b2": "done"}

            await one.ports.ledger.unfreeze("ann", realm="sandbox")
            assert (await running).complete

    on_stage(main)


def test_a_row_that_was_refused_waits_for_the_freeze_to_end_before_its_next_create(tmp_path: Path):
    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock, "stale-price") as one:
            running = asyncio.create_task(one.run(_many(2)))
            await clock.sleep(0.0)
            await one.ports.ledger.freeze(realm="sandbox")
            await clock.sleep(60.0)
            begun = len(one.world.books.charges())
            await clock.sleep(60.0)
            assert len(one.world.books.charges()) == begun

            await one.ports.ledger.unfreeze(realm="sandbox")
            assert (await running).complete

    on_stage(main)


def test_nothing_is_uploaded_for_rows_that_may_not_begin(tmp_path: Path):
    from PIL import Image

    Image.new("RGB", (64, 64), "red").save(tmp_path / "a.png")

    async def main(clock: StageClock) -> None:
        async with stage(tmp_path, clock) as one:
            await one.ports.ledger.freeze(realm="sandbox")
            running = asyncio.create_task(one.run(f"id,prompt,images\na,by night,{tmp_path / 'a.png'}\n"))
            await clock.sleep(30.0)
            assert not [path for _, path in one.transport.log if "upload" in path or "put" in path.lower()]

            await one.ports.ledger.unfreeze(realm="sandbox")
            assert (await running).complete

    on_stage(main)
