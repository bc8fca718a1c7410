"""A caller's key at the doors: the script, the command, batches, and the lists that name it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Outcome

KEY = ("--idempotency-key", "msg-1")


def test_script_and_command_share_a_key_and_the_second_says_that_it_is_a_replay(ima: Callable[..., Outcome]) -> None:
    first = ima("--prompt", "a cat", *KEY, "--sandbox", "--output-json")
    second = ima("generate", "a cat", *KEY, "--sandbox", "--json", door="command")
    assert (first.code, second.code) == (0, 0)
    assert "replayed" not in first.json
    assert second.json["replayed"] is True
    assert {**first.json, "replayed": True} == second.json
    listed = ima("tasks", "--sandbox", "--json", door="command").json["tasks"]
    assert [task["idempotency_key"] for task in listed] == ["msg-1"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_another_request_of_the_same_key_is_told_what_differs(ima: Callable[..., Outcome], language: str) -> None:
    ima("--prompt", "a cat", *KEY, "--sandbox")
    told = ima("--prompt", "a cat", "--size", "2K", *KEY, "--sandbox", "--output-json", "--language", language)
    assert told.code == 2
    assert told.json["error"]["charged"] == "no"
    assert ("尺寸" if language == "zh" else "size") in told.json["error"]["message"]


def test_tasks_are_found_by_their_key(ima: Callable[..., Outcome]) -> None:
    ima("generate", "a cat", *KEY, "--sandbox", door="command")
    ima("generate", "a dog", "--sandbox", door="command")
    found = ima("tasks", *KEY, "--sandbox", "--json", door="command").json["tasks"]
    assert [task["prompt"] for task in found] == ["a cat"]
    shown = ima("show", found[0]["task_id"], "--sandbox", "--json", door="command").json
    assert shown["idempotency_key"] == "msg-1"


def test_edit_and_regenerate_take_a_key(ima: Callable[..., Outcome]) -> None:
    made = ima("generate", "a cat", "--sandbox", "--json", door="command").json
    for command in (["edit", "by night", made["files"][0]], ["regenerate", made["task_id"]]):
        key = ("--idempotency-key", command[0])
        runs = [ima(*command, *key, "--sandbox", "--json", door="command").json for _ in range(2)]
        assert runs[0]["task_id"] == runs[1]["task_id"] != made["task_id"]
        assert runs[1]["replayed"] is True


def test_the_newest_picture_of_an_edit_stays_the_one_that_it_was(ima: Callable[..., Outcome]) -> None:
    """The edit has made a newer one meanwhile; the same call still means the picture before it."""
    ima("generate", "a cat", "--sandbox", door="command")
    runs = [ima("edit", "by night", "--last", *KEY, "--sandbox", "--json", door="command") for _ in range(2)]
    assert [run.code for run in runs] == [0, 0]
    assert runs[1].json["replayed"] is True


def test_again_and_a_key_exclude_each_other_at_every_door(ima: Callable[..., Outcome], tmp_path: Path) -> None:
    assert ima("--prompt", "a cat", *KEY, "--again", "--sandbox").code == 2
    assert ima("generate", "a cat", *KEY, "--again", "--sandbox", door="command").code == 2
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"prompt": "a cat", "idempotency_key": "k"}))
    assert ima("batch", str(file), "--again", "--yes", "--sandbox", door="command").code == 2


def test_a_row_with_a_key_is_paid_for_once_in_whatever_batch_it_stands(
    ima: Callable[..., Outcome], tmp_path: Path
) -> None:
    row = {"prompt": "a cat", "idempotency_key": "order-7"}
    for name in ("monday", "tuesday"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row))
        run = ima("batch", str(tmp_path / f"{name}.jsonl"), "--yes", "--sandbox", "--json", door="command")
        assert run.code == 0, run.out + run.err
    single = ima("--prompt", "a cat", "--idempotency-key", "order-7", "--sandbox", "--output-json")
    assert single.json["replayed"] is True
    assert len(ima("tasks", "--sandbox", "--json", door="command").json["tasks"]) == 1


@pytest.mark.parametrize("key", ["", "   ", "x" * 201])
def test_a_key_that_is_none_is_refused(ima: Callable[..., Outcome], key: str) -> None:
    assert ima("--prompt", "a cat", "--idempotency-key", key, "--sandbox").code == 2
    assert ima("generate", "a cat", "--idempotency-key", key, "--sandbox", door="command").code == 2


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scene", ["create-500", "lost-create", "create-no-id", "failed-one", "deleted"])
def test_a_failure_that_may_have_cost_is_told_word_for_word_again(
    ima: Callable[..., Outcome], scene: str, language: str
) -> None:
    run = ("generate", "a cat", *KEY, "--sandbox", "--sandbox-scene", scene, "--language", language, "--json")
    first, second = (ima(*run, door="command") for _ in range(2))
    assert second.code == first.code in {7, 9}
    assert second.json["error"] == {**first.json["error"], "replayed": True}
