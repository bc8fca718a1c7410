"""Plans (interface, section 12): spent once, word for word, and never as anything else than what was approved."""

from __future__ import annotations

import asyncio
import copy
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_kit import Stage, stage
from PIL import Image

from ima_nano_banana.domain.events import Waiting
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How
from ima_nano_banana.errors import BudgetFault, Fault, NetworkFault, UncertainFault, UsageFault
from ima_nano_banana.ledger import Decider, Plan

pytestmark = pytest.mark.anyio
REALM = "sandbox"
OWNER = Decider(name="owner")
DAY = 86_400.0


async def _above(on: Stage, points: int = 5) -> None:
    await on.engine.ledger.approvals_set(OWNER, realm=REALM, scope="all", above=points)


async def _plan(on: Stage, prompt: str = "a cat", **wish: Any) -> Plan:
    return await on.engine.plan(Wish(prompt=prompt, **wish), How(output_dir=on.out))


async def _approve(on: Stage, plan: Plan | str) -> Plan:
    name = plan if isinstance(plan, str) else plan.plan_id
    return await on.engine.ledger.decide(name, "approved", OWNER, realm=REALM)


async def _run(on: Stage, plan: Plan, **how: Any) -> Any:
    found = await on.engine.ledger.plan(plan.plan_id, realm=REALM)
    assert found is not None
    return await on.engine.run(found, How(output_dir=on.out, **how), on.events.append)


async def _state(on: Stage, plan: Plan) -> str:
    found = await on.engine.ledger.plan(plan.plan_id, realm=REALM)
    assert found is not None
    return found.state


def _creates(on: Stage) -> int:
    return on.world.books.count("create")


def _listing(on: Stage, change: Callable[[Any], None]) -> None:
    """Let the service show another product list from now on."""
    service = on.engine._ports.service()
    before = service.products

    async def products(task_type: str) -> list[object]:
        tree = copy.deepcopy(await before(task_type))
        for group in tree:
            for leaf in group.get("children") or []:  # type: ignore[attr-defined]
                change(leaf)
        return tree

    service.products = products  # type: ignore[method-assign]
    on.engine._lists._lists.clear()


def _rules(leaf: Any, **more: int) -> None:
    for rule in leaf["credit_rules"]:
        for name, by in more.items():
            rule[name] += by


