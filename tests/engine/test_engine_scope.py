"""Scope is data: another model that the service lists is a row of the table, and no change of code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from engine_kit import stage

from ima_nano_banana.domain import aliases, offers, schedule, scope
from ima_nano_banana.errors import UsageFault
from ima_nano_banana.sandbox import catalogue

pytestmark = pytest.mark.anyio

THIRD = "gemini-9-nano-image"


@pytest.fixture
def third(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third model: one row for the client, and one at the simulated service."""
    row = scope.KnownModel(
        model_id=THIRD,
        word="nano",
        words=("第三个",),
        expected_seconds=(5, 9),
        push_seconds=4,
        cheapest=("tiny",),
        cheapest_size="1K",
    )
    prices = {"1K": (3, {"text_to_image": 9401, "image_to_image": 9405}), "2K": (7, {"text_to_image": 9402})}
    listed = replace(catalogue.PRO, model_id=THIRD, version=f"{THIRD}-preview", name="Nano Banana 9", prices=prices)
    monkeypatch.setattr(scope, "MODELS", (*scope.MODELS, row))
    monkeypatch.setattr(catalogue, "MODELS", (*catalogue.MODELS, listed))


@pytest.mark.usefixtures("third")
@pytest.mark.parametrize("word", ["nano", "NANO", "第三个", THIRD])
async def test_a_third_model_is_priced_and_made_by_its_row_alone(tmp_path: Path, word: str):
    async with stage(tmp_path) as on:
        result = await on.make(model=word, size="2K", task_type="text_to_image")

        assert (result.model_id, result.model_name, result.credit) == (THIRD, "Nano Banana 9", 7)
        assert (result.expected_seconds, on.charged, len(result.files)) == ((5, 9), 7, 1)


@pytest.mark.usefixtures("third")
async def test_a_third_model_is_listed_offered_and_taken_by_its_cheapest_word(tmp_path: Path):
    async with stage(tmp_path) as on:
        listed = offers.rows(await on.engine.models(("text_to_image",)))
        result = await on.make(model="tiny")

    assert [row["model_id"] for row in listed] == [*scope.ids()]
    assert listed[-1]["expected_seconds"] == [5, 9]
    assert (result.model_id, result.size, result.credit) == (THIRD, "1K", 3)
    assert {"nano", "tiny", THIRD} <= set(aliases.model_words())
    assert (aliases.word_of(THIRD), schedule.push_seconds(THIRD)) == ("nano", 4)


@pytest.mark.parametrize("word", ["nano", THIRD])
async def test_a_model_without_a_row_is_out_of_scope_and_costs_nothing(tmp_path: Path, word: str):
    async with stage(tmp_path) as on:
        with pytest.raises(UsageFault) as refused:
            await on.make(model=word)

        assert (refused.value.code, on.charged) == ("usage.model_unknown", 0)
        assert refused.value.params["models"] == (scope.FLASH, scope.PRO)
