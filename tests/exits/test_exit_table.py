"""Every row of the table of exit codes, in both languages and in all three ways to speak."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from engine_kit import FakeClock, drawn

from ima_nano_banana import assembly, sandbox
from ima_nano_banana.doors import skill

KEY = "ima_0123456789abcdefSECRET"
PROMPT = {"zh": "一只猫在月亮上", "en": "a cat on the moon"}
HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Row:
    kind: str
    code: int
    args: tuple[str, ...] = ()
    scene: str | None = None
    charged: str = "no"
    phase: str = "create"
    before: tuple[str, ...] | None = None


ROWS = [
    Row("usage", 2, ("--size", "3K"), phase="catalog"),
    Row("usage", 2, ("--count", "9"), phase="validate"),
    Row("auth", 3, scene="bad-key"),
    Row("credits", 4, scene="no-credits"),
    Row("credits", 4, scene="subscription"),
    Row("budget", 5, ("--max-credits", "3"), phase="catalog"),
    Row("rejected", 6, scene="create-400"),
    Row("generation", 7, scene="fails", charged="unknown", phase="poll"),
    Row("timeout", 8, ("--timeout", "5"), scene="slow", charged="yes", phase="poll"),
    Row("uncertain", 9, scene="lost-create", charged="unknown"),
    Row("network", 10, scene="list-down", phase="catalog"),
    Row("network", 10, scene="create-429"),
    Row("partial", 11, ("--count", "3"), scene="partial", charged="yes", phase="poll"),
    Row("download", 12, scene="download-404", charged="yes", phase="download"),
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeClock:
    """The program on a clock that only moves when it waits, in a folder of its own."""
    clock = FakeClock()
    opened = sandbox.open_world

    def world(path: Path, **options: Any) -> Any:
        return opened(path, now=clock.time, draw=drawn, **options)

    monkeypatch.setattr(sandbox, "open_world", world)
    monkeypatch.setattr(assembly, "SystemClock", lambda: clock)
    monkeypatch.setenv("IMA_API_KEY", KEY)
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return clock


def argv_of(row: Row, language: str, *mode: str) -> list[str]:
    scene = ("--sandbox-scene", row.scene) if row.scene else ()
    return ["--prompt", PROMPT[language], "--sandbox", *scene, *row.args, *mode]


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    out = capsys.readouterr()
    for stream in out:
        assert "Traceback" not in stream
        assert KEY not in stream
    return out.out, out.err


def check_error(error: dict[str, Any], row: Row, language: str) -> None:
    names = "kind message suggestion phase ima_code http_status task_id retryable charged resume_command language"
    assert set(names.split()) <= set(error)
    assert (error["kind"], error["charged"], error["phase"]) == (row.kind, row.charged, row.phase)
    assert (error["language"], error["sandbox"]) == (language, True)
    for text in (error["message"], error["suggestion"]):
        assert text
        assert bool(HAN.search(text)) == (language == "zh")
    if row.kind in {"timeout", "download"}:
        assert error["task_id"] in error["resume_command"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.scene or row.args[0]}")
def test_each_way_to_fail_is_one_json_object(
    row: Row, language: str, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert skill.main(argv_of(row, language, "--output-json")) == row.code
    out, _ = said(capsys)
    told = json.loads(out)
    assert out.count("\n") == 1
    check_error(told["error"], row, language)
    if row.kind == "partial":
        assert len(told["urls"]) == len(told["files"]) == 2
        assert told["credit"] == 18


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.scene or row.args[0]}")
def test_each_way_to_fail_ends_the_events_with_failed(
    row: Row, language: str, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert skill.main(argv_of(row, language, "--events")) == row.code
    out, _ = said(capsys)
    events = [json.loads(line) for line in out.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[-1] == "failed"
    assert kinds.count("failed") == 1
    assert kinds.count("started") <= 1
    assert kinds.count("acknowledged") == (0 if row.phase == "validate" else 1)
    check_error(events[-1]["error"], row, language)
    for event in events:
        assert {"event", "message", "language", "elapsed_seconds"} <= set(event)
        assert event["language"] == language
    if row.kind == "partial":
        assert len(events[-1]["result"]["urls"]) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.scene or row.args[0]}")
def test_each_way_to_fail_is_told_to_a_person(
    row: Row, language: str, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert skill.main(argv_of(row, language)) == row.code
    _, err = said(capsys)
    assert "❌" in err
    assert bool(HAN.search(err)) == (language == "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mode", ["--output-json", "--events", None])
def test_success_is_exit_0_with_a_picture(
    language: str, mode: str | None, clock: FakeClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = Row("ok", 0, ("--output-dir", str(tmp_path / "out")))
    assert skill.main(argv_of(row, language, *([mode] if mode else []))) == 0
    out, _ = said(capsys)
    [picture] = (tmp_path / "out").iterdir()
    if mode is None:
        assert str(picture) in out.replace("\n", "")
        return
    told = json.loads(out.splitlines()[-1])
    result = told["result"] if mode == "--events" else told
    assert result["files"] == [str(picture)]
    assert result["language"] == language


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mode", ["--output-json", "--events"])
def test_a_missing_key_is_exit_3(
    language: str, mode: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("IMA_API_KEY")
    assert skill.main(["--prompt", PROMPT[language], mode]) == 3
    out, _ = said(capsys)
    error = json.loads(out.splitlines()[-1])["error"]
    assert (error["kind"], error["charged"], error["sandbox"]) == ("auth", "no", False)
    assert "imaclaw.ai" in error["message"] + error["suggestion"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mode", ["--output-json", "--events", None])
def test_books_that_cannot_be_written_are_exit_13_and_nothing_is_sent(
    language: str, mode: str | None, clock: FakeClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state" / "memory" / "ima_ledger.sqlite3").mkdir(parents=True)
    row = Row("storage", 13)
    assert skill.main(argv_of(row, language, *([mode] if mode else []))) == 13
    out, _ = said(capsys)
    if mode:
        error = json.loads(out.splitlines()[-1])["error"]
        assert (error["kind"], error["charged"]) == ("storage", "no")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mode", ["--output-json", "--events", None])
def test_a_defect_is_exit_1_with_a_report_id_and_no_traceback(
    language: str,
    mode: str | None,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError(KEY)

    monkeypatch.setattr("ima_nano_banana.domain.offers.quote", broken)
    assert skill.main(argv_of(Row("internal", 1), language, *([mode] if mode else []))) == 1
    out, _ = said(capsys)
    if mode:
        error = json.loads(out.splitlines()[-1])["error"]
        assert error["kind"] == "internal"
