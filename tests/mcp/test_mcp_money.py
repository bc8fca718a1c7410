"""Who agrees to a spend, and what is said to those who don't."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mcp.types import ElicitResult
from mcp_kit import Person, Rig, body, rig_in, unwilling, willing

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

CAT = {"prompt": "a cat on the moon"}
PRICE = 6


async def test_the_user_is_asked_with_the_amount_before_a_spend(rig: Rig, era: str) -> None:
    person = willing()
    async with rig.client(era, person) as client:
        told = body(await client.call_tool("generate_image", {**CAT, "count": 2}))
    assert told["status"] == "done"
    assert len(person.asked) == 1
    assert f"{2 * PRICE} " in person.asked[0]
    assert rig.world.books.points_charged() == 2 * PRICE


async def test_the_question_is_in_the_language_of_the_prompt(rig: Rig, era: str) -> None:
    person = willing()
    async with rig.client(era, person) as client:
        await client.call_tool("generate_image", {"prompt": "月球上的猫"})
    assert "积分" in person.asked[0]


@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_user_who_does_not_agree_pays_nothing(rig: Rig, era: str, action: str) -> None:
    async with rig.client(era, unwilling(action)) as client:
        result = await client.call_tool("generate_image", CAT)
    told = body(result)
    assert result.is_error
    assert (told["error"]["kind"], told["error"]["charged"]) == ("budget", "no")
    assert told["quote"]["credit"] == PRICE
    assert rig.creates == 0


async def test_an_unticked_box_is_a_no(rig: Rig, era: str) -> None:
    person = Person(answer=ElicitResult(action="accept", content={"spend": False}))
    async with rig.client(era, person) as client:
        assert (await client.call_tool("generate_image", CAT)).is_error
    assert rig.creates == 0


async def test_a_client_that_cannot_ask_gets_the_price_and_how_to_allow_it(rig: Rig, era: str) -> None:
    async with rig.client(era) as client:
        result = await client.call_tool("generate_image", CAT)
    told = body(result)
    assert result.is_error
    assert told["error"]["kind"] == "budget"
    assert told["quote"]["credit"] == PRICE
    assert "--max-credits" in told["error"]["hint"]
    assert rig.creates == 0


async def test_the_models_own_ceiling_does_not_stand_in_for_the_users_word(rig: Rig) -> None:
    async with rig.client() as client:
        assert (await client.call_tool("generate_image", {**CAT, "max_credits": 100})).is_error
    assert rig.creates == 0


async def test_a_client_that_cannot_ask_may_spend_under_the_servers_ceiling(rig: Rig, era: str) -> None:
    async with rig.client(era, max_credits=PRICE) as client:
        assert body(await client.call_tool("generate_image", CAT))["status"] == "done"
        result = await client.call_tool("generate_image", {**CAT, "size": "4K"})
    assert result.is_error
    assert body(result)["error"]["kind"] == "budget"
    assert rig.creates == 1


async def test_a_client_that_cannot_ask_may_spend_under_a_stored_limit_until_it_is_used_up(rig: Rig, era: str) -> None:
    house = rig.house()
    async with rig.client(era, house=house) as client:
        await house.ledger.limits_set("all", "day", 2 * PRICE - 1, realm="sandbox")
        assert body(await client.call_tool("generate_image", CAT))["status"] == "done"
        result = await client.call_tool("generate_image", CAT)
    assert result.is_error
    assert body(result)["error"]["kind"] == "budget"
    assert rig.world.books.points_charged() == PRICE


async def test_small_spends_are_not_asked_about_if_the_server_was_told_so(rig: Rig, era: str) -> None:
    person = willing()
    async with rig.client(era, person, confirm_above=PRICE) as client:
        await client.call_tool("generate_image", CAT)
        assert person.asked == []
        await client.call_tool("generate_image", {**CAT, "size": "4K"})
    assert len(person.asked) == 1
    assert rig.creates == 2


async def test_a_callers_ceiling_refuses_before_anybody_is_asked(rig: Rig, era: str) -> None:
    person = willing()
    async with rig.client(era, person) as client:
        result = await client.call_tool("generate_image", {**CAT, "max_credits": PRICE - 1})
    assert body(result)["error"]["kind"] == "budget"
    assert person.asked == []
    assert rig.creates == 0


async def test_a_server_that_must_not_spend_tells_the_price(rig: Rig, era: str) -> None:
    person = willing()
    async with rig.client(era, person, no_spend=True) as client:
        result = await client.call_tool("generate_image", CAT)
    told = body(result)
    assert result.is_error
    assert (told["error"]["kind"], told["quote"]["credit"]) == ("budget", PRICE)
    assert person.asked == []
    assert rig.creates == 0


async def test_a_paid_request_is_joined_without_asking_even_by_a_server_that_must_not_spend(
    tmp_path: Path, era: str
) -> None:
    rig = rig_in(tmp_path, real_seconds=2.0)
    async with rig.client(era, willing()) as client:
        first = body(await client.call_tool("generate_image", {**CAT, "wait_seconds": 0}))
    assert first["status"] == "running"
    person = willing()
    async with rig.client(era, person, no_spend=True) as client:
        told = body(await client.call_tool("generate_image", CAT))
    assert (told["status"], told["task_id"]) == ("done", first["task_id"])
    assert person.asked == []
    assert rig.creates == 1


async def test_a_spend_of_unknown_outcome_is_not_repeated_and_not_asked_about(tmp_path: Path, era: str) -> None:
    rig = rig_in(tmp_path, scenes=("lost-create-once",))
    person = willing()
    async with rig.client(era, person) as client:
        for _ in range(2):
            result = await client.call_tool("generate_image", CAT)
            told = body(result)
            assert result.is_error
            assert (told["error"]["kind"], told["error"]["charged"]) == ("uncertain", "unknown")
        assert rig.creates == 1
        assert len(person.asked) == 1
        again: dict[str, Any] = {**CAT, "again": True}
        assert body(await client.call_tool("generate_image", again))["status"] == "done"
    assert rig.creates == 2


async def test_a_price_that_rises_after_the_consent_is_not_paid(tmp_path: Path, era: str) -> None:
    rig = rig_in(tmp_path, scenes=("dearer",))
    async with rig.client(era, willing()) as client:
        result = await client.call_tool("generate_image", CAT)
    told = body(result)
    assert rig.world.books.points_charged() <= PRICE
    assert told["status"] == "done" or told["error"]["charged"] == "no"


async def test_a_consent_counts_only_for_the_amount_that_was_named(rig: Rig) -> None:
    """An answer kept back for a cheaper request is worth nothing for a dearer one."""
    seen: list[str] = []
    async with rig.client(person=willing()) as client:
        first = await client.session.call_tool("generate_image", CAT, allow_input_required=True)
        seen.append(str(first.input_requests["consent"].params.message))
        forged = {"consent": ElicitResult(action="accept", content={"spend": True})}
        state = first.request_state
        with pytest.raises(Exception, match=r"(?i)state"):
            await client.session.call_tool(
                "generate_image",
                {**CAT, "size": "4K"},
                input_responses=forged,
                request_state=state,
                allow_input_required=True,
            )
        without_state = await client.session.call_tool(
            "generate_image", CAT, input_responses=forged, allow_input_required=True
        )
    assert "consent" in (without_state.input_requests or {})
    assert rig.creates == 0
    assert json.dumps(seen)


async def test_two_identical_requests_at_once_are_paid_once(rig: Rig) -> None:
    import anyio

    answers: list[dict[str, Any]] = []

    async with rig.client(person=willing()) as client:

        async def one() -> None:
            answers.append(body(await client.call_tool("generate_image", CAT)))

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            group.start_soon(one)
    assert [one["status"] for one in answers] == ["done", "done"]
    assert answers[0]["task_id"] == answers[1]["task_id"]
    assert rig.creates == 1
