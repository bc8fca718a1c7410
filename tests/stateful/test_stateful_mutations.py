"""Mutated answers of every endpoint through the whole engine: no traceback, no empty success, no second charge."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from PIL import Image

from ima_nano_banana.domain.model import Wish
from stateful.mutation_kit import Mutated, Mutation, mutations
from stateful.process_kit import Ending, Machine

if TYPE_CHECKING:
    import httpx2


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutation=mutations, count=st.sampled_from([1, 1, 2]))
def test_no_answer_of_the_service_breaks_a_promise(mutation: Mutation, count: int) -> None:
    """Exit 0 only with a picture; at most one charge unless the service had refused; nothing but faults raised."""
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        try:
            asyncio.run(_hold(machine, mutation, count))
        finally:
            machine.world.close()


async def _hold(machine: Machine, mutation: Mutation, count: int) -> None:
    photo = machine.folder / "photo.png"
    Image.new("RGB", (8, 8), "red").save(photo)
    wish = Wish(prompt="a cat", images=(str(photo),), count=count)
    lines: list[Mutated] = []

    def through(far: httpx2.AsyncBaseTransport) -> httpx2.AsyncBaseTransport:
        lines.append(Mutated(far, mutation))
        return lines[-1]

    ending = await machine.make(wish, through=through, timeout=120.0)

    charges = machine.world.books.charges()
    event(f"{mutation.endpoint}: {ending.fault.kind if ending.fault else 'result'}")
    _check_ending(ending, len(charges), refused=lines[0].refused)
    if ending.result is None and len(charges) == 1 and not lines[0].refused and mutation.endpoint != "detail":
        await machine.make(wish)
        assert machine.world.books.charges() == charges, f"paid twice after {ending.fault!r}"


def _check_ending(ending: Ending, charges: int, *, refused: bool) -> None:
    if ending.result is not None:
        assert ending.result.urls
        assert len(ending.result.files) == len(ending.result.urls)
        for file in ending.result.files:
            with Image.open(file) as picture:
                picture.load()
    else:
        assert ending.fault is not None
        assert ending.fault.kind != "internal", ending.fault
        assert str(ending.fault)
        if charges and not refused:
            assert ending.fault.charged != "no", ending.fault
    assert charges <= (3 if refused else 1)
