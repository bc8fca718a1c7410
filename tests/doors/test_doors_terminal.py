"""At a terminal the path is a link and the wait is alive; off it, or when asked, all is plain."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import ConsoleDimensions
from test_doors_messages import RESULT, STARTED

from ima_nano_banana.domain.events import Acknowledged, Created, Progress
from ima_nano_banana.doors import human, layout, terminal
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
    line = str(live._line())
    live.stop()
    live.stop()
    assert "0%" in line
    assert "6 pts" in line
    assert "20~40s" in line
    assert "<Acknowledged\\x1b[2J>" in drawn.getvalue()
    assert "<Started" in drawn.getvalue()
    assert "<Progress" not in drawn.getvalue()


def test_tables_line_up_with_chinese_in_them() -> None:
    lines = layout.table(["名称", "n"], [["猫", 1], ["dog", None]]).splitlines()
    assert [layout.width(line.rstrip("1-n")) for line in lines] == [6, 6, 6]
    assert layout.shorten("一只猫在月亮上", 8) == "一只猫…"
    assert layout.shorten("short", 8) == "short"


class Window(Terminal):
    """A terminal whose window changes its width."""

    columns = 80


def live_line(drawn: Window, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> terminal.LiveLine:
    monkeypatch.setattr("sys.stderr", drawn)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(
        terminal.Console, "size", property(lambda _: ConsoleDimensions(drawn.columns, 24)), raising=True
    )
    return terminal.LiveLine(language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("columns", [80, 40, 24, 14])
def test_the_live_line_takes_one_row_of_any_window(
    language: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = Window()
    live = live_line(drawn, monkeypatch, language)
    drawn.columns = columns
    live.show(STARTED, "started")
    [row] = live._console.render_lines(live._line())
    live.stop()
    told = "".join(segment.text for segment in row)
    assert "0%" in told
    assert layout.width(told.rstrip()) <= columns
    assert ("20~40s" in told) == (columns >= 40)


def test_rows_that_a_narrower_window_folded_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Window()
    live = live_line(drawn, monkeypatch)
    fit = live._fit
    fit.drawn(37)
    assert fit.process_renderables([]) == []
    drawn.columns = 15
    fit.drawn(8)
    [back] = fit.process_renderables([])
    assert str(back.segment.text) == "\x1b[1A\x1b[2K" * 2
    assert fit.process_renderables([]) == []


def test_terminals_that_cut_lines_lose_no_row_above(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value, folding in (
        ("XTERM_VERSION", "XTerm(390)", False),
        ("TERM", "screen", False),
        ("TERM", "tmux", True),
    ):
        with monkeypatch.context() as patch:
            for one in ("XTERM_VERSION", "TMUX"):
                patch.delenv(one, raising=False)
            patch.setenv(name, value)
            assert terminal.folds() is folding


def test_the_cursor_is_there_again_when_the_line_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Window()
    live = live_line(drawn, monkeypatch)
    live.show(STARTED, "started")
    live.stop()
    told = drawn.getvalue()
    assert told.rindex("\x1b[?25h") > told.rindex("\x1b[?25l")


def test_a_picture_fits_into_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for size, window, most in (((1024, 1024), (80, 24), 40), ((1024, 1024), (30, 60), 30), ((512, 2048), (80, 24), 10)):
        monkeypatch.setattr(terminal.Console, "size", property(lambda _, window=window: ConsoleDimensions(*window)))
        made = replace(RESULT, width=size[0], height=size[1])
        assert terminal.columns(made, terminal.Console()) == most


def test_a_picture_is_drawn_in_pixels_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    renderable = pytest.importorskip("textual_image.renderable")
    from PIL import Image

    file = tmp_path / "a.png"
    Image.new("RGB", (64, 64), "red").save(file)
    made = replace(RESULT, files=(str(file),), width=64, height=64)
    monkeypatch.setenv("TERM_PROGRAM", "WezTerm")
    monkeypatch.setattr("sys.stdin", Terminal())
    for kind, begins in ((renderable.SixelImage, "\x1bP"), (renderable.HalfcellImage, "")):
        monkeypatch.setattr(renderable, "Image", kind)
        drawn = Terminal()
        monkeypatch.setattr("sys.stdout", drawn)
        terminal.show_picture(made)
        assert (begins in drawn.getvalue()) and bool(drawn.getvalue()) == bool(begins)
    monkeypatch.setattr(renderable, "Image", renderable.SixelImage)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    silent = Terminal()
    monkeypatch.setattr("sys.stdout", silent)
    terminal.show_picture(made)
    assert silent.getvalue() == ""
