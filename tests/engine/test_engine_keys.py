"""The caller's key (interface, section 10): one name, one request, paid for once, for ever.

The first half are the rules that Stripe publishes for its idempotency keys.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from engine_kit import stage
from PIL import Image

from ima_nano_banana.errors import (
    BudgetFault,
    CreditsFault,
    GenerationFault,
    PartialFault,
    TimeoutFault,
    UncertainFault,
    UsageFault,
)
from ima_nano_banana.ledger import Filters

pytestmark = pytest.mark.anyio
KEY = "msg-1"


# As Stripe has it


async def test_the_same_key_and_body_is_answered_alike_without_a_second_create(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first = await on.make(idempotency_key=KEY)
        second = await on.make(idempotency_key=KEY)
        assert (first.replayed, second.replayed) == (False, True)
        same = ("task_id", "urls", "files", "credit", "size", "aspect_ratio", "count", "width", "height", "model_id")
        assert [getattr(first, name) for name in same] == [getattr(second, name) for name in same]
        assert (first.adjustments, first.requested) == (second.adjustments, second.requested)
        assert on.world.books.count("create") == 1


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"prompt": "a dog"}, "prompt"),
        ({"size": "2K"}, "size"),
        ({"aspect_ratio": "16:9"}, "aspect_ratio"),
        ({"count": 2}, "count"),
        ({"model": "pro"}, "model_id"),
        ({"images": ("a.png",)}, "input_images"),
    ],
)
async def test_the_same_key_with_another_body_is_refused_and_names_what_differs(
    tmp_path: Path, other: dict[str, Any], field: str
) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    async with stage(tmp_path) as on:
        await on.make(idempotency_key=KEY)
        with pytest.raises(UsageFault) as refused:
            await on.make(**{"idempotency_key": KEY, **other})
        assert refused.value.code == "usage.key_reused"
        assert field in refused.value.params["fields"]  # type: ignore[operator]
        assert (refused.value.charged, on.world.books.count("create"), on.world.books.count("put")) == ("no", 1, 0)


async def test_two_calls_with_one_key_at_the_same_time_are_one_create(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        both = await asyncio.gather(*(on.make(idempotency_key=KEY) for _ in range(4)))
        assert len({one.task_id for one in both}) == 1
        assert on.world.books.count("create") == 1


async def test_a_key_whose_request_was_refused_is_free(tmp_path: Path) -> None:
    async with stage(tmp_path, points=3) as poor:
        with pytest.raises(CreditsFault):
            await poor.make(idempotency_key=KEY)
    async with stage(tmp_path) as on:
        with pytest.raises(BudgetFault):
            await on.make(idempotency_key=KEY, how={"max_credits": 1})
        with pytest.raises(UsageFault):
            await on.make(idempotency_key=KEY, size="3K")
        result = await on.make(idempotency_key=KEY, prompt="other words, as nothing was charged")
        assert (result.replayed, on.charged) == (False, 6)


async def test_a_key_whose_request_ended_in_a_500_stands_for_that_uncertainty(tmp_path: Path) -> None:
    async with stage(tmp_path, "create-500") as on:
        told = []
        for _ in range(3):
            with pytest.raises(UncertainFault) as caught:
                await on.make(idempotency_key=KEY)
            told.append(caught.value)
        assert [(fault.charged, fault.replayed) for fault in told] == [
            ("unknown", False),
            ("unknown", True),
            ("unknown", True),
        ]
        assert on.world.books.count("create") == 1


# And what this ledger adds


async def test_an_open_request_is_joined(tmp_path: Path) -> None:
    async with stage(tmp_path, seconds=60.0) as on:
        with pytest.raises(TimeoutFault):
            await on.make(idempotency_key=KEY, how={"timeout": 5.0})
        result = await on.make(idempotency_key=KEY)
        assert (result.replayed, on.world.books.count("create")) == (False, 1)


async def test_files_that_are_gone_are_fetched_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first = await on.make(idempotency_key=KEY, count=2)
        Path(first.files[0]).unlink()
        second = await on.make(idempotency_key=KEY, count=2)
        assert len(second.files) == 2
        assert all(Path(file).is_file() for file in second.files)
        assert (second.replayed, on.world.books.count("create")) == (True, 1)


async def test_a_failure_that_may_have_cost_is_told_again(tmp_path: Path) -> None:
    async with stage(tmp_path, "task-failed") as on:
        told = []
        for _ in range(2):
            with pytest.raises(GenerationFault) as caught:
                await on.make(idempotency_key=KEY)
            told.append((caught.value.code, caught.value.task_id, caught.value.params, caught.value.replayed))
        assert told[0][:3] == told[1][:3]
        assert [one[3] for one in told] == [False, True]
        assert on.world.books.count("create") == 1


async def test_a_partial_result_is_told_again_with_its_good_pictures(tmp_path: Path) -> None:
    async with stage(tmp_path, "partial") as on:
        told = []
        for _ in range(2):
            with pytest.raises(PartialFault) as caught:
                await on.make(idempotency_key=KEY, count=3)
            told.append(caught.value)
            for file in caught.value.result.files[:1]:  # type: ignore[union-attr]
                Path(file).unlink()
        assert told[0].result is not None
        assert told[1].result is not None
        assert told[0].result.urls == told[1].result.urls
        assert (told[0].replayed, told[1].replayed, told[1].result.replayed) == (False, True, True)
        assert on.world.books.count("create") == 1


async def test_an_uncertainty_that_a_person_settled_decides(tmp_path: Path) -> None:
    async with stage(tmp_path, "lost-create-once") as on:
        with pytest.raises(UncertainFault):
            await on.make(idempotency_key=KEY)
        books = on.engine._ports.ledger
        [item] = await books.tasks(Filters(idempotency_key=KEY))
        await books.settle(item.id, charged=False)
        result = await on.make(idempotency_key=KEY)
        assert (result.replayed, on.world.books.count("create")) == (False, 2)


async def test_a_default_that_changes_later_makes_no_other_request(tmp_path: Path) -> None:
    from ima_nano_banana.local import preferences

    async with stage(tmp_path) as on:
        first = await on.make(idempotency_key=KEY)
        ports = on.engine._ports
        preferences.remember(
            ports.root, "default", "text_to_image", "gemini-3-pro-image", "Nano Banana Pro", 10, sandbox=True
        )
        again = await on.make(idempotency_key=KEY)
        assert (again.task_id, again.replayed, on.world.books.count("create")) == (first.task_id, True, 1)


async def test_forgetting_keeps_the_key_and_what_it_stands_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first = await on.make(idempotency_key=KEY)
        await on.engine._ports.ledger.forget()
        second = await on.make(idempotency_key=KEY)
        assert (second.task_id, second.replayed, on.world.books.count("create")) == (first.task_id, True, 1)
        with pytest.raises(UsageFault):
            await on.make(idempotency_key=KEY, prompt="a dog")


async def test_a_key_is_one_of_a_user_and_not_of_all(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.make(idempotency_key=KEY, user_id="ann")
        other = await on.make("a dog", idempotency_key=KEY, user_id="bob")
        assert (other.replayed, on.world.books.count("create")) == (False, 2)


async def test_another_key_is_another_picture_once_the_first_is_done(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.make(idempotency_key="one")
        await on.make(idempotency_key="two")
        await on.make()
        assert on.world.books.count("create") == 3


async def test_again_does_not_go_with_a_key(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        with pytest.raises(UsageFault) as refused:
            await on.make(idempotency_key=KEY, how={"again": True})
        assert refused.value.code == "usage.again_with_key"


@pytest.mark.parametrize("key", ["", " ", "a\nb", "x" * 201, "\x07", "a\u200bb", "\udcff"])
async def test_a_key_that_nobody_could_read_is_refused(tmp_path: Path, key: str) -> None:
    async with stage(tmp_path) as on:
        with pytest.raises(UsageFault) as refused:
            await on.make(idempotency_key=key)
        assert refused.value.code == "usage.bad_key"


@pytest.mark.parametrize("key", ["a", "x" * 200, "消息 42", "om_abc:1"])
async def test_any_readable_key_of_up_to_200_characters_will_do(tmp_path: Path, key: str) -> None:
    async with stage(tmp_path) as on:
        await on.make(idempotency_key=key)
        assert (await on.make(idempotency_key=key)).replayed


async def test_a_replay_needs_no_list_and_no_place_for_its_price(tmp_path: Path) -> None:
    """It is the end of an earlier call: what the service or a limit says today is no part of it."""
    async with stage(tmp_path) as on:
        await on.make(idempotency_key=KEY)
        await on.engine._ports.ledger.limits_set("all", "run", 1, realm="sandbox")
        asked = on.world.books.count("list")
        assert (await on.make(idempotency_key=KEY, how={"max_credits": 0})).replayed
        assert on.world.books.count("list") == asked


@pytest.mark.parametrize("charged", [True, False])
async def test_what_was_looked_up_is_no_longer_said_to_be_unknown(tmp_path: Path, charged: bool) -> None:
    async with stage(tmp_path, "lost-create-once") as on:
        with pytest.raises(UncertainFault):
            await on.make(idempotency_key=KEY)
        books = on.engine._ports.ledger
        [item] = await books.tasks(Filters(idempotency_key=KEY))
        settled = await books.settle(item.id, charged=charged)
        assert settled.fault is not None
        assert settled.fault["code"] == ("ledger.settled_charged" if charged else "ledger.settled_free")
        if charged:
            with pytest.raises(UncertainFault) as caught:
                await on.make(idempotency_key=KEY)
            assert (caught.value.charged, caught.value.exit_code, caught.value.code) == (
                "yes",
                9,
                "ledger.settled_charged",
            )
        assert on.world.books.count("create") == 1
