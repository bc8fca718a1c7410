"""Fetching what is paid: by ids that the books know, that nobody vouches for, and that the service has forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from engine_kit import Stage, stage

from ima_nano_banana.errors import AuthFault, DownloadFault, Fault, RejectedFault, TimeoutFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Awaitable

pytestmark = pytest.mark.anyio


async def fault_of(working: Awaitable[Any]) -> Fault:
    with pytest.raises(Fault) as caught:
        await working
    return caught.value


async def booked(on: Stage) -> list[Any]:
    return await on.engine._ports.ledger.tasks()


async def left_ready(tmp_path: Path) -> str:
    """Pay for a picture whose download fails, and return its task."""
    async with stage(tmp_path, "download-403") as on:
        fault = await fault_of(on.make())
        assert isinstance(fault, DownloadFault)
        return str(fault.task_id)


@pytest.mark.parametrize("scene", ["poll-down", "poll-slow", "poll-html"])
@pytest.mark.parametrize("timeout", [1.0, 3.0])
async def test_an_id_that_nobody_vouches_for_is_not_said_to_be_paid(tmp_path: Path, scene: str, timeout: float) -> None:
    async with stage(tmp_path, scene) as on:
        fault = await fault_of(on.resume("made-up-1234", timeout=timeout))
        assert isinstance(fault, TimeoutFault)
        assert (fault.charged, fault.code, fault.task_id) == ("unknown", "timeout.never_shown", "made-up-1234")
        assert await booked(on) == []


async def test_an_unknown_id_is_given_up_after_three_definite_answers_and_never_booked(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        before = on.clock.now
        fault = await fault_of(on.resume("made-up-1234"))
        assert isinstance(fault, RejectedFault)
        assert (fault.code, fault.charged) == ("rejected.unknown_task", "unknown")
        assert on.world.books.count("detail") == 3
        assert on.clock.now - before < 30
        assert await booked(on) == []


async def test_an_id_that_the_service_has_shown_is_booked_from_then_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        task_id = (await on.make()).task_id
    async with stage(tmp_path / "elsewhere") as other, stage(tmp_path, later=600.0) as on:
        other.engine._ports.service = on.engine._ports.service
        result = await other.resume(task_id)
        [item] = await booked(other)
        assert (result.task_id, item.task_id, item.state) == (task_id, task_id, "done")


async def test_a_shown_task_that_outlives_the_patience_is_paid_and_stays_in_the_books(tmp_path: Path) -> None:
    async with stage(tmp_path, "stuck") as on:
        task_id = str((await fault_of(on.make(how={"timeout": 5.0}))).task_id)
    async with stage(tmp_path / "elsewhere") as other, stage(tmp_path, later=600.0) as on:
        other.engine._ports.service = on.engine._ports.service
        fault = await fault_of(other.resume(task_id, timeout=5.0))
        assert (fault.kind, fault.code, fault.charged) == ("timeout", "timeout.still_running", "yes")
        assert [item.state for item in await booked(other)] == ["running"]


async def test_a_known_picture_is_fetched_although_the_service_has_forgotten_its_task(tmp_path: Path) -> None:
    task_id = await left_ready(tmp_path)
    async with stage(tmp_path, "task-unknown", later=600.0) as on:
        before = on.clock.now
        result = await on.resume(task_id)
        assert Path(result.files[0]).is_file()
        assert on.clock.now - before < 60
        assert [item.state for item in await booked(on)] == ["done"]


@pytest.mark.parametrize("scene", ["poll-down", "poll-401"])
async def test_a_known_picture_is_fetched_although_nobody_can_be_asked_about_it(tmp_path: Path, scene: str) -> None:
    task_id = await left_ready(tmp_path)
    async with stage(tmp_path, scene, later=600.0) as on:
        assert (await on.resume(task_id, timeout=20.0)).files


async def test_a_known_picture_that_is_gone_too_is_told_with_its_address(tmp_path: Path) -> None:
    task_id = await left_ready(tmp_path)
    async with stage(tmp_path, "task-unknown", "download-404") as on:
        before = on.clock.now
        fault = await fault_of(on.resume(task_id))
        assert isinstance(fault, DownloadFault)
        assert (fault.charged, fault.task_id) == ("yes", task_id)
        assert str(fault.params["url"]).startswith("https://")
        assert on.clock.now - before < 60


async def test_a_paid_task_that_the_service_has_forgotten_is_given_up_within_a_minute(tmp_path: Path) -> None:
    async with stage(tmp_path, "task-unknown") as on:
        before = on.clock.now
        fault = await fault_of(on.make())
        assert isinstance(fault, RejectedFault)
        assert (fault.code, fault.charged, fault.exit_code) == ("rejected.forgotten_task", "yes", 6)
        assert on.clock.now - before <= 60 + 30
        again = await fault_of(on.make())
        assert (again.code, again.task_id) == (fault.code, fault.task_id)
        assert on.world.books.count("create") == 1


async def test_passing_trouble_in_a_body_code_does_not_end_the_wait_for_a_paid_task(tmp_path: Path) -> None:
    async with stage(tmp_path, "poll-trouble") as on:
        fault = await fault_of(on.make(how={"timeout": 200.0}))
        assert (fault.kind, fault.charged) == ("timeout", "yes")


@pytest.mark.parametrize("made_in", ["sandbox", "ima"])
async def test_a_task_of_the_other_realm_is_not_asked_for(tmp_path: Path, made_in: str) -> None:
    async with stage(tmp_path) as on:
        on.engine._ports.sandbox = made_in == "sandbox"
        task_id = (await on.make()).task_id
        on.engine._ports.sandbox = not on.engine._ports.sandbox
        looks = on.world.books.count("detail")
        for name in (task_id, task_id[-8:]):
            fault = await fault_of(on.resume(name))
            assert isinstance(fault, UsageFault)
            assert fault.code == ("ledger.simulated_task" if made_in == "sandbox" else "ledger.real_task")
            assert fault.charged == "no"
        assert on.world.books.count("detail") == looks
        assert len(await booked(on)) == 1


async def test_pictures_of_another_account_are_not_handed_out_by_their_known_addresses(tmp_path: Path) -> None:
    task_id = await left_ready(tmp_path)
    async with stage(tmp_path) as on:
        on.engine._ports.key = lambda: "ima_of_somebody_else"
        on.engine._ports.service()._key = "ima_of_somebody_else"
        fault = await fault_of(on.resume(task_id))
        assert isinstance(fault, AuthFault)
        assert (fault.charged, fault.exit_code) == ("yes", 3)
