"""What people read: names of fields in their language, points that count, the right advice for the right command."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ima_nano_banana import __version__, words
from ima_nano_banana.doors import layout, messages
from ima_nano_banana.doors.cli.commands import HOMES
from ima_nano_banana.doors.layout import width
from ima_nano_banana.errors import UsageFault

MAKE = ("--prompt", "a cat on the moon", "--sandbox")
# Chinese prose has full-width punctuation. The skill's own templates are kept word for word, with theirs.
HALF_WIDTH = re.compile("[\u4e00-\u9fff][,:;?!(]|[,;?!)][\u4e00-\u9fff]|[\uff0c\uff1a\uff1b] ")
TEMPLATES = {
    *("收到,马上开始生成。", "🎨 开始生成图片,请稍候…", "• 模型:{model}", "• 预计耗时:{low}~{high} 秒"),
    *("• 消耗积分:{credit} pts", "已等待 {elapsed}s,预计最长 {max}s", "✅ 图片生成成功!", "• 建议:{suggestion}"),
    *("• 耗时:预计 {low}~{high}s,实际 {actual}s", "🔗 原始链接:{url}", "• 原因:{reason}", "需要我帮你重试吗?"),
    "图片生成遇到问题,请稍后重试或换个模型试试。",
}
SCENES = "scenes"
TOPICS = {path.stem for path in Path(words.__file__).parent.glob("*.py")} - {"__init__", "language", SCENES}


@pytest.mark.parametrize(
    ("argv", "zh", "en"),
    [
        (("--size", "3K"), "Nano Banana 2 没有这个尺寸：3K", "Nano Banana 2 has no size 3K"),
        (("--aspect-ratio", "17:3"), "Nano Banana 2 没有这个宽高比：17:3", "Nano Banana 2 has no aspect ratio 17:3"),
        (
            ("--aspect-ratio", "1:1", "--extra-params", '{"aspect_ratio":"16:9"}'),
            "宽高比给了两个不同的值：1:1 和 16:9",
            "The aspect ratio was given two different values: 1:1 and 16:9",
        ),
        (
            ("--count", "2", "--extra-params", '{"n":3}'),
            "图片数量给了两个不同的值：2 和 3",
            "The number of images was given two different values: 2 and 3",
        ),
        (("--size", " "), "尺寸是空的", "The size is empty"),
    ],
)
def test_fields_have_the_names_that_people_use(ima, argv: tuple[str, ...], zh: str, en: str) -> None:
    for language, said in (("zh", zh), ("en", en)):
        error = ima(*MAKE, *argv, "--language", language, "--output-json").json["error"]
        assert error["message"] == said


def test_a_field_that_only_the_service_knows_keeps_its_name() -> None:
    fault = UsageFault("usage.bad_option", model="M", field="seed", value="x", options=["1"])
    assert messages.reason(fault, "zh") == "M 没有这个 seed：x"
    assert messages.reason(UsageFault("usage.blank_value", field="seed"), "zh") == "seed 是空的"


def test_the_history_shows_the_points_that_count(ima, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")  # a window in which a task is one line
    ima(*MAKE, "--sandbox-scene", "no-credits")
    refused = ima("tasks", door="command").out.splitlines()
    assert refused[1].split()[-7:] == ["1K", "0", "a", "cat", "on", "the", "moon"]
    [row] = ima("tasks", "--json", door="command").json["tasks"]
    assert (row["credit"], row["counted"], row["charged"]) == (6, 0, "no")
    shown = ima("show", row["id"], "--language", "en", door="command").out
    assert re.search(r"^Points quoted +6$", shown, re.MULTILINE)
    assert re.search(r"^Points counted +0$", shown, re.MULTILINE)
    assert "Credits are insufficient" in shown


def test_the_history_says_whether_a_task_was_charged(ima) -> None:
    ima(*MAKE)
    ima(*MAKE, "--sandbox-scene", "fails")
    ima("--prompt", "a dog", "--sandbox", "--sandbox-scene", "lost-create")
    rows = ima("tasks", "--json", door="command").json["tasks"]
    found = {row["state"]: (row["counted"], row["charged"]) for row in rows}
    assert found == {"done": (6, "yes"), "failed": (6, "unknown"), "uncertain": (6, "unknown")}


def test_elapsed_seconds_of_the_history_are_rounded_to_a_tenth(ima) -> None:
    made = ima(*MAKE, "--output-json").json
    shown = ima("show", made["task_id"], "--json", door="command").json
    assert shown["elapsed_seconds"] == round(shown["elapsed_seconds"], 1)
    assert shown["elapsed_seconds"] > 0


def test_simulated_tasks_are_marked_in_the_history(ima, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")  # a window in which a task is one line
    ima(*MAKE)
    head, row, note = ima("tasks", "--language", "en", door="command").out.splitlines()
    assert "🧪" not in head
    assert "done 🧪" in row
    assert note.startswith("🧪 simulated")


def test_the_doctor_of_the_sandbox_needs_neither_key_nor_network(ima, monkeypatch: pytest.MonkeyPatch) -> None:
    from ima_nano_banana.local import doctor

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    for instrument in ("_key", "_dns", "_tls"):
        monkeypatch.setattr(doctor, instrument, never)
    for language in words.LANGUAGES:
        told = ima("doctor", "--sandbox", "--json", "--language", language, door="command")
        assert (told.code, told.json["healthy"], told.json["sandbox"]) == (0, True, True)
        said = {check["name"]: check["message"] for check in told.json["checks"]}
        assert said["key"] == words.text("doctor.key_unneeded", language)
        assert said["network"] == words.text("doctor.network_unneeded", language)


def test_the_package_runs_as_a_module() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "ima_nano_banana", "--version"], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stdout.strip(), told.stderr) == (0, __version__, "")


@pytest.mark.parametrize(
    ("argv", "message", "suggestion"),
    [
        (("limits", "foo"), "There is no command foo", "nano-banana limits --help"),
        (("foo",), "There is no command foo", "nano-banana --help"),
        (("generate", "cat", "--bogus"), "There is no option --bogus", "Add --help to see the options"),
        (("generate", "cat", "--siz", "1K"), "There is no option --siz", "Did you mean --size?"),
        (("show", "x", "--size", "1K"), "This command has no option --size", "--help"),
        (("models", "x"), "Unexpected argument: x", "usage"),
        (("generate", "a", "cat"), "Unexpected argument: cat", "quotation marks"),
        (("generate", "cat", "--size", "--language", "en"), "The option --size needs a value", "--size SIZE"),
        (("generate", "", "--sandbox"), "There is no prompt", "Describe"),
        (("show", ""), "TASK_ID is missing", "--help"),
        (("tasks", "settle", "x"), "Say either --charged or --not-charged", "one of the two"),
    ],
)
def test_advice_fits_the_command(ima, argv: tuple[str, ...], message: str, suggestion: str) -> None:
    told = ima(*argv, "--output-json", door="command") if argv[0] != "limits" else ima(*argv, door="command")
    said = told.out + told.err
    assert told.code == 2
    assert message in said
    assert suggestion in said


def test_a_group_of_commands_shows_its_help_in_the_language_asked_for(ima) -> None:
    for argv in (("limits",), ("prefs",), ("key",), ("sandbox",), ()):
        told = ima(*argv, "--language", "zh", door="command")
        assert (told.code, told.out.splitlines()[0]) == (0, "示例：")


@pytest.mark.parametrize("name", HOMES)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_help_stays_within_its_columns_and_keeps_names_and_texts_apart(ima, name: str, language: str) -> None:
    lines = ima(name, "--help", "--language", language, door="command").out.splitlines()
    assert max(width(line) for line in lines) <= layout.COLUMNS
    for line in lines:
        assert not re.match(r"  --\S+ [A-Z|:a-z/]+[\u4e00-\u9fff]", line)
        assert line.lstrip()[:1] not in tuple(",;:)。、")


def test_chinese_is_wrapped_by_its_width_and_never_before_punctuation() -> None:
    told = layout.wrapped("一二三四五六七八九十，甲乙丙丁戊己庚辛壬癸。" * 5, "  ", "--x ")
    assert all(width(line) <= layout.COLUMNS for line in told.splitlines())
    assert told.replace("\n  ", "").removeprefix("--x ") == "一二三四五六七八九十，甲乙丙丁戊己庚辛壬癸。" * 5
    assert layout.wrapped("one two", "", "") == "one two"


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_chinese_prose_has_full_width_punctuation(topic: str) -> None:
    texts = importlib.import_module(f"ima_nano_banana.words.{topic}").TEXTS
    plain = {key: zh.replace("@row:", "").replace("ask:", "") for key, (zh, _) in texts.items() if zh not in TEMPLATES}
    assert [key for key, zh in plain.items() if HALF_WIDTH.search(zh)] == []


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_reasons_and_advice_are_lines_without_a_full_stop(topic: str) -> None:
    texts = importlib.import_module(f"ima_nano_banana.words.{topic}").TEXTS
    lines = [key for key in texts if key.endswith(".do") or f"{key}.do" in texts]
    stopped = [key for key in lines for text in texts[key] if re.search(r"[^.。][.。]$", text)]
    assert stopped == []