async def test_a_plan_spends_nothing_and_one_that_nobody_approved_is_not_run(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        plan = await _plan(on, size="2K")
        assert (plan.state, plan.credit, plan.user_id) == ("proposed", 10, "default")
        with pytest.raises(BudgetFault) as refused:
            await _run(on, plan)
        assert (refused.value.code, refused.value.params["plan_id"]) == ("approval.needed", plan.plan_id)
        assert _creates(on) == 0


async def test_an_approved_plan_is_spent_once_and_replayed_after_that(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        plan = await _plan(on, size="2K", aspect_ratio="16:9", count=2)
        await _approve(on, plan)
        made = await _run(on, plan)
        again = await _run(on, plan)
        assert (made.replayed, again.replayed) == (False, True)
        assert (made.task_id, made.credit, made.count) == (again.task_id, 20, 2)
        assert (_creates(on), await _state(on, plan)) == (1, "spent")
        [item] = await on.engine.ledger.tasks()
        assert item.idempotency_key == plan.plan_id


async def test_a_plan_is_spent_once_although_two_run_it_at_the_same_time(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        plan = await _approve(on, await _plan(on))
        ends = await asyncio.gather(*(_run(on, plan) for _ in range(4)))
        assert len({end.task_id for end in ends}) == 1
        assert _creates(on) == 1


async def test_a_request_above_the_threshold_is_refused_with_a_plan_and_made_once_that_is_approved(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as on:
        await _above(on)
        names = set()
        for _ in range(2):
            with pytest.raises(BudgetFault) as refused:
                await on.make(size="2K")
            assert (refused.value.code, refused.value.charged) == ("approval.needed", "no")
            names.add(refused.value.params["plan_id"])
        [name] = names
        await _approve(on, str(name))
        made = await on.make(size="2K")
        assert (made.credit, _creates(on)) == (10, 1)
        # The plan is spent: the same wish needs another one.
        with pytest.raises(BudgetFault) as once_more:
            await on.make(size="2K")
        assert once_more.value.params["plan_id"] != name
        found = await on.engine.ledger.plan(str(name), realm=REALM)
        assert found is not None
        assert (await on.engine.run(found, How(output_dir=on.out), on.events.append)).task_id == made.task_id
        assert _creates(on) == 1


async def test_a_request_at_the_threshold_needs_no_plan_and_a_user_of_their_own_threshold_has_that(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as on:
        await on.engine.ledger.approvals_set(OWNER, realm=REALM, scope="each-user", above=5)
        await on.engine.ledger.approvals_set(OWNER, realm=REALM, scope="user:ann", above=6)
        await on.make(user_id="ann")
        with pytest.raises(BudgetFault):
            await on.make(user_id="eve")
        await on.engine.ledger.approvals_set(OWNER, realm="ima", scope="all", above=0)
        await on.make("another", user_id="ann")  # the real ones are others
        assert _creates(on) == 2


FIELDS: dict[str, Callable[[dict[str, Any]], None]] = {
    "prompt": lambda wish: wish.update(prompt="a dog"),
    "model": lambda wish: wish.update(model="gemini-3-pro-image"),
    "size": lambda wish: wish.update(size="1K"),
    "aspect_ratio": lambda wish: wish.update(aspect_ratio="16:9"),
    "count": lambda wish: wish.update(count=2),
    "extra": lambda wish: wish.update(extra={"size": "1K"}, size=None),
    "images": lambda wish: wish.update(images=["other.png"]),
    "order of images": lambda wish: wish.update(images=list(reversed(wish["images"]))),
    "no images": lambda wish: wish.update(images=[], task_type=None),
    "metadata": lambda wish: wish.update(keep_metadata=True),
}


@pytest.mark.parametrize("name", FIELDS)
async def test_a_plan_with_one_field_changed_is_never_spent(tmp_path: Path, name: str) -> None:
    for file, colour in (("a.png", "red"), ("b.png", "blue"), ("other.png", "green")):
        Image.new("RGB", (20, 20), colour).save(tmp_path / file)
    async with stage(tmp_path) as on:
        plan = await _approve(on, await _plan(on, size="2K", images=("a.png", "b.png")))
        wish = dict(plan.wish)
        FIELDS[name](wish)
        with pytest.raises((BudgetFault, UsageFault)):
            await on.engine.run(replace(plan, wish=wish), How(output_dir=on.out), on.events.append)
        assert (_creates(on), await _state(on, plan)) == (0, "approved")


COLUMNS = {
    "user": "UPDATE plans SET user_id = 'eve'",
    "expiry": f"UPDATE plans SET expires_at = expires_at + {DAY}",
    "digest": "UPDATE plans SET digest = 'x' || digest",
    "terms": "UPDATE plans SET terms = 'x' || terms",
}


@pytest.mark.parametrize("name", COLUMNS)
async def test_a_plan_that_was_changed_in_the_books_is_never_spent(tmp_path: Path, name: str) -> None:
    async with stage(tmp_path) as on:
        plan = await _approve(on, await _plan(on, size="2K"))
        with sqlite3.connect(tmp_path / "state" / "memory" / "ima_ledger.sqlite3") as books:
            books.execute(COLUMNS[name])
        with pytest.raises(Fault):
            await _run(on, plan)
        assert _creates(on) == 0


LISTS: dict[str, Callable[[Any], None]] = {
    "dearer": lambda leaf: _rules(leaf, points=1),
    "cheaper": lambda leaf: _rules(leaf, points=-1),
    "other rule": lambda leaf: _rules(leaf, attribute_id=1),
    "other version": lambda leaf: leaf.update(id=leaf["id"] + "-2"),
    "no such size": lambda leaf: leaf.update(
        credit_rules=[one for one in leaf["credit_rules"] if one["attributes"].get("size") != "2K"]
    ),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_plan_for_another_price_list_is_refused_and_the_request_proposed_anew(
    tmp_path: Path, name: str
) -> None:
    async with stage(tmp_path) as on:
        await _above(on)
        plan = await _approve(on, await _plan(on, size="2K"))
        _listing(on, LISTS[name])
        with pytest.raises(BudgetFault) as refused:
            await _run(on, plan)
        assert refused.value.code in ("approval.changed", "approval.gone")
        with pytest.raises(Fault) as anew:
            await on.make(size="2K")
        if name != "no such size":
            assert (anew.value.code, _creates(on)) == ("approval.needed", 0)
            assert anew.value.params["plan_id"] != plan.plan_id


@pytest.mark.parametrize("scene", ["stale-price", "stale-catalogue", "busy-backend"])
async def test_a_plan_is_not_spent_on_what_a_refusal_leads_to(tmp_path: Path, scene: str) -> None:
    async with stage(tmp_path, scene) as on:
        plan = await _approve(on, await _plan(on, size="2K"))
        with pytest.raises(Fault) as refused:
            await _run(on, plan)
        assert refused.value.charged == "no"
        assert on.charged == 0


async def test_a_plan_of_another_account_is_not_spent_but_told_again_under_any_key(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        plan, other = await _approve(on, await _plan(on)), await _approve(on, await _plan(on, "a dog"))
        made = await _run(on, plan)
        on.engine._ports.key = lambda: "ima_of_somebody_else"
        assert (await _run(on, plan)).task_id == made.task_id
        with pytest.raises(BudgetFault) as refused:
            await _run(on, other)
        assert (refused.value.code, _creates(on)) == ("approval.changed", 1)


async def test_an_expired_plan_is_neither_approved_nor_spent(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        approved, proposed = await _approve(on, await _plan(on)), await _plan(on, "a dog")
    async with stage(tmp_path, later=DAY + 1) as on:
        assert [one.state for one in await on.engine.ledger.plans(realm=REALM)] == ["expired", "expired"]
        for attempt in (lambda: _run(on, approved), lambda: _approve(on, proposed)):
            with pytest.raises(BudgetFault) as refused:
                await attempt()
            assert refused.value.code == "approval.expired"
        assert _creates(on) == 0


async def test_a_refused_plan_is_told_with_its_reason_and_the_owner_may_change_their_mind(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await _above(on)
        plan = await _plan(on)
        await on.engine.ledger.decide(plan.plan_id, "refused", OWNER, realm=REALM, reason="too dear")
        for attempt in (lambda: _run(on, plan), on.make):
            with pytest.raises(BudgetFault) as refused:
                await attempt()
            assert (refused.value.code, refused.value.params["reason"]) == ("approval.refused", "too dear")
        await _approve(on, plan)
        await _run(on, plan)
        assert _creates(on) == 1
        with pytest.raises(BudgetFault):
            await on.engine.ledger.decide(plan.plan_id, "refused", OWNER, realm=REALM)


async def test_a_freeze_and_a_limit_hold_an_approved_plan_too(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        plan, ledger = await _approve(on, await _plan(on)), on.engine.ledger
        await ledger.freeze(reason="stop", realm=REALM)
        with pytest.raises(BudgetFault, match="frozen"):
            await _run(on, plan)
        await ledger.unfreeze(realm=REALM)
        await ledger.limits_set("all", "run", 5, realm=REALM)
        with pytest.raises(BudgetFault, match="limit"):
            await _run(on, plan)
        await ledger.limits_set("all", "run", None, realm=REALM)
        await _run(on, plan)
        assert _creates(on) == 1


async def test_an_input_file_with_another_content_is_refused_before_anything_is_uploaded(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20), "red").save(tmp_path / "a.png")
    async with stage(tmp_path) as on:
        plan = await _approve(on, await _plan(on, images=("a.png",)))
        Image.new("RGB", (20, 20), "blue").save(tmp_path / "a.png")
        with pytest.raises(UsageFault) as refused:
            await _run(on, plan)
        assert refused.value.code == "approval.inputs_changed"
        (tmp_path / "a.png").unlink()
        with pytest.raises(UsageFault):
            await _run(on, plan)
        assert (_creates(on), on.world.books.count("upload")) == (0, 0)
        Image.new("RGB", (20, 20), "red").save(tmp_path / "a.png")
        made = await _run(on, plan)
        (tmp_path / "a.png").unlink()
        assert (await _run(on, plan)).task_id == made.task_id


async def test_a_plan_of_unknown_outcome_is_spent_and_never_sent_again(tmp_path: Path) -> None:
    async with stage(tmp_path, "lost-create-once") as on:
        plan = await _approve(on, await _plan(on))
        for _ in range(2):
            with pytest.raises(UncertainFault):
                await _run(on, plan)
        assert (_creates(on), await _state(on, plan)) == (1, "spent")


async def test_a_plan_whose_create_cost_nothing_can_still_be_spent(tmp_path: Path) -> None:
    async with stage(tmp_path, "create-429-always") as on:
        plan = await _approve(on, await _plan(on))
        with pytest.raises(NetworkFault):
            await _run(on, plan)
        assert await _state(on, plan) == "approved"
        on.world.select(())
        await _run(on, plan)
        assert await _state(on, plan) == "spent"


async def test_a_run_waits_for_approval_and_says_so_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await _above(on)

        async def owner() -> None:
            while not (found := await on.engine.ledger.plans(realm=REALM)):
                await on.clock.sleep(0.1)
            await _approve(on, found[0])

        made, _ = await asyncio.gather(on.make(how={"wait_approval": 600.0}), owner())
        assert (made.credit, _creates(on)) == (6, 1)
        told = [event for event in on.events if isinstance(event, Waiting)]
        assert all((one.why, one.credit) == ("approval", 6) for one in told)
        assert len(told) <= 1


async def test_nobody_is_waited_for_longer_than_was_said(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await _above(on)
        since = on.clock.monotonic()
        with pytest.raises(BudgetFault) as refused:
            await on.make(how={"wait_approval": 30.0})
        assert refused.value.code == "approval.needed"
        assert 30.0 <= on.clock.monotonic() - since < 40.0
        assert [event.seconds for event in on.events if isinstance(event, Waiting)] == [30]


async def test_forgotten_words_leave_a_spent_plan_its_result(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        plan = await _approve(on, await _plan(on, "a secret cat"))
        made = await _run(on, plan)
        await on.engine.ledger.forget()
        found = await on.engine.ledger.plan(plan.plan_id, realm=REALM)
        assert found is not None
        assert found.wish == {}
        assert b"secret" not in (tmp_path / "state" / "memory" / "ima_ledger.sqlite3").read_bytes()
        assert (await _run(on, plan)).task_id == made.task_id


async def test_a_price_above_the_callers_own_ceiling_is_proposed_to_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await _above(on)
        with pytest.raises(BudgetFault) as refused:
            await on.make(how={"max_credits": 5})
        assert refused.value.code == "budget.max_credits"
        assert await on.engine.ledger.plans(realm=REALM) == []
