"""Plans from code, in both clients."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from library_kit import place
from PIL import Image

from ima_nano_banana import AsyncClient, BudgetFault, Client, Plan, UsageFault

pytestmark = pytest.mark.anyio


def _png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(file, "PNG")
    return file.getvalue()


async def test_a_plan_is_proposed_approved_and_run_once(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path / "out") as ima:
        plan = await ima.plan("a fox", size="512px")
        assert isinstance(plan, Plan)
        with pytest.raises(BudgetFault) as refused:
            await ima.run(plan)
        assert plan.plan_id in refused.value.suggestion
        assert (await ima.approve(plan)).state == "approved"
        made, again = await ima.run(plan), await ima.run(plan.plan_id)
        assert (made.task_id, made.replayed, again.replayed) == (again.task_id, False, True)
        assert [one.state for one in await ima.plans()] == ["spent"]
        assert await ima.plans(open=True) == ()
    assert on.creates == 1


async def test_pictures_that_are_no_files_are_passed_once_more_and_must_be_the_same(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with AsyncClient(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path / "out") as ima:
        plan = await ima.plan("a fox", images=_png("red"), size="512px")
        await ima.approve(plan.plan_id, digest=plan.digest)
        for images in (None, _png("blue")):
            with pytest.raises(UsageFault):
                await ima.run(plan, images=images)
        assert on.creates == 0
        await ima.run(plan, images=_png("red"))
    assert on.creates == 1


def test_the_sync_twin_has_the_same(tmp_path: Path) -> None:
    on = place(tmp_path)
    with Client(sandbox=True, env=on.env, transport=on.transport(), output_dir=tmp_path / "out") as ima:
        plan = ima.plan("a fox", size="512px")
        with pytest.raises(UsageFault):
            ima.approve(plan, digest="0" * 64)
        assert ima.refuse(plan, reason="no").reason == "no"
        with pytest.raises(BudgetFault, match="refused"):
            ima.run(plan, wait_approval=5)
        with pytest.raises(UsageFault):
            ima.run("plan_0123456789abcdef")
    assert on.creates == 0
