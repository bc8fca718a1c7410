"""At a terminal the path is a link and the wait is alive; off it, or when asked, all is plain."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from test_doors_messages import RESULT, STARTED

from ima_nano_banana.domain.events import Acknowledged, Created, Progress
from ima_nano_banana.doors import human, terminal
from ima_nano_banana.doors.printer import Printer


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "CI", "TERM", *terminal._GRAPHIC_VARIABLES, "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)


def shown(out: io.StringIO, file: str) -> str:
    human.show_files(Printer(out, io.StringIO()), replace(RESULT, files=(file,)), "en")
    return out.getvalue()


def test_the_path_is_a_link_at_a_terminal(tmp_path: Path) -> None:
    file = tmp_path / "a cat.png"
    assert f"\x1b]8;;{file.as_uri()}\x1b\\{file}\x1b]8;;\x1b\\" in shown(Terminal(), str(file))


def test_the_path_is_plain_off_a_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in shown(io.StringIO(), str(tmp_path / "a.png"))


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb"), ("CI", "true")])
def test_decoration_can_be_switched_off(name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert "\x1b" not in shown(Terminal(), str(tmp_path / "a.png"))


def test_a_file_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    assert "\x1b[2J" not in shown(Terminal(), str(tmp_path / "a\x1b[2J.png"))


def test_pictures_are_only_drawn_where_the_terminal_is_known_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not terminal.can_show_pictures()
    monkeypatch.setenv("TERM", "xterm-kitty")
    assert terminal.can_show_pictures()


def test_a_picture_that_cannot_be_drawn_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITTY_WINDOW_ID", "1")
    terminal.show_picture(replace(RESULT, files=("/no/such/file.png",)))


def test_the_live_line_speaks_for_progress_and_prints_the_rest_above_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Terminal()
    monkeypatch.setattr("sys.stderr", drawn)
    live = terminal.LiveLine("en")
    events = (Acknowledged(), STARTED, Created(task_id="t"), Progress(percent=37, max_seconds=40))
    assert all(live.show(event, f"<{type(event).__name__}\x1b[2J>") for event in events)
    line = str(live._line().text)
    live.stop()
    live.stop()
    assert "0%" in line
    assert "6 pts" in line
    assert "20~40s" in line
    assert "<Acknowledged\\x1b[2J>" in drawn.getvalue()
    assert "<Started" in drawn.getvalue()
    assert "<Progress" not in drawn.getvalue()


def test_tables_line_up_with_chinese_in_them() -> None:
    lines = human.table(["名称", "n"], [["猫", 1], ["dog", None]]).splitlines()
    assert [human.width(line.rstrip("1-n")) for line in lines] == [6, 6, 6]
    assert human.shorten("一只猫在月亮上", 8) == "一只猫…"
    assert human.shorten("short", 8) == "short"
