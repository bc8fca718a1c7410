"""Plans through MCP: no tool approves, a person who is asked does, and an approved plan is spent by the same call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from mcp_kit import Rig, body, unwilling, willing

from ima_nano_banana.ledger import Decider, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat on the moon"}
PRICE = 6
OWNER = Decider(name="owner")


def _books(rig: Rig) -> AbstractContextManager[Ledger]:
    return Ledger(rig.folder / "state" / "memory" / "ima_ledger.sqlite3", clock=rig.clock)


@pytest.fixture
def held(rig: Rig) -> Iterator[Rig]:
    """A rig whose owner wants to approve everything."""
    with _books(rig) as books:
        books.approvals_set(OWNER, realm="sandbox", scope="all", above=0)
    return rig


def _approve(rig: Rig, plan_id: str) -> None:
    with _books(rig) as books:
        books.decide(plan_id, "approved", OWNER, realm="sandbox")


async def test_a_client_that_can_not_ask_gets_the_plan_and_spends_it_once_it_is_approved(held: Rig, era: str) -> None:
    async with held.client(era) as client:
        result = await client.call_tool("generate_image", CAT)
        told = body(result)
        assert result.is_error
        assert (told["error"]["code"], told["plan"]["state"]) == ("approval.needed", "proposed")
        assert told["error"]["plan_id"] == told["plan"]["plan_id"]
        assert (held.creates, told["plan"]["credit"]) == (0, PRICE)
        _approve(held, told["plan"]["plan_id"])
        assert body(await client.call_tool("generate_image", CAT))["status"] == "done"
        again = body(await client.call_tool("generate_image", CAT))
        assert again["plan"]["plan_id"] != told["plan"]["plan_id"]
    assert held.creates == 1


async def test_whoever_accepts_the_question_approves_the_plan(held: Rig, era: str) -> None:
    person = willing()
    async with held.client(era, person) as client:
        assert body(await client.call_tool("generate_image", CAT))["status"] == "done"
    assert len(person.asked) == 1
    assert f"{PRICE} " in person.asked[0]
    with _books(held) as books:
        [plan] = books.plans(realm="sandbox")
    assert (plan.state, held.creates) == ("spent", 1)


async def test_whoever_declines_leaves_the_plan_for_somebody_else(held: Rig, era: str) -> None:
    async with held.client(era, unwilling()) as client:
        told = body(await client.call_tool("generate_image", CAT))
    assert (told["error"]["charged"], told["plan"]["state"], held.creates) == ("no", "proposed", 0)


async def test_in_a_chat_a_question_approves_nothing(held: Rig, era: str) -> None:
    chat: dict[str, Any] = {
        **held.env,
        "OPENCLAW_SHELL": "exec",
        "OPENCLAW_CHANNEL_CONTEXT": '{"sender": {"id": "ann"}}',
    }
    person = willing()
    async with replace(held, env=chat).client(era, person) as client:
        told = body(await client.call_tool("generate_image", CAT))
    assert (told["error"]["code"], told["error"]["approve_command"]) == ("approval.needed", None)
    assert (person.asked, held.creates) == ([], 0)


async def test_a_proposed_image_costs_nothing_and_is_bought_by_the_same_arguments(held: Rig, era: str) -> None:
    async with held.client(era) as client:
        told = body(await client.call_tool("propose_image", {**CAT, "size": "2K"}))
        assert (told["plan"]["size"], told["plan"]["credit"], held.creates) == ("2K", 10, 0)
        _approve(held, told["plan"]["plan_id"])
        made = body(await client.call_tool("generate_image", {**CAT, "size": "2K"}))
    assert (made["status"], made["credit"], held.creates) == ("done", 10, 1)


async def test_no_tool_approves(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
    assert "propose_image" in names
    assert not [name for name in names if "approve" in name or "refuse" in name]
