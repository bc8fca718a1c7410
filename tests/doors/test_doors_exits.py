"""Every row of the exit table, for a person, a program and a stream, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ima_nano_banana.doors.order import Values
from ima_nano_banana.engine import Engine

PROMPTS = {"zh": "一只猫在月亮上", "en": "a cat on the moon"}

ROWS = {
    "internal": (1, []),
    "usage": (2, ["--size", "3K"]),
    "auth": (3, ["--sandbox-scene", "bad-key"]),
    "credits": (4, ["--sandbox-scene", "no-credits"]),
    "budget": (5, ["--max-credits", "1"]),
    "rejected": (6, ["--sandbox-scene", "refused-content"]),
    "generation": (7, ["--sandbox-scene", "fails"]),
    "timeout": (8, ["--sandbox-scene", "stuck", "--timeout", "30", "--again"]),
    "uncertain": (9, ["--sandbox-scene", "lost-create"]),
    "network": (10, ["--sandbox-scene", "create-refused"]),
    "partial": (11, ["--sandbox-scene", "partial", "--count", "2"]),
    "download": (12, ["--sandbox-scene", "download-404", "--again"]),
    "storage": (13, []),
}
KEY = "ima_0123456789abcdefSECRET"
MAY_BE_CHARGED = {"generation", "timeout", "uncertain", "partial", "download"}
FETCHED = {"timeout", "download"}


@pytest.fixture
def provoked(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Values:
    """Break what no scene of the sandbox can break, and have a key at hand that nobody may ever read."""
    monkeypatch.setenv("IMA_API_KEY", KEY)
    if kind == "storage":
        (tmp_path / "state" / "memory" / "ima_ledger.sqlite3").mkdir(parents=True)
    if kind == "internal":
        monkeypatch.setattr(Engine, "generate", None)
    return {}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.usefixtures("provoked")
def test_every_exit_is_told_to_every_reader(ima, kind: str, language: str) -> None:
    code, argv = ROWS[kind]
    common = ["--prompt", PROMPTS[language], "--sandbox", *argv]
    program = ima(*common, "--output-json")
    error = program.json["error"]
    assert (program.code, error["kind"]) == (code, kind)
    assert error["language"] == language
    assert error["sandbox"] is True
    assert (error["charged"] == "no") == (kind not in MAY_BE_CHARGED)
    assert (error["resume_command"] is not None) == (kind in FETCHED)
    for text in (error["message"], error["suggestion"]):
        assert any("\u4e00" <= char <= "\u9fff" for char in text) == (language == "zh"), text
        assert "{" not in text

    stream = ima(*common, "--events")
    names = [event["event"] for event in stream.events]
    assert (stream.code, names[-1]) == (code, "failed")
    assert names.count("acknowledged") <= 1
    assert names.count("started") <= 1
    assert stream.events[-1]["error"]["kind"] == kind
    assert stream.events[-1]["message"].splitlines()[0] == (
        "❌ 图片生成失败" if language == "zh" else "❌ Image generation failed"
    )

    person = ima(*common)
    assert person.code == code
    if kind != "internal":  # whose text holds a new number each time
        passed_on = stream.events[-1]["error"]
        typed = passed_on["hint"].splitlines()[-1] if "hint" in passed_on else passed_on["suggestion"]
        assert typed.partition("http")[0] in person.err
    for told in (program, stream, person):
        assert "Traceback" not in told.out + told.err
        assert KEY not in told.out + told.err
