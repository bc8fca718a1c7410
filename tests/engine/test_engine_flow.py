"""The one flow, on a simulated service and a simulated clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_kit import stage
from PIL import Image

from ima_nano_banana.errors import (
    BudgetFault,
    CreditsFault,
    DownloadFault,
    GenerationFault,
    NetworkFault,
    PartialFault,
    RejectedFault,
    TimeoutFault,
    UncertainFault,
    UsageFault,
)

pytestmark = pytest.mark.anyio


async def test_a_prompt_becomes_a_picture_on_disk_at_the_quoted_price(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        result = await on.make(size="2K", aspect_ratio="16:9")
        assert result.credit == on.charged == 10
        with Image.open(result.files[0]) as picture:
            assert picture.size == (result.width, result.height) == (2752, 1536)
        assert result.adjustments == ()
        assert on.kinds[:3] == ["Acknowledged", "Started", "Created"]


async def test_local_pictures_are_uploaded_once_each_and_arrive_in_order(tmp_path: Path) -> None:
    for name, colour in (("a.png", "red"), ("b.png", "blue")):
        Image.new("RGB", (20, 20), colour).save(tmp_path / name)
    async with stage(tmp_path) as on:
        await on.make("mix them", images=("a.png", "b.png", "a.png"))
        assert on.world.books.count("put") == 2
        [task] = on.world.books.tasks()
        body = on.world.books.creates()[0]
        assert on.charged == 6, (task, body)


async def test_a_price_above_the_ceiling_is_refused_before_anything_is_uploaded(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    async with stage(tmp_path) as on:
        with pytest.raises(BudgetFault):
            await on.make(images=("a.png",), size="4K", how={"max_credits": 12})
        assert (on.charged, on.world.books.count("put"), on.world.books.count("create")) == (0, 0, 0)


async def test_a_lost_create_answer_is_never_sent_again(tmp_path: Path) -> None:
    async with stage(tmp_path, "lost-create") as on:
        for _ in range(3):
            with pytest.raises(UncertainFault) as caught:
                await on.make()
            assert caught.value.charged == "unknown"
        assert on.world.books.count("create") == 1


async def test_again_pays_once_more_and_then_the_way_is_free(tmp_path: Path) -> None:
    async with stage(tmp_path, "lost-create-once") as on:
        with pytest.raises(UncertainFault):
            await on.make()
        await on.make(how={"again": True})
        await on.make()
        assert on.world.books.count("create") == 3


@pytest.mark.parametrize(
    "scene", ["create-500", "create-no-id", "create-html", "create-truncated", "create-slow", "create-502-unbilled"]
)
async def test_every_unusable_answer_to_a_create_is_uncertain(tmp_path: Path, scene: str) -> None:
    async with stage(tmp_path, scene) as on:
        for _ in range(2):
            with pytest.raises(UncertainFault):
                await on.make()
        assert on.world.books.count("create") == 1


@pytest.mark.parametrize(
    ("scene", "fault"),
    [
        ("no-credits", CreditsFault),
        ("create-429", NetworkFault),
        ("create-400", RejectedFault),
        ("create-redirect", NetworkFault),
    ],
)
async def test_a_definite_refusal_charges_nothing_and_frees_the_way(tmp_path: Path, scene: str, fault: type) -> None:
    async with stage(tmp_path, scene) as on:
        with pytest.raises(fault) as caught:
            await on.make()
        assert caught.value.charged == "no"
        on.world.select(())
        on.world.set_points(on.engine._ports.key(), 1000)
        await on.make()
        assert on.charged == 6


async def test_the_same_command_joins_the_task_that_a_timeout_left_open(tmp_path: Path) -> None:
    async with stage(tmp_path, "slow") as on:
        with pytest.raises(TimeoutFault) as caught:
            await on.make(how={"timeout": 20})
        assert caught.value.charged == "yes"
        assert caught.value.task_id is not None
    async with stage(tmp_path, later=400) as on:
        result = await on.make()
        assert result.task_id == caught.value.task_id
        assert on.events[1].joined
        assert on.charged == 6


async def test_a_finished_request_runs_anew(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        first, second = await on.make(), await on.make()
        assert first.task_id != second.task_id
        assert on.charged == 12


async def test_different_users_never_share_a_task(tmp_path: Path) -> None:
    async with stage(tmp_path, "stuck") as on:
        for user in ("ann", "bob"):
            with pytest.raises(TimeoutFault):
                await on.make(user_id=user, how={"timeout": 10})
        assert on.charged == 12


@pytest.mark.parametrize("scene", ["poll-429", "poll-502", "poll-drop", "poll-html", "poll-code", "poll-redirect"])
async def test_no_fault_of_a_look_loses_a_paid_picture(tmp_path: Path, scene: str) -> None:
    async with stage(tmp_path, scene) as on:
        result = await on.make()
        assert Path(result.files[0]).exists()
        assert on.charged == 6


@pytest.mark.parametrize("scene", ["fails", "failed-null", "failed-one", "task-failed", "deleted"])
async def test_every_way_to_fail_ends_the_wait_at_once(tmp_path: Path, scene: str) -> None:
    async with stage(tmp_path, scene) as on:
        with pytest.raises(GenerationFault) as caught:
            await on.make()
        assert caught.value.task_id is not None
        assert on.clock.now < 1_790_000_000 + 60


async def test_one_failed_picture_of_three_does_not_lose_the_others(tmp_path: Path) -> None:
    async with stage(tmp_path, "partial") as on:
        with pytest.raises(PartialFault) as caught:
            await on.make(count=3)
        result = caught.value.result
        assert result is not None
        assert len(result.files) == len(result.urls) == 2
        assert result.credit == on.charged == 18


async def test_a_service_that_makes_fewer_pictures_than_paid_for_is_told_of(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        item = await on.make()
        from ima_nano_banana.domain.model import Media, TaskView
        from ima_nano_banana.domain.task import judge

        view = TaskView(task_id=item.task_id, medias=(Media(state="done", url=item.url),))
        assert judge(view, 4).state == "running"
        assert judge(view, 4, given_up=True).state == "partial"


async def test_a_picture_that_cannot_be_saved_is_fetched_later_without_paying(tmp_path: Path) -> None:
    async with stage(tmp_path, "download-404") as on:
        with pytest.raises(DownloadFault) as caught:
            await on.make()
        assert caught.value.params["url"]
    async with stage(tmp_path, later=400) as on:
        result = await on.resume(str(caught.value.task_id))
        assert Path(result.files[0]).exists()
        assert on.charged == 6


async def test_resume_works_on_a_machine_that_never_saw_the_task(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        made = await on.make(how={"download": False})
    (tmp_path / "state").rename(tmp_path / "elsewhere")
    async with stage(tmp_path, later=400) as on:
        result = await on.resume(made.task_id)
        assert Path(result.files[0]).exists()
        assert result.credit is None
        assert on.charged == 6


async def test_an_id_that_the_service_does_not_know_is_given_up_after_three_answers(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        with pytest.raises(RejectedFault):
            await on.resume("no-such-task")
        assert on.world.books.count("detail") == 3
        assert await on.engine._ports.ledger.open_items() == []
        assert sum(on.clock.waits) < 10


async def test_a_look_that_failed_is_taken_again_soon_not_when_the_next_was_due(tmp_path: Path) -> None:
    async with stage(tmp_path, "poll-502", seconds=1.0) as on:
        result = await on.make()
        assert result.elapsed_seconds < 10


async def test_a_stale_price_list_is_fetched_again_and_the_same_wish_sent(tmp_path: Path) -> None:
    async with stage(tmp_path, "stale-catalogue") as on:
        result = await on.make(size="4K")
        assert (result.size, result.adjustments) == ("4K", ())
        assert on.world.books.count("list") == 2
        assert on.charged == 13


@pytest.mark.parametrize("keep_size", [True, False])
@pytest.mark.parametrize("scene", ["default-size-changes", "default-ratio-changes", "version-changes"])
async def test_what_was_quoted_is_bought_although_the_list_read_anew_has_other_defaults(
    tmp_path: Path, scene: str, keep_size: bool
) -> None:
    async with stage(tmp_path, scene) as on:
        result = await on.make(how={"keep_size": keep_size})
        assert on.world.books.count("list") == 2
        assert (result.size, result.aspect_ratio, result.width, result.height) == ("1K", "1:1", 1024, 1024)
        assert result.version_id == "gemini-3.1-flash-image-preview"
        assert result.credit == on.charged == 6
        assert result.adjustments == ()


async def test_each_of_several_pictures_that_is_smaller_than_paid_for_is_told(tmp_path: Path) -> None:
    async with stage(tmp_path, "smaller-picture") as on:
        result = await on.make(size="1K", count=2)
        assert [(one.field, one.from_, one.to) for one in result.adjustments] == [("size", "1K", "256x256")]
        assert on.kinds.count("Adjusted") == 1


async def test_a_price_that_fell_is_told_as_it_was_charged(tmp_path: Path) -> None:
    async with stage(tmp_path, "stale-price") as on:
        result = await on.make()
        assert result.credit == on.charged == 6
        item = await on.engine._ports.ledger.find(result.task_id)
        assert item is not None and item.credit == 6


async def test_a_backend_fault_steps_the_size_down_and_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, "busy-backend") as on:
        result = await on.make(size="4K")
        assert result.size == "1K"
        assert [(a.from_, a.to) for a in result.adjustments] == [("4K", "2K"), ("2K", "1K")]
        assert result.credit == on.charged == 6
        assert on.kinds.count("Adjusted") == 2


async def test_keep_size_fails_rather_than_shrinks(tmp_path: Path) -> None:
    async with stage(tmp_path, "busy-backend") as on:
        with pytest.raises(RejectedFault):
            await on.make(size="4K", how={"keep_size": True})
        assert (on.charged, on.world.books.count("create")) == (0, 1)


async def test_three_creates_are_the_most(tmp_path: Path) -> None:
    async with stage(tmp_path, "busy-backend-always") as on:
        with pytest.raises(RejectedFault):
            await on.make(size="4K")
        assert (on.charged, on.world.books.count("create")) == (0, 3)


async def test_a_price_that_rose_above_the_quote_is_refused(tmp_path: Path) -> None:
    async with stage(tmp_path, "dearer") as on:
        with pytest.raises(BudgetFault):
            await on.make()
        assert on.charged == 0


async def test_a_quote_sends_nothing_but_the_question_for_the_list(tmp_path: Path) -> None:
    from ima_nano_banana.domain.model import Wish
    from ima_nano_banana.engine import How

    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    async with stage(tmp_path) as on:
        quote = await on.engine.quote(Wish(prompt="x", images=("a.png",), model="pro", size="4K", count=2), How())
        assert (quote.credit_each, quote.credit) == (18, 36)
        assert on.world.books.count("list") == 1
        assert on.world.books.count("token") == on.world.books.count("create") == 0


async def test_a_missing_file_is_found_before_anything_is_asked(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    async with stage(tmp_path) as on:
        with pytest.raises(UsageFault):
            await on.make(images=("a.png", "missing.png"))
        assert on.world.books.count("list") == on.world.books.count("token") == 0
        assert on.events == []


async def test_progress_comes_at_the_pace_of_the_model(tmp_path: Path) -> None:
    async with stage(tmp_path, "live-eet", seconds=50.0) as on:
        await on.make()
        told = [(event.percent, event.late) for event in on.events if type(event).__name__ == "Progress"]
        assert told == [(37, False), (75, False), (95, True)]


async def test_a_stored_limit_stops_the_spend_before_the_start(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.engine._ports.ledger.limits_set("all", "day", 10, realm="sandbox")
        await on.make()
        with pytest.raises(BudgetFault):
            await on.make("another cat")
        assert on.charged == 6


async def test_a_joined_task_is_looked_at_by_the_live_expected_time(tmp_path: Path) -> None:
    async with stage(tmp_path, seconds=4.0) as on:
        with pytest.raises(TimeoutFault):
            await on.make(how={"timeout": 1})
        before = on.clock.now
        await on.make()
        assert on.clock.now - before < 8
        with pytest.raises(TimeoutFault) as caught:
            await on.make("another cat", how={"timeout": 1})
        before = on.clock.now
        await on.resume(str(caught.value.task_id))
        assert on.clock.now - before < 8


async def test_a_picture_more_than_was_asked_for_is_kept_and_told(tmp_path: Path) -> None:
    async with stage(tmp_path, "one-more") as on:
        result = await on.make(size="512px")
        assert len(result.files) == 2
        assert [(one.field, one.from_, one.to) for one in result.adjustments] == [("count", "1", "2")]
        assert on.kinds.count("Adjusted") == 1


async def test_one_picture_twice_in_place_of_two_is_told(tmp_path: Path) -> None:
    async with stage(tmp_path, "same-link") as on:
        result = await on.make(size="512px", count=3)
        assert [(one.field, one.from_, one.to) for one in result.adjustments] == [("count", "3", "1")]
        told = await on.resume(result.task_id)
        assert told.adjustments == result.adjustments


async def test_nothing_is_said_of_the_number_of_a_task_that_nobody_knows(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        made = await on.make(size="512px", count=2)
    (tmp_path / "state").rename(tmp_path / "gone")
    async with stage(tmp_path) as on:
        assert (await on.resume(made.task_id)).adjustments == ()
