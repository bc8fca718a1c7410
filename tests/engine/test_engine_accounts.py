"""A key is rotated, and two accounts share one machine: what is the same request, and who may see its task."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from clocks import FakeClock, drawn

from ima_nano_banana import sandbox
from ima_nano_banana.assembly import open_engine
from ima_nano_banana.domain import identity
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.engine import How, prepare
from ima_nano_banana.errors import AuthFault, TimeoutFault, UncertainFault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ima_nano_banana.engine import Engine

pytestmark = pytest.mark.anyio

OLD, NEW = "ima_yesterday", "ima_today"


@asynccontextmanager
async def service(tmp_path: Path, *scenes: str) -> AsyncIterator[tuple[sandbox.World, FakeClock]]:
    clock = FakeClock(1_790_000_000.0)
    file = tmp_path / "world.sqlite3"
    with sandbox.open_world(file, scenes=scenes, task_seconds=60.0, now=clock.time, draw=drawn) as world:
        yield world, clock


@asynccontextmanager
async def engine(tmp_path: Path, world: sandbox.World, clock: FakeClock, key: str) -> AsyncIterator[Engine]:
    """An engine of another process of the same user, with a key of its own."""
    transport = sandbox.in_process(world, stall=clock.sleep)
    env = {"OPENCLAW_STATE_DIR": str(tmp_path / "state")}
    async with open_engine(key=key, env=env, transport=transport, clock=clock, cwd=tmp_path) as opened:
        yield opened


async def make(tmp_path: Path, world: sandbox.World, clock: FakeClock, key: str, **how: Any) -> Any:
    async with engine(tmp_path, world, clock, key) as made:
        return await made.generate(Wish(prompt="a cat"), How(output_dir=tmp_path, **how), lambda _: None)


@pytest.fixture
def one_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key is one of the same account."""
    monkeypatch.setattr("ima_nano_banana.sandbox.call.account_of", lambda _: "the account")


@pytest.fixture
def older_program(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The program as it was: the key stood in every identity."""
    now = prepare.ask_of

    def then(*args: Any) -> Any:
        asked = now(*args)
        from dataclasses import replace

        assert asked.former is not None
        return replace(asked, identity=asked.former(asked.key_fingerprint), former=None)

    monkeypatch.setattr(prepare, "ask_of", then)
    return monkeypatch


@pytest.mark.usefixtures("one_account")
async def test_a_rotated_key_continues_what_the_old_one_paid_for(tmp_path: Path) -> None:
    async with service(tmp_path) as (world, clock):
        with pytest.raises(TimeoutFault):
            await make(tmp_path, world, clock, OLD, timeout=5.0)
        result = await make(tmp_path, world, clock, NEW)
        assert len(result.files) == 1
        assert world.books.count("create") == 1


@pytest.mark.usefixtures("one_account")
async def test_a_rotated_key_never_repeats_a_create_of_unknown_outcome(tmp_path: Path) -> None:
    async with service(tmp_path, "lost-create") as (world, clock):
        for key in (OLD, NEW):
            with pytest.raises(UncertainFault):
                await make(tmp_path, world, clock, key)
        assert world.books.count("create") == 1


@pytest.mark.usefixtures("one_account")
async def test_an_open_task_of_an_older_program_is_joined_with_any_key_of_the_account(
    tmp_path: Path, older_program: pytest.MonkeyPatch
) -> None:
    async with service(tmp_path) as (world, clock):
        with pytest.raises(TimeoutFault):
            await make(tmp_path, world, clock, OLD, timeout=5.0)
        older_program.undo()
        older_program.setattr("ima_nano_banana.sandbox.call.account_of", lambda _: "the account")
        await make(tmp_path, world, clock, NEW)
        assert world.books.count("create") == 1


async def test_again_settles_the_unknown_outcome_that_an_older_program_left(
    tmp_path: Path, older_program: pytest.MonkeyPatch
) -> None:
    async with service(tmp_path, "lost-create-once") as (world, clock):
        with pytest.raises(UncertainFault):
            await make(tmp_path, world, clock, OLD)
        older_program.undo()
        await make(tmp_path, world, clock, OLD, again=True)
        await make(tmp_path, world, clock, OLD)
        assert world.books.count("create") == 3


async def test_another_account_is_told_of_the_open_task_and_never_shown_it(tmp_path: Path) -> None:
    async with service(tmp_path) as (world, clock):
        with pytest.raises(TimeoutFault):
            await make(tmp_path, world, clock, OLD, timeout=5.0)
        for _ in range(2):
            with pytest.raises(AuthFault) as told:
                await make(tmp_path, world, clock, NEW)
            assert (told.value.code, told.value.charged) == ("auth.another_account", "yes")
            assert told.value.task_id is not None
            assert not list(tmp_path.glob("*.png")) + list(tmp_path.glob("*.jpg"))
        assert world.books.count("create") == 1

        await make(tmp_path, world, clock, NEW, again=True)
        assert world.books.count("create") == 2
        await make(tmp_path, world, clock, OLD)  # and the account that paid still fetches its own
        assert world.books.count("create") == 2


async def test_an_identity_holds_no_key(tmp_path: Path) -> None:
    seen = set()
    for place, key in (("a", OLD), ("b", NEW)):
        folder = tmp_path / place
        folder.mkdir()
        async with service(folder) as (world, clock):
            await make(folder, world, clock, key)
        books = sqlite3.connect(folder / "state" / "memory" / "ima_ledger.sqlite3")
        seen.add(books.execute("SELECT identity FROM items").fetchone()[0])
        books.close()
    assert len(seen) == 1
    assert identity.key_fingerprint(OLD) != identity.key_fingerprint(NEW)
