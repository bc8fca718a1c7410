"""Every answer of every tool fits the schema that the tool has published; failures are answers too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from mcp_kit import Person, body, rig_in, unwilling, willing

from ima_nano_banana.engine import Engine
from ima_nano_banana.errors import TimeoutFault

if TYPE_CHECKING:
    from pathlib import Path

    from mcp_kit import Rig

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat"}
SCENES = {
    "no-credits": "credits",
    "bad-key": "auth",
    "refused-content": "rejected",
    "lost-create": "uncertain",
    "fails": "generation",
    "list-down": "network",
    "download-404": "download",
    "partial": "partial",
}


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("tool", ["generate_image", "edit_image"])
async def test_a_failure_of_the_service_fits_the_schema_of_the_tool_that_made_it(
    tmp_path: Path, scene: str, tool: str
) -> None:
    rig = rig_in(tmp_path, scenes=(scene,))
    given = dict(CAT, count=3) if scene == "partial" else dict(CAT)
    if tool == "edit_image":
        given["images"] = ["https://example.com/a.png"]
    async with rig.client(person=willing()) as client:  # the client holds the reply against the schema
        told = body(await client.call_tool(tool, given))
    assert told["error"]["kind"] == SCENES[scene]


@pytest.mark.parametrize(
    ("tool", "scene", "kind"),
    [
        ("quote_image", "list-down", "network"),
        ("list_models", "list-down", "network"),
        ("resume_task", "list-down", "rejected"),
    ],
)
async def test_a_failure_of_the_service_fits_the_schema_of_the_tools_that_look(
    tmp_path: Path, tool: str, scene: str, kind: str
) -> None:
    rig = rig_in(tmp_path, scenes=(scene,))
    given = {"quote_image": CAT, "list_models": {}, "resume_task": {"task_id": "nobody-knows"}}[tool]
    async with rig.client() as client:
        told = body(await client.call_tool(tool, given))
    assert told["error"]["kind"] == kind


@pytest.mark.parametrize(
    ("person", "rules", "code"),
    [(Person(), {}, "consent"), (unwilling(), {}, "declined"), (willing(), {"no_spend": True}, "no spend")],
)
async def test_a_spend_that_nobody_agreed_to_fits_the_schema_and_names_the_price(
    rig: Rig, era: str, person: Person, rules: dict[str, Any], code: str
) -> None:
    async with rig.client(era, person, **rules) as client:
        told = body(await client.call_tool("generate_image", CAT))
    assert told["error"]["kind"] == "budget", code
    assert told["quote"]["credit"] > 0
    assert rig.creates == 0


@pytest.mark.parametrize("fault", [TimeoutFault("timeout.running", phase="poll", charged="yes", task_id="t1"), None])
@pytest.mark.parametrize("tool", ["generate_image", "resume_task"])
async def test_what_ends_late_or_by_a_defect_fits_the_schema(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, tool: str, fault: TimeoutFault | None
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise fault or ZeroDivisionError

    monkeypatch.setattr(Engine, "resume" if tool == "resume_task" else "generate", broken)
    given = {"task_id": "t1"} if tool == "resume_task" else CAT
    async with rig.client(person=willing()) as client:
        told = body(await client.call_tool(tool, given))
    assert told["error"]["kind"] == ("timeout" if fault else "internal")


@pytest.mark.parametrize("tool", ["list_tasks", "get_limits", "generate_image", "resume_task"])
async def test_books_that_cannot_be_read_fit_the_schema_of_every_tool_that_reads_them(rig: Rig, tool: str) -> None:
    (rig.folder / "state" / "memory" / "ima_ledger.sqlite3").mkdir(parents=True)
    given = {"generate_image": CAT, "resume_task": {"task_id": "t1"}}.get(tool, {})
    async with rig.client(person=willing()) as client:
        told = body(await client.call_tool(tool, given))
    assert told["error"]["kind"] == "storage"


async def test_wrong_arguments_fit_the_schema_of_every_tool(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        for tool in (await client.list_tools()).tools:
            told = body(await client.call_tool(tool.name, {"seed": 7}))
            assert told["error"]["kind"] == "usage", tool.name


async def test_a_schema_refuses_an_answer_that_says_neither_what_was_asked_nor_what_went_wrong(rig: Rig) -> None:
    async with rig.client() as client:
        for tool in (await client.list_tools()).tools:
            with pytest.raises(ValidationError):
                Draft202012Validator(tool.output_schema).validate({"status": "failed"})
