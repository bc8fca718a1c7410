"""Runs that outlive a call: patience that ends, callers who leave, tasks of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import anyio
import pytest
from mcp.client import advertise
from mcp.client.extension import ClientExtension, ResultClaim
from mcp.types import CallToolResult, Request, RequestParams, Result
from mcp_kit import Rig, body, rig_in, willing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat on the moon"}
TASKS = "io.modelcontextprotocol/tasks"


class TaskParams(RequestParams):
    task_id: str


class TaskRequest(Request[TaskParams, str]):
    name_param = "taskId"


class TaskState(Result):
    task_id: str = ""
    status: str = ""
    status_message: str | None = None
    poll_interval_ms: int | None = None
    ttl_ms: int | None = None
    created_at: str = ""
    last_updated_at: str = ""
    result: dict[str, Any] | None = None
    result_type: str = ""


class TaskHandle(TaskState):
    result_type: Literal["task"] = "task"


class Polite(ClientExtension):
    """A client that speaks the extension: it takes the handle and polls until the task has ended."""

    identifier = TASKS

    def __init__(self, *, patient: bool = True) -> None:
        self.patient = patient
        self.handles: list[TaskHandle] = []
        self.states: list[TaskState] = []

    def claims(self) -> Sequence[ResultClaim[Any]]:
        return (ResultClaim(result_type="task", model=TaskHandle, resolve=self.resolve),)

    async def resolve(self, handle: TaskHandle, ctx: Any) -> CallToolResult:
        self.handles.append(handle)
        while self.patient:
            state = await ask(ctx.session, "tasks/get", handle.task_id)
            self.states.append(state)
            if state.status == "completed":
                return CallToolResult.model_validate(state.result)
            await anyio.sleep(0.1)
        return CallToolResult(content=[], is_error=True)  # nobody waits for it


async def ask(session: Any, method: str, task_id: str) -> TaskState:
    request = TaskRequest(method=method, params=TaskParams(task_id=task_id))
    return await session.send_request(request, TaskState)


@pytest.fixture
def slow(tmp_path: Path) -> Rig:
    return rig_in(tmp_path, real_seconds=3.0)


async def test_a_run_that_outlives_the_callers_patience_is_told_and_fetched_later(slow: Rig, era: str) -> None:
    async with slow.client(era, willing()) as client:
        result = await client.call_tool("generate_image", {**CAT, "wait_seconds": 0.1})
        told = body(result)
        assert not result.is_error
        assert (told["status"], told["charged"], told["resume_tool"]) == ("running", "yes", "resume_task")
        assert told["task_id"] not in told["message"]  # which is for the user
        assert told["credit"] == slow.world.books.points_charged()
        again = body(await client.call_tool("resume_task", {"task_id": told["task_id"], "wait_seconds": 0}))
        assert again["status"] == "running"
        done = body(await client.call_tool("resume_task", {"task_id": told["task_id"][:10]}))
    assert (done["status"], done["task_id"]) == ("done", told["task_id"])
    assert done["files"]
    assert slow.creates == 1


async def test_a_task_that_is_done_can_be_fetched_again(rig: Rig, era: str) -> None:
    async with rig.client(era, willing()) as client:
        first = body(await client.call_tool("generate_image", CAT))
    async with rig.client(era) as client:
        again = body(await client.call_tool("resume_task", {"task_id": first["task_id"]}))
    assert again["files"] == first["files"]
    assert rig.creates == 1


async def test_a_task_that_nobody_knows_is_a_fault_and_not_a_crash(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        result = await client.call_tool("resume_task", {"task_id": "no-such-task"})
    assert result.is_error
    assert body(result)["error"]["kind"] == "rejected"


async def test_a_caller_who_leaves_stops_waiting_but_not_the_paid_task(slow: Rig, era: str) -> None:
    house = slow.house()
    async with house.open():
        async with slow.client(era, willing(), house) as client:
            with anyio.move_on_after(1.5) as left:
                await client.call_tool("generate_image", CAT)
            assert left.cancelled_caught
            assert slow.creates == 1
            (row,) = body(await client.call_tool("list_tasks", {"state": "open"}))["tasks"]
        # The run goes on although its client is gone, and brings the picture home.
        with anyio.fail_after(20):
            while not (await house.ledger.tasks())[0].files:
                await anyio.sleep(0.05)
        assert (await house.ledger.find(row["task_id"])).state == "done"
    assert slow.creates == 1


async def test_a_caller_who_leaves_before_anything_is_paid_calls_it_off(tmp_path: Path) -> None:
    rig = rig_in(tmp_path, scenes=("list-slow",), real_seconds=0.1)
    house = rig.house()
    async with house.open():
        async with rig.client("legacy", willing(), house) as client:
            with anyio.move_on_after(0.5):
                await client.call_tool("generate_image", CAT)
        await anyio.sleep(0)
        assert await house.ledger.tasks() == []
    assert rig.creates == 0


async def test_a_client_that_speaks_tasks_gets_a_handle_and_then_the_result(slow: Rig) -> None:
    polite = Polite()
    async with slow.client(person=willing(), extensions=[polite]) as client:
        told = body(await client.call_tool("generate_image", CAT))
    (handle,) = polite.handles
    assert told["status"] == "done"
    assert handle.task_id == told["task_id"]
    assert (handle.status, handle.ttl_ms) == ("working", None)
    assert handle.poll_interval_ms
    assert handle.status_message
    assert {state.status for state in polite.states} == {"working", "completed"}
    assert {state.result_type for state in polite.states} == {"complete"}
    assert slow.creates == 1


async def test_a_failure_of_a_task_is_a_completed_task_with_an_error_result(tmp_path: Path) -> None:
    rig = rig_in(tmp_path, scenes=("fails",), real_seconds=0.5)
    polite = Polite()
    async with rig.client(person=willing(), extensions=[polite]) as client:
        result = await client.call_tool("generate_image", CAT)
    assert result.is_error
    assert body(result)["error"]["kind"] == "generation"
    assert polite.states[-1].status == "completed"


async def test_a_refusal_before_anything_is_paid_needs_no_task(rig: Rig) -> None:
    polite = Polite()
    async with rig.client(extensions=[polite]) as client:
        result = await client.call_tool("generate_image", CAT)
    assert result.is_error
    assert polite.handles == []


async def test_another_server_takes_over_the_tasks_of_one_that_is_gone(slow: Rig) -> None:
    impatient = Polite(patient=False)
    async with slow.client(person=willing(), extensions=[impatient]) as client:
        await client.call_tool("generate_image", CAT)
    (handle,) = impatient.handles
    async with slow.client(extensions=[Polite()]) as client:
        with anyio.fail_after(30):
            state = await ask(client.session, "tasks/get", handle.task_id)
            while state.status == "working":
                await anyio.sleep(0.1)
                state = await ask(client.session, "tasks/get", handle.task_id)
    assert state.status == "completed"
    assert state.result is not None
    assert state.result["structuredContent"]["files"]
    assert slow.creates == 1


async def test_cancelling_a_task_stops_the_waiting_and_the_picture_can_still_be_fetched(slow: Rig) -> None:
    impatient = Polite(patient=False)
    async with slow.client(person=willing(), extensions=[impatient]) as client:
        await client.call_tool("generate_image", CAT)
        (handle,) = impatient.handles
        await ask(client.session, "tasks/cancel", handle.task_id)
        state = await ask(client.session, "tasks/get", handle.task_id)
        assert state.status == "cancelled"
        assert "can still be fetched" in str(state.status_message)
        (row,) = body(await client.call_tool("list_tasks", {"state": "open"}))["tasks"]
        assert row["task_id"] == handle.task_id
    async with slow.client() as client:
        told = body(await client.call_tool("resume_task", {"task_id": handle.task_id}))
    assert told["status"] == "done"
    assert slow.creates == 1


@pytest.mark.parametrize("method", ["tasks/get", "tasks/update", "tasks/cancel"])
async def test_an_unknown_task_is_a_fault_of_the_protocol(rig: Rig, method: str) -> None:
    async with rig.client(extensions=[Polite()]) as client:
        with pytest.raises(Exception, match="not found"):
            await ask(client.session, method, "no-such-task")


@pytest.mark.parametrize("method", ["tasks/get", "tasks/update", "tasks/cancel"])
async def test_a_client_that_did_not_declare_tasks_may_not_ask_for_them(rig: Rig, method: str) -> None:
    async with rig.client() as client:
        with pytest.raises(Exception, match="extension"):
            await ask(client.session, method, "no-such-task")


async def test_a_client_of_the_first_era_never_sees_a_task(slow: Rig) -> None:
    async with slow.client("legacy", willing(), extensions=[advertise(TASKS)]) as client:
        told = body(await client.call_tool("generate_image", {**CAT, "wait_seconds": 0}))
    assert told["status"] == "running"


async def progress_of(rig: Rig, era: str, **wish: Any) -> list[tuple[float, str]]:
    person = willing()
    async with rig.client(era, person) as client:
        await client.call_tool("generate_image", {**CAT, **wish}, progress_callback=person.told)
    return person.progress


async def test_progress_rises_and_speaks_the_users_language(rig: Rig, era: str) -> None:
    told = await progress_of(rig, era, prompt="月球上的猫")
    values = [value for value, _ in told]
    assert len(told) >= 4
    assert values == sorted(set(values))
    assert max(values) < 100
    assert all(0 < len(text) <= 200 and "\n" not in text for _, text in told)
    assert any("%" in text and "正在生成" in text for _, text in told)


async def test_a_restful_client_is_kept_awake_while_files_go_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ima_nano_banana.doors.mcp import progress

    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.3)
    told = await progress_of(rig_in(tmp_path, real_seconds=2.0), "legacy")
    assert any(text == "Still waiting" for _, text in told)
