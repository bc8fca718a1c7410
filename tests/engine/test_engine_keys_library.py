"""A caller's key in the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from clocks import Skipping, unhurried

from ima_nano_banana import Client
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from pathlib import Path


def test_the_library_answers_a_key_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unhurried(monkeypatch, Skipping())
    monkeypatch.chdir(tmp_path)
    with Client(sandbox=True, env={"OPENCLAW_STATE_DIR": str(tmp_path / "state")}) as ima:
        first = ima.generate("a cat", idempotency_key="k")
        second = ima.generate("a cat", idempotency_key="k")
        assert (first.task_id, second.replayed, first.replayed) == (second.task_id, True, False)
        with pytest.raises(UsageFault):
            ima.generate("a dog", idempotency_key="k")
        with pytest.raises(UsageFault):
            ima.generate("a cat", idempotency_key="k", again=True)
        assert ima.quote("a cat").credit == first.credit  # a quote has no key
        edited = [ima.edit("by night", first.files[0], idempotency_key="e") for _ in range(2)]
        assert edited[0].task_id == edited[1].task_id != first.task_id
