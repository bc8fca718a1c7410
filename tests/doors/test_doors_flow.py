"""Both doors on the sandbox: a picture in every mode, and what follows it in the books."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path

import pytest

MAKE = ("--prompt", "a cat on the moon", "--sandbox")


def test_json_is_one_object_with_a_saved_picture(ima) -> None:
    told = ima(*MAKE, "--output-json")
    body = told.json
    assert told.code == 0
    assert (body["sandbox"], body["credit"], body["size"], body["language"]) == (True, 6, "1K", "en")
    [file] = body["files"]
    assert Path(file).is_absolute()
    assert Path(file).is_file()
    assert (body["width"], body["height"]) == (1024, 1024)
    assert body["requested"] == {
        "task_type": "text_to_image",
        "model_id": "gemini-3.1-flash-image",
        "size": None,
        "aspect_ratio": None,
        "count": 1,
    }


def test_events_begin_with_acknowledged_and_end_with_succeeded(ima) -> None:
    told = ima("--prompt", "一只猫", "--sandbox", "--events", "--size", "8K")
    names = [event["event"] for event in told.events]
    assert told.code == 0
    assert [name for name in names if name != "progress"] == ["acknowledged", "adjusted", "started", "succeeded"]
    assert told.events[0]["message"] == "收到,马上开始生成。"
    assert told.events[1]["adjustment"]["to"] == "4K"
    last = told.events[-1]
    assert last["message"].startswith("✅ 图片生成成功!\n• 模型:Nano Banana 2\n• 耗时:预计 20~40s,实际 ")
    assert last["message"] == last["result"]["message"]
    assert last["result"]["requested"]["size"] == "8K"


def test_a_person_gets_path_link_and_price_on_stdout(ima) -> None:
    told = ima(*MAKE)
    assert told.code == 0
    assert "Saved: " in told.out
    assert "https://" in told.out
    assert "6 pts" in told.out
    assert "\x1b" not in told.out + told.err


def test_the_command_makes_the_same_object_as_the_script(ima) -> None:
    script = ima(*MAKE, "--output-json").json
    command = ima("generate", "a cat on the moon", "--sandbox", "--json", door="command").json
    assert set(script) == set(command)
    for name in ("model_id", "size", "credit", "requested", "adjustments", "sandbox"):
        assert script[name] == command[name]


def test_a_dry_run_prints_a_quote_and_leaves_no_task(ima) -> None:
    told = ima(*MAKE, "--dry-run", "--output-json", "--model-id", "pro", "--size", "4k", "--count", "2")
    quoted = ima("quote", "--sandbox", "--json", "--model-id", "pro", "--size", "4K", "--count", "2", door="command")
    assert set(told.json) == {"quote"}
    assert (told.json["quote"]["credit_each"], told.json["quote"]["credit"]) == (18, 36)
    assert told.json == quoted.json
    assert ima("tasks", "--json", door="command").json == {"tasks": []}


def test_a_prompt_comes_from_standard_input_and_decides_the_language(ima, monkeypatch: pytest.MonkeyPatch) -> None:
    for door, argv in (("script", ("--prompt", "-")), ("command", ("generate", "-"))):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("一只猫\n".encode())))
        told = ima(*argv, "--size", "8K", "--dry-run", "--sandbox", "--json", door=door)
        assert (told.code, told.json["quote"]["adjustments"][0]["reason"]) == (0, "不支持 8K，已改用 4K")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    assert ima("--prompt", "-", "--dry-run", "--sandbox", "--output-json").json["error"]["kind"] == "usage"


@pytest.mark.parametrize("argv", [("--task-type", "text_to_image"), ()], ids=["one type", "both types"])
def test_models_are_listed_with_every_sizes_price(ima, argv: tuple[str, ...]) -> None:
    told = ima("--list-models", "--sandbox", "--output-json", *argv)
    rows = told.json["models"]
    assert len(rows) == (2 if argv else 4)
    assert all(
        set(row)
        == {
            *("name", "model_id", "version_id", "task_type", "sizes", "default_size", "aspect_ratios"),
            "expected_seconds",
        }
        for row in rows
    )
    assert {"size": "1K", "credit": 6} in rows[0]["sizes"]
    person = ima("models", "--sandbox", door="command")
    assert "gemini-3-pro-image" in person.out


def test_a_timeout_leaves_a_command_that_fetches_the_picture_for_nothing(ima, tmp_path: Path) -> None:
    folder = tmp_path / "out put"
    asked = (*MAKE, "--sandbox-scene", "slow", "--timeout", "5", "--user-id", "u 1", "--output-dir", str(folder))
    late = ima(*asked, "--output-json")
    assert late.code == 8
    error = late.json["error"]
    assert (error["kind"], error["charged"], error["retryable"]) == ("timeout", "yes", True)
    _, script, *rest = shlex.split(error["resume_command"])
    assert script.endswith("ima_image_create.py")
    assert Path(script).is_absolute()
    assert rest[:2] == ["--resume", error["task_id"]]
    again = ima(*rest, "--output-json")
    assert again.code == 0
    assert again.json["task_id"] == error["task_id"]
    assert Path(again.json["files"][0]).parent == folder
    tasks = ima("tasks", "--json", "--user", "u 1", door="command").json["tasks"]
    assert [task["credit"] for task in tasks] == [6]


def test_the_books_know_the_picture_and_serve_it_again(ima) -> None:
    made = ima(*MAKE, "--output-json").json
    [row] = ima("tasks", "--json", door="command").json["tasks"]
    assert set(row) >= {
        *("task_id", "state", "user", "model_id", "size", "aspect_ratio", "count", "credit", "created_at", "files"),
    }
    assert (row["task_id"], row["state"], row["files"]) == (made["task_id"], "done", made["files"])
    shown = ima("show", made["task_id"], "--json", door="command").json
    assert shown["task_id"] == made["task_id"]
    assert [change["to_state"] for change in shown["changes"]][-1] == "done"
    edited = ima("edit", "oil painting", "--last", "--sandbox", "--json", door="command")
    assert (edited.code, edited.json["requested"]["task_type"]) == (0, "image_to_image")
    other = ima("--prompt", "x", "--input-images", "@last", "--sandbox", "--user-id", "other", "--output-json")
    assert (other.code, other.json["error"]["kind"]) == (2, "usage")
    by_id = f"@{made['task_id']}"
    named = ima("--prompt", "x", "--input-images", by_id, "@2", "--sandbox", "--output-json")
    assert named.code == 0
    costs = ima("costs", "--sandbox", "--json", "--by", "model", door="command").json
    assert costs["total"] == 18


def test_regenerate_pays_anew_for_the_same_wish(ima) -> None:
    made = ima(*MAKE, "--aspect-ratio", "16:9", "--output-json").json
    anew = ima("regenerate", made["task_id"], "--sandbox", "--json", door="command")
    assert anew.code == 0
    assert anew.json["task_id"] != made["task_id"]
    assert anew.json["aspect_ratio"] == "16:9"
    assert ima("tasks", "forget", made["task_id"], "--json", door="command").json == {"forgotten": 1}
    gone = ima("regenerate", made["task_id"], "--sandbox", "--json", door="command")
    assert (gone.code, gone.json["error"]["kind"]) == (2, "usage")
    assert ima("show", made["task_id"], "--json", door="command").json["credit"] == 6


def test_a_lost_answer_is_told_as_uncertain_and_settled_by_a_person(ima) -> None:
    lost = ima(*MAKE, "--sandbox-scene", "lost-create", "--output-json")
    again = ima(*MAKE, "--events")
    assert (lost.code, again.code) == (9, 9)
    assert lost.json["error"]["charged"] == "unknown"
    assert lost.json["error"]["resume_command"] is None
    assert "try again?" not in again.events[-1]["message"]
    [row] = ima("tasks", "--uncertain", "--json", door="command").json["tasks"]
    settled = ima("tasks", "settle", row["id"], "--not-charged", "--json", door="command")
    assert (settled.code, settled.json["state"]) == (0, "failed")
    assert ima(*MAKE, "--output-json").code == 0


@pytest.mark.parametrize(("lang", "word"), [("en", "simulated"), ("zh", "模拟")])
def test_a_simulated_task_is_never_looked_for_at_the_real_service(
    ima, monkeypatch: pytest.MonkeyPatch, lang: str, word: str
) -> None:
    task = ima(*MAKE, "--output-json").json["task_id"]
    monkeypatch.setenv("IMA_API_KEY", "ima_of_a_test_without_value")
    for door, argv in (("script", ("--resume", task)), ("command", ("resume", task))):
        crossed = ima(*argv, "--output-json", "--language", lang, "--timeout", "3", door=door)
        error = crossed.json["error"]
        assert (crossed.code, error["kind"], error["charged"]) == (2, "usage", "no")
        assert word in error["message"]


def test_a_made_up_id_is_not_said_to_be_paid_and_leaves_no_row(ima) -> None:
    for argv in (("--timeout", "1", "--sandbox-scene", "poll-down"), ("--timeout", "60")):
        made_up = ima("--resume", "made-up-1234", *argv, "--sandbox", "--output-json")
        assert made_up.json["error"]["charged"] == "unknown"
        assert made_up.code in (6, 8)
        assert "lost" not in made_up.json["error"]["message"]
    assert ima("tasks", "--json", door="command").json["tasks"] == []


def test_some_of_several_pictures_are_told_in_one_object(ima) -> None:
    asked = (*MAKE, "--count", "3", "--sandbox-scene", "partial")
    told = ima(*asked, "--output-json")
    assert told.code == 11
    assert len(told.json["files"]) == 2
    assert told.json["credit"] == 18
    assert told.json["error"]["kind"] == "partial"
    last = ima(*asked, "--events").events[-1]
    assert last["event"] == "failed"
    assert len(last["result"]["urls"]) == 2
    person = ima(*asked)
    assert person.out.count("Saved: ") == 2


def test_limits_are_set_shown_kept_and_cleared(ima) -> None:
    ima("limits", "set", "--daily", "5", "--sandbox", door="command")
    refused = ima(*MAKE, "--output-json")
    assert (refused.code, refused.json["error"]["kind"]) == (5, "budget")
    [limit] = ima("limits", "show", "--json", "--sandbox", door="command").json["limits"]
    assert (limit["scope"], limit["period"], limit["points"], limit["left"]) == ("all", "day", 5, 5)
    assert ima("limits", "clear", "--json", "--sandbox", door="command").json["limits"] == []
    assert ima(*MAKE, "--output-json").code == 0


def test_what_is_limited_in_a_rehearsal_limits_nothing_real_and_the_reverse(ima) -> None:
    ima("limits", "set", "--daily", "5", door="command")
    assert ima(*MAKE, "--output-json").code == 0
    assert ima("limits", "show", "--json", "--sandbox", door="command").json["limits"] == []

    ima("limits", "set", "--monthly", "7", "--sandbox", door="command")
    ima("limits", "clear", "--sandbox", door="command")
    [limit] = ima("limits", "show", "--json", door="command").json["limits"]
    assert (limit["period"], limit["points"]) == ("day", 5)


def test_a_preference_is_set_used_and_cleared(ima) -> None:
    ima("prefs", "set", "--model-id", "pro", "--sandbox", door="command")
    quoted = ima(*MAKE, "--dry-run", "--output-json").json["quote"]
    assert quoted["model_id"] == "gemini-3-pro-image"
    shown = ima("prefs", "show", "--json", "--sandbox", door="command").json
    assert set(shown["preferences"]) == {"text_to_image", "image_to_image"}
    # Sibling skills read the same file and show the name.
    assert {kept["model_name"] for kept in shown["preferences"].values()} == {"Nano Banana Pro"}
    assert ima("prefs", "clear", "--json", "--sandbox", door="command").json["preferences"] == {}


def test_what_is_preferred_in_a_rehearsal_is_preferred_nowhere_else(ima, tmp_path: Path) -> None:
    ima("prefs", "set", "--model-id", "pro", door="command")
    kept = (tmp_path / "state" / "memory" / "ima_prefs.json").read_bytes()

    assert ima(*MAKE, "--dry-run", "--output-json").json["quote"]["model_id"] == "gemini-3.1-flash-image"
    assert ima(*MAKE, "--remember-model", "--output-json").code == 0
    ima("prefs", "set", "--model-id", "flash", "--sandbox", door="command")
    ima("prefs", "clear", "--sandbox", door="command")

    assert (tmp_path / "state" / "memory" / "ima_prefs.json").read_bytes() == kept
    assert set(ima("prefs", "show", "--json", door="command").json["preferences"]) == {
        "text_to_image",
        "image_to_image",
    }


def test_where_the_key_is_found_is_said_and_the_key_is_not(ima, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    missing = ima("key", "show", "--json", door="command")
    assert (missing.code, missing.json["error"]["kind"]) == (3, "auth")
    monkeypatch.setenv("IMA_API_KEY", "ima_secret_1234")
    found = ima("key", "show", "--json", door="command")
    assert found.json == {"found": True, "source": "environment"}
    assert "secret" not in found.out + found.err


def test_every_scene_of_the_sandbox_is_explained_in_both_languages(ima) -> None:
    for language in ("zh", "en"):
        told = ima("sandbox", "scenes", "--json", "--language", language, door="command")
        assert all(scene["about"] for scene in told.json["scenes"])


def test_a_defect_is_told_by_a_report_id_and_never_by_a_traceback(ima, monkeypatch: pytest.MonkeyPatch) -> None:
    from ima_nano_banana.engine import Engine

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("ima_secret_1234")

    monkeypatch.setattr(Engine, "generate", broken)
    for mode in ("--output-json", "--events", "--no-preview"):
        told = ima(*MAKE, mode)
        assert told.code == 1
        assert "Traceback" not in told.out + told.err
        assert "secret" not in told.out + told.err
    error = ima(*MAKE, "--output-json").json["error"]
    assert error["kind"] == "internal"


TEMPLATES = (
    ("--task-type", "text_to_image", "--list-models"),
    (
        *("--task-type", "text_to_image", "--model-id", "gemini-3.1-flash-image"),
        *("--prompt", "a cute puppy on grass", "--size", "1K"),
        *("--extra-params", '{"aspect_ratio":"1:1"}', "--user-id", "42", "--output-json"),
    ),
    (
        *("--task-type", "image_to_image", "--model-id", "gemini-3.1-flash-image"),
        *("--prompt", "turn into oil painting", "--input-images", "https://example.com/photo.jpg"),
        *("--user-id", "42", "--output-json"),
    ),
    (
        *("--task-type", "image_to_image", "--model-id", "gemini-3.1-flash-image"),
        *("--prompt", "turn into oil painting", "--input-images", "./local-photo.jpg"),
        *("--user-id", "42", "--output-json"),
    ),
)


@pytest.mark.parametrize("template", TEMPLATES, ids=["models", "text", "remote image", "local image"])
def test_the_command_templates_of_the_skill_run_as_printed(ima, template: tuple[str, ...]) -> None:
    from PIL import Image

    Image.new("RGB", (64, 64), "orange").save("local-photo.jpg")
    told = ima("--api-key", "ima_any_key", *template, "--sandbox")
    assert told.code == 0, told.out
    if "--output-json" in template:
        assert told.json["files"]
        assert json.loads(told.out)["task_id"]
    else:
        assert "Nano Banana 2" in told.out


def test_what_breaks_after_the_last_word_changes_neither_it_nor_the_exit_code(
    ima, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ima_nano_banana.ledger import AsyncLedger

    close = AsyncLedger.aclose

    async def broken(ledger: AsyncLedger) -> None:
        await close(ledger)
        raise ZeroDivisionError

    monkeypatch.setattr(AsyncLedger, "aclose", broken)
    told = ima(*MAKE, "--output-json")
    assert (told.code, "error" in told.json) == (0, False)


def test_a_person_without_a_key_is_not_told_that_it_begins(ima, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for prompt, word in (("a cat", "generating now"), ("一只猫", "马上开始")):
        person = ima("generate", prompt, door="command")
        assert person.code == 3
        assert word not in person.err
        told = ima("generate", prompt, "--events", door="command").events
        assert [one["event"] for one in told] == ["acknowledged", "failed"]


def test_what_has_ended_is_handed_over_without_a_word_of_waiting(ima) -> None:
    named = (*MAKE, "--idempotency-key", "k1")
    ima(*named)
    again = ima(*named)
    assert again.code == 0
    assert "has ended; here is what came of it" in again.err
    assert "Expected time" not in again.err


def test_advice_in_the_sandbox_can_be_typed_as_it_stands(ima) -> None:
    ima("limits", "set", "--daily", "4", "--sandbox", door="command")
    person = ima("generate", "a cat", "--sandbox", door="command")
    assert "`nano-banana limits --sandbox`" in person.err
    error = ima("generate", "a cat", "--sandbox", "--json", door="command").json["error"]
    assert "`nano-banana limits --sandbox`" in error["suggestion"]
    assert "`nano-banana limits --sandbox`" in error["message_full"]


@pytest.mark.parametrize(("limit", "told"), [("6", "nothing of everybody's daily 6 is"), ("7", "only 1 of everybody")])
def test_a_limit_that_is_used_up_is_said_so(ima, limit: str, told: str) -> None:
    ima("limits", "set", "--daily", limit, "--sandbox", door="command")
    assert ima(*MAKE, "--output-json").code == 0
    assert told in ima("generate", "a dog", "--sandbox", door="command").err
    zh = ima("generate", "一只狗", "--sandbox", door="command").err
    assert ("已经用完" if limit == "6" else "只剩 1") in zh


def test_a_chat_for_all_open_tasks_is_refused_instead_of_left_out(ima) -> None:
    for door, argv in (("script", ("--resume-all",)), ("command", ("resume", "--all"))):
        told = ima(*argv, "--deliver", "feishu:user:x", "--sandbox", "--output-json", door=door)
        assert (told.code, told.json["error"]["kind"]) == (2, "usage")
