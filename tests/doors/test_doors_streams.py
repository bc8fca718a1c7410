"""Three readers of standard output; each gets what it can read, and the last word once."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from test_doors_messages import RESULT, STARTED, TIMEOUT

from ima_nano_banana.domain.events import Acknowledged, Adjusted, Created, Progress, Succeeded
from ima_nano_banana.domain.model import Adjustment
from ima_nano_banana.doors.printer import Printer, json_line, visible
from ima_nano_banana.doors.streams import Mode, Reporter
from ima_nano_banana.errors import InterruptedFault

if TYPE_CHECKING:
    import pytest


def reporter(mode: Mode, *, sandbox: bool = False) -> tuple[Reporter, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Reporter(mode, Printer(out, err), "en", sandbox=sandbox), out, err


def whole_run(rep: Reporter) -> None:
    rep.event(Acknowledged())
    rep.event(Acknowledged())
    rep.event(Adjusted(adjustment=Adjustment("size", "8K", "4K", "adjust.eight_k")))
    rep.event(STARTED)
    rep.event(STARTED)
    rep.event(Created(task_id="t1"))
    rep.event(Progress(percent=37, max_seconds=40, elapsed_seconds=15.0))
    rep.event(Succeeded(result=RESULT))
    rep.succeeded(RESULT)
    rep.succeeded(RESULT)
    rep.failed(TIMEOUT)
    rep.event(Progress(percent=38, max_seconds=40))


def test_events_come_once_each_and_the_last_word_is_said_once() -> None:
    rep, out, _ = reporter(Mode.EVENTS)
    whole_run(rep)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["acknowledged", "adjusted", "started", "progress", "succeeded"]
    assert all(set(line) >= {"event", "message", "language", "elapsed_seconds"} for line in lines)
    assert lines[1]["adjustment"]["from"] == "8K"
    assert {key: lines[2][key] for key in ("credit", "expected_seconds", "size", "count")} == {
        "credit": 6,
        "expected_seconds": [20, 40],
        "size": "1K",
        "count": 1,
    }
    assert (lines[3]["percent"], lines[3]["max_seconds"], lines[3]["elapsed_seconds"]) == (37, 40, 15.0)
    assert lines[4]["result"]["url"] == RESULT.url


def test_json_is_one_object_and_nothing_else() -> None:
    rep, out, err = reporter(Mode.JSON)
    whole_run(rep)
    assert json.loads(out.getvalue())["task_id"] == "t1"
    assert err.getvalue() == ""


def test_a_person_reads_the_result_on_stdout_and_the_progress_on_stderr() -> None:
    rep, out, err = reporter(Mode.HUMAN)
    whole_run(rep)
    assert "https://cdn.example/1.png" in out.getvalue()
    assert "37%" in err.getvalue()
    assert "37%" not in out.getvalue()


def test_a_failure_ends_the_events_with_failed_and_an_interrupt_with_interrupted() -> None:
    for fault, name in ((TIMEOUT, "failed"), (InterruptedFault("interrupted.unsent"), "interrupted")):
        rep, out, _ = reporter(Mode.EVENTS)
        rep.failed(fault)
        [line] = [json.loads(line) for line in out.getvalue().splitlines()]
        assert line["event"] == name
        assert line["error"]["kind"] == fault.kind


def test_simulated_output_says_so_in_every_line() -> None:
    rep, out, _ = reporter(Mode.EVENTS, sandbox=True)
    whole_run(rep)
    assert all(json.loads(line)["sandbox"] is True for line in out.getvalue().splitlines())


def test_an_answer_that_is_no_picture_ends_the_events_too() -> None:
    rep, out, _ = reporter(Mode.EVENTS)
    rep.answer({"models": []}, "none")
    [line] = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (line["event"], line["models"]) == ("succeeded", [])


class Broken(io.StringIO):
    """A pipe that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_closed_pipe_stops_no_run() -> None:
    rep = Reporter(Mode.EVENTS, Printer(Broken(), Broken()), "en")
    whole_run(rep)


def test_missing_streams_stop_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    whole_run(Reporter(Mode.HUMAN, Printer(), "en"))


def test_control_characters_are_shown_and_not_obeyed() -> None:
    hostile = "a\x1b[2Jb\x9b31mc\u202ed\x07\r"
    assert visible(hostile) == "a\\x1b[2Jb\\x9b31mc\\u202ed\\x07\\r"
    assert visible("two\nlines\tand 猫 🎨") == "two\nlines\tand 猫 🎨"
    line = json_line({"prompt": hostile})
    assert json.loads(line) == {"prompt": hostile}
    assert not set(line) & set("\x1b\x9b\u202e\x07\r")


def test_text_that_is_no_utf8_is_written_as_an_escape() -> None:
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding="ascii")
    Printer(console, io.StringIO()).json({"prompt": "猫\udcff"})
    assert raw.getvalue().decode("utf-8") == '{"prompt": "猫\\udcff"}\n'
