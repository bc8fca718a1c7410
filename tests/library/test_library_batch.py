"""``client.batch``: quoted first, spent as agreed, told row by row, and continued by the same rows."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from pathlib import Path
from typing import Any

import pytest
from library_kit import Held, Place, place

from ima_nano_banana import AsyncClient, Client, RowEvent, RowsFault, Started, Succeeded, UsageFault, sandbox
from ima_nano_banana.doors.cli.main import main
from ima_nano_banana.errors import InterruptedFault, PartialFault

pytestmark = pytest.mark.anyio

CAT, DOG = {"id": "cat", "prompt": "a cat", "size": "512px"}, {"id": "dog", "prompt": "一只狗", "size": "1K"}
BOTH = 10
"""Points that the two rows cost."""


def opened(on: Place, transport: Any = None, **told: Any) -> AsyncClient:
    return AsyncClient(sandbox=True, env=on.env, transport=transport or on.transport(), **told)


def own_folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


async def test_every_row_is_made_and_told_with_its_state_result_and_charge(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on) as ima:
        made = await ima.batch([CAT, DOG], max_credits=20, output_dir=own_folder(tmp_path))

    assert [(row.id, row.line, row.state, row.charged) for row in made.rows] == [
        ("cat", 1, "done", "yes"),
        ("dog", 2, "done", "yes"),
    ]
    assert all(row.result is not None and Path(row.result.files[0]).is_file() for row in made.rows)
    assert (made.credit, made.complete, made.fault, made.check()) == (on.charged, True, None, made)
    assert on.charged == BOTH
    assert not (own_folder(tmp_path) / "results.jsonl").exists()


async def test_nothing_is_spent_before_somebody_agrees(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on) as ima:
        with pytest.raises(UsageFault, match="nobody has agreed") as refused:
            await ima.batch([CAT, DOG], output_dir=own_folder(tmp_path))
        quoted = await ima.batch_quote([CAT, DOG], output_dir=own_folder(tmp_path))

    assert refused.value.exit_code == 2
    assert (quoted.quote.credit, quoted.quote.rows, quoted.quote.pictures) == (BOTH, 2, 2)
    assert (on.creates, on.charged) == (0, 0)


async def test_a_quote_that_is_run_is_agreed_to(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on) as ima:
        quoted = await ima.batch_quote([CAT, DOG], output_dir=own_folder(tmp_path))
        made = await quoted.run()

    assert (made.id, made.credit, on.charged) == (quoted.id, BOTH, BOTH)


@pytest.mark.parametrize("where", ["call", "client"])
async def test_the_budget_is_kept_and_the_rest_follows_with_a_larger_one(tmp_path: Path, where: str) -> None:
    on = place(tmp_path)
    told: dict[str, Any] = {"max_credits": 5}
    async with opened(on, **(told if where == "client" else {})) as ima:
        first = await ima.batch([CAT, DOG], output_dir=own_folder(tmp_path), **(told if where == "call" else {}))
        assert on.charged == first.credit == 4
        assert [row.state for row in first.rows] == ["done", "waiting"]
        assert (first.rows[1].charged, first.rows[1].fault is not None) == ("no", True)
        with pytest.raises(PartialFault):
            first.check()

        rest = await ima.batch([CAT, DOG], output_dir=own_folder(tmp_path), max_credits=math.inf)
    assert (rest.complete, rest.credit, on.charged, on.creates) == (True, BOTH, BOTH, 2)


async def test_a_limit_on_one_run_bounds_the_budget(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on) as ima:
        await ima.set_limit("run", 5)
        made = await ima.batch([CAT, DOG], max_credits=100, output_dir=own_folder(tmp_path))
    assert ([row.state for row in made.rows], on.charged) == (["done", "waiting"], 4)


async def test_all_that_is_wrong_with_the_rows_is_told_at_once_and_nothing_is_sent(tmp_path: Path) -> None:
    on = place(tmp_path)
    rows: list[Any] = [{"prompt": "a", "size": "9K"}, {"prompt": ""}, 5, {"prompt": "b", "colour": "red"}]
    async with opened(on) as ima:
        with pytest.raises(RowsFault) as refused:
            await ima.batch(rows, max_credits=20)

    fault = refused.value
    assert isinstance(fault, UsageFault)
    assert sorted({one.line for one in fault.faults}) == [1, 2, 3, 4]
    assert all(one.fault.message for one in fault.faults)
    assert any("neither a mapping" in note for note in fault.__notes__)
    assert on.creates == 0


@pytest.mark.parametrize("rows", [b"prompt\n", 5, None, {"prompt": "a"}])
async def test_what_are_no_rows_is_refused_by_its_name(tmp_path: Path, rows: Any) -> None:
    async with opened(place(tmp_path)) as ima:
        with pytest.raises(UsageFault, match="rows must be"):
            await ima.batch(rows, max_credits=20)


async def test_no_rows_at_all_are_a_fault(tmp_path: Path) -> None:
    async with opened(place(tmp_path)) as ima:
        with pytest.raises(RowsFault):
            await ima.batch([], max_credits=20)


@pytest.mark.parametrize(
    ("name", "value"),
    [("rate", "often"), ("rate", (0, 1)), ("concurrency", 0), ("retry_failed", "no"), ("max_credits", -1)],
)
async def test_every_option_is_understood_or_refused(tmp_path: Path, name: str, value: Any) -> None:
    on = place(tmp_path)
    async with opened(on) as ima:
        with pytest.raises(UsageFault):
            await ima.batch([CAT], **{"max_credits": 20, name: value})
    assert on.creates == 0


async def test_a_row_may_be_a_prompt_alone_and_name_paths_as_programs_do(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on, size="512px", output_dir=own_folder(tmp_path)) as ima:
        drawn = await ima.generate("a lighthouse")
        rows = (
            "a cat",
            {"prompt": "paint it", "images": (Path(drawn.files[0]),)},
            {"prompt": "again", "images": "@last"},
        )
        made = await ima.batch(iter(rows), max_credits=100)
    assert made.complete
    assert [row.result.requested.task_type for row in made.rows if row.result is not None] == [
        "text_to_image",
        "image_to_image",
        "image_to_image",
    ]


async def test_the_same_rows_are_not_paid_for_again_from_another_client_or_program(tmp_path: Path) -> None:
    on = place(tmp_path)
    for _ in range(2):
        async with opened(on) as ima:
            made = await ima.batch([CAT, DOG], max_credits=20, output_dir=own_folder(tmp_path))
            assert made.complete
    assert (on.creates, on.charged) == (2, BOTH)
    assert all(row.result is not None and row.result.files for row in made.rows)


async def test_more_rows_under_one_name_are_one_batch(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on, output_dir=own_folder(tmp_path)) as ima:
        first = await ima.batch([CAT], name="pets", max_credits=20)
        both = await ima.batch([CAT, DOG], name="pets", max_credits=20)
    assert (first.id, both.credit, on.creates) == (both.id, BOTH, 2)


async def test_rows_that_were_paid_for_as_another_batch_are_not_paid_for_unasked(tmp_path: Path) -> None:
    on = place(tmp_path)
    async with opened(on, output_dir=own_folder(tmp_path)) as ima:
        first = await ima.batch([CAT], max_credits=20)
        with pytest.raises(UsageFault) as refused:
            await ima.batch([CAT, DOG], max_credits=20)
        assert f"name={first.id}" in refused.value.suggestion
        both = await ima.batch([CAT, DOG], name=first.id, max_credits=20)
    assert (both.complete, on.creates) == (True, 2)


def test_a_file_is_the_same_batch_for_the_command_and_the_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    Path("pets.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (CAT, DOG)), "utf-8")
    with Client(sandbox=True) as ima:
        made = ima.batch("pets.jsonl", max_credits=5, output_dir="out")
        assert [row.state for row in made.rows] == ["done", "waiting"]

    assert main(["batch", "pets.jsonl", "--yes", "--output-dir", "out", "--sandbox", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)["batch"]
    assert (told["id"], told["done"], told["credit"]) == (made.id, 2, BOTH)
    with sandbox.open_world(tmp_path / "state" / "memory" / "ima_sandbox.sqlite3") as world:
        assert world.books.points_charged() == BOTH
    with Client(sandbox=True) as ima:
        assert ima.batch(Path("pets.jsonl"), max_credits=0, output_dir="out").complete


async def test_whoever_stops_waiting_stops_it_and_the_same_rows_go_on(tmp_path: Path) -> None:
    on = place(tmp_path)
    held = Held(on.transport(), 1)
    async with opened(on, held, output_dir=own_folder(tmp_path)) as ima:
        task = asyncio.ensure_future(ima.batch([CAT, DOG], max_credits=20, concurrency=1))
        await held.reached.wait()
        task.cancel()
        asyncio.get_running_loop().call_later(0.05, held.open.set)
        with pytest.raises(asyncio.CancelledError) as stopped:
            await task
        assert isinstance(stopped.value.__cause__, InterruptedFault)
        assert on.creates == 1

        made = await ima.batch([CAT, DOG], max_credits=20)
    assert (made.complete, on.creates, on.charged) == (True, 2, BOTH)


async def test_a_client_that_is_left_stops_its_batch_and_begins_no_further_row(tmp_path: Path) -> None:
    on = place(tmp_path)
    held = Held(on.transport(), 1)
    async with opened(on, held, output_dir=own_folder(tmp_path)) as ima:
        task = asyncio.ensure_future(ima.batch([CAT, DOG], max_credits=20, concurrency=1))
        await held.reached.wait()
        asyncio.get_running_loop().call_later(0.05, held.open.set)
    await asyncio.wait({task})
    assert task.cancelled()
    assert on.creates == 1


@pytest.mark.parametrize("kind", ["plain", "async"])
async def test_a_callback_hears_every_row_by_its_name(tmp_path: Path, kind: str) -> None:
    on, heard = place(tmp_path), []

    async def later(event: RowEvent) -> None:
        heard.append(event)

    async with opened(on, on_event=lambda _: pytest.fail("that one is for single requests")) as ima:
        told = heard.append if kind == "plain" else later
        await ima.batch([CAT, DOG], max_credits=20, output_dir=own_folder(tmp_path), on_event=told)

    for row, line in (("cat", 1), ("dog", 2)):
        events = [one.event for one in heard if (one.row, one.line) == (row, line)]
        assert sum(isinstance(one, Started) for one in events) == 1
        assert isinstance(events[-1], Succeeded)


@pytest.mark.parametrize("kind", ["plain", "async"])
async def test_what_a_callback_raises_ends_the_call_before_the_row_is_paid(tmp_path: Path, kind: str) -> None:
    on = place(tmp_path)

    def refuse(event: RowEvent) -> None:
        if isinstance(event.event, Started):
            raise LookupError(event.row)

    async def later(event: RowEvent) -> None:
        refuse(event)

    async with opened(on, output_dir=own_folder(tmp_path)) as ima:
        told = refuse if kind == "plain" else later
        with pytest.raises(LookupError):
            await ima.batch([CAT, DOG], max_credits=20, on_event=told, concurrency=1)
        if kind == "plain":
            assert on.creates == 0
        made = await ima.batch([CAT, DOG], max_credits=20)
    assert (made.complete, on.creates) == (True, 2)


async def test_a_key_is_paid_for_once_in_whatever_batch_it_stands(tmp_path: Path) -> None:
    on = place(tmp_path)
    row = {"prompt": "a cat", "size": "512px", "idempotency_key": "order-7"}
    async with opened(on, output_dir=own_folder(tmp_path)) as ima:
        alone = await ima.generate("a cat", size="512px", idempotency_key="order-7")
        made = await ima.batch([{**row, "id": "x"}], name="one", max_credits=20)
        other = await ima.batch([{**row, "id": "y"}], name="two", max_credits=20)
        with pytest.raises(RowsFault):
            await ima.batch([row], name="three", max_credits=20, again=True)

    assert (made.complete, other.complete, on.creates) == (True, True, 1)
    assert {row.result.task_id for one in (made, other) for row in one.rows if row.result} == {alone.task_id}


def test_the_sync_twin_has_the_same_and_tells_in_the_thread_that_waits(tmp_path: Path) -> None:
    on = place(tmp_path)
    threads = set()
    with Client(sandbox=True, env=on.env, transport=on.transport(), output_dir=own_folder(tmp_path)) as ima:
        quoted = ima.batch_quote([CAT, DOG])
        assert (quoted.quote.credit, on.creates) == (BOTH, 0)
        made = quoted.run(on_event=lambda _: threads.add(threading.current_thread()))
        again = ima.batch([CAT, DOG], max_credits=0)
    assert (made.complete, again.complete, on.charged) == (True, True, BOTH)
    assert threads == {threading.main_thread()}


async def test_failed_rows_are_paid_for_again_only_when_asked(tmp_path: Path) -> None:
    on = place(tmp_path, "fails")
    async with opened(on, output_dir=own_folder(tmp_path)) as ima:
        first = await ima.batch([CAT], max_credits=20)
        again = await ima.batch([CAT], max_credits=20)
        creates = on.creates
        await ima.batch([CAT], max_credits=20, retry_failed=True)
    assert ([first.rows[0].state, again.rows[0].state], creates) == (["failed", "failed"], 1)
    assert first.rows[0].fault is not None
    assert first.rows[0].fault.message
    assert on.creates == 2
