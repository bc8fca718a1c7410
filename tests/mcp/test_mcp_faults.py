"""What goes wrong is a result that says so; what breaks the protocol is a fault of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from mcp_kit import Rig, body, rig_in, willing

from ima_nano_banana import sandbox
from ima_nano_banana.doors.mcp.house import House
from ima_nano_banana.doors.mcp.settings import Settings
from ima_nano_banana.engine import Engine
from mcp import MCPError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat on the moon"}
ERROR_KEYS = {
    *("kind", "message", "suggestion", "phase", "ima_code", "http_status", "task_id", "retryable", "charged"),
    *("resume_command", "language", "sandbox"),
}


@pytest.mark.parametrize(
    ("scene", "kind", "charged"),
    [
        ("no-credits", "credits", "no"),
        ("bad-key", "auth", "no"),
        ("refused-content", "rejected", "no"),
        ("lost-create", "uncertain", "unknown"),
        ("fails", "generation", "unknown"),
        ("list-down", "network", "no"),
        ("download-404", "download", "yes"),
    ],
)
async def test_each_fault_is_an_error_result_with_the_error_object(
    tmp_path: Path, era: str, scene: str, kind: str, charged: str
) -> None:
    rig = rig_in(tmp_path, scenes=(scene,))
    async with rig.client(era, willing()) as client:
        result = await client.call_tool("generate_image", CAT)
    assert result.is_error
    error = body(result)["error"]
    assert set(error) >= ERROR_KEYS
    assert (error["kind"], error["charged"]) == (kind, charged)


async def test_a_paid_picture_that_could_not_be_saved_names_the_tool_that_fetches_it(tmp_path: Path) -> None:
    rig = rig_in(tmp_path, scenes=("download-404",))
    async with rig.client(person=willing()) as client:
        error = body(await client.call_tool("generate_image", CAT))["error"]
    assert error["resume_tool"] == "resume_task"
    assert error["task_id"] in error["resume_command"]
    assert error["url"].startswith("https://")


async def test_some_of_several_pictures_come_with_the_error(tmp_path: Path, era: str) -> None:
    rig = rig_in(tmp_path, scenes=("partial",))
    async with rig.client(era, willing()) as client:
        result = await client.call_tool("generate_image", {**CAT, "count": 3})
    told = body(result)
    assert result.is_error
    assert told["error"]["kind"] == "partial"
    assert len(told["files"]) == len(told["resources"]) == 2
    assert [part.type for part in result.content] == ["text", *["image"] * 2, *["resource_link"] * 2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": "a cat", "count": 5},
        {"prompt": "a cat", "count": "many"},
        {},
        {"prompt": "   "},
        {"prompt": "a cat", "size": "3K"},
        {"prompt": "a cat", "model": "midjourney"},
        {"prompt": "a cat", "language": "fr"},
    ],
)
async def test_wrong_arguments_are_an_error_result_of_kind_usage(rig: Rig, era: str, wrong: dict[str, Any]) -> None:
    async with rig.client(era, willing()) as client:
        result = await client.call_tool("generate_image", wrong)
    assert result.is_error
    error = body(result)["error"]
    assert (error["kind"], error["charged"]) == ("usage", "no")
    assert rig.creates == 0


async def test_an_unknown_tool_is_a_fault_of_the_protocol(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        with pytest.raises(MCPError, match="Unknown tool"):
            await client.call_tool("paint_house", {})


async def test_a_missing_key_is_told_and_never_asked_for(tmp_path: Path, era: str) -> None:
    rig = rig_in(tmp_path)
    person = willing()
    house = House(
        Settings(cwd=rig.work, env=rig.env, max_credits=100), transport=sandbox.in_process(rig.world), clock=rig.clock
    )
    async with rig.client(era, person, house) as client:
        result = await client.call_tool("generate_image", CAT)
    error = body(result)["error"]
    assert (error["kind"], error["charged"]) == ("auth", "no")
    assert person.asked == []


async def test_a_defect_is_a_report_id_and_no_traceback(rig: Rig, era: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(Engine, "quote", broken)
    async with rig.client(era) as client:
        result = await client.call_tool("quote_image", CAT)
    error = body(result)["error"]
    assert error["kind"] == "internal"
    assert "secret" not in result.model_dump_json()


async def test_books_that_cannot_be_written_stop_every_spend(rig: Rig, era: str) -> None:
    ledger = rig.folder / "state" / "memory" / "ima_ledger.sqlite3"
    ledger.mkdir(parents=True)
    async with rig.client(era, willing()) as client:
        result = await client.call_tool("generate_image", CAT)
    assert body(result)["error"]["kind"] == "storage"
    assert rig.creates == 0
