"""For a person at a terminal: a live line while waiting, and the picture itself where the terminal can show it.

Rich and textual-image are loaded here, late; the latter asks the terminal what it can do and waits for the
answer, so it is only loaded for terminals that are known to answer.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.console import Console, RenderHook
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.spinner import Spinner
from rich.text import Text

from ima_nano_banana import words
from ima_nano_banana.domain.events import Created, Progress, Started
from ima_nano_banana.doors.printer import visible

if TYPE_CHECKING:
    from rich.console import ConsoleRenderable, RenderableType

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.words import Language

_MOST_COLUMNS = 60
_ROWS_OF_TEXT = 4
_GRAPHIC_PROGRAMS = ("iTerm.app", "WezTerm", "ghostty", "rio", "vscode", "mintty")
_GRAPHIC_VARIABLES = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "ITERM_SESSION_ID", "KONSOLE_VERSION")
_GRAPHIC_TERMS = ("kitty", "sixel", "foot", "ghostty", "wezterm")


class LiveLine:
    """Spinner, percent, elapsed and expected seconds, and the price, drawn anew in place on stderr."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._console = Console(file=sys.stderr, highlight=False)
        self._fit = _Fit(self._console)
        self._live: Live | None = None
        self._spinner = Spinner("dots")
        self._since = time.monotonic()
        self._started: Started | None = None

    def show(self, event: Event, message: str) -> bool:
        """Take an event: the line speaks for progress, anything else is printed above it."""
        if isinstance(event, Created):
            self._since = time.monotonic()
        elif not isinstance(event, Progress):
            with suppress(OSError, ValueError):
                self._console.print(Text(visible(message)), soft_wrap=True)
        if isinstance(event, Started):
            self._started, self._since = event, time.monotonic()
            self._begin()
        return True

    def stop(self) -> None:
        """Take the line away."""
        if self._live is not None:
            with suppress(OSError, ValueError):
                self._live.stop()
            self._console.pop_render_hook()
            self._live = None

    def _begin(self) -> None:
        if self._live is None:
            self._live = Live(
                console=self._console,
                get_renderable=self._line,
                refresh_per_second=8,
                transient=True,
                redirect_stderr=False,
                redirect_stdout=False,
            )
            # Before the live line's own hook, which goes first when the line ends.
            self._console.push_render_hook(self._fit)
            with suppress(OSError, ValueError):
                self._live.start()

    def _line(self) -> RenderableType:
        started, elapsed = self._started, time.monotonic() - self._since
        frame = self._spinner.render(self._console.get_time())
        if started is None or not isinstance(frame, Text):
            return frame
        low, high = started.expected_seconds
        told = {
            "percent": min(95, int(elapsed / high * 100)),
            "elapsed": int(elapsed),
            "low": low,
            "high": high,
            "credit": started.credit,
        }
        full = "human.live" if started.credit is not None else "human.live_free"
        lines = [
            Text.assemble(frame, " ", words.text(key, self._language, **told)) for key in (full, "human.live_short")
        ]
        line = next((one for one in lines if one.cell_len < self._console.width), lines[-1])
        # One row whatever the window: a row too many would be left behind when the line is drawn anew.
        line.no_wrap, line.overflow = True, "ellipsis"
        self._fit.drawn(min(line.cell_len, self._console.width))
        return line


class _Fit(RenderHook):
    """Takes back the rows that a window folded when it was made narrower; rich only knows those that it drew."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = 0
        self._shown = 0

    def drawn(self, columns: int) -> None:
        """Note how long the line is that will be drawn next."""
        self._next = columns

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Put the way back over the extra rows before what is drawn."""
        extra = (self._shown - 1) // self._console.width if self._shown and folds() else 0
        self._shown = self._next
        step = ((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2))
        return [Control(*(step * extra)), *renderables] if extra else renderables


def folds() -> bool:
    """Tell whether this terminal folds a line anew when its window becomes narrower; xterm and screen cut it."""
    environ = os.environ
    cutting = environ.get("XTERM_VERSION") or (environ.get("TERM", "").startswith("screen") and "TMUX" not in environ)
    return not cutting


def can_show_pictures() -> bool:
    """Tell whether this terminal is known to draw pictures (kitty, iTerm2 or sixel protocols)."""
    environ = os.environ
    return (
        environ.get("TERM_PROGRAM") in _GRAPHIC_PROGRAMS
        or any(environ.get(name) for name in _GRAPHIC_VARIABLES)
        or any(name in environ.get("TERM", "") for name in _GRAPHIC_TERMS)
    )


def show_picture(result: Result) -> None:
    """Draw the first picture. Whatever goes wrong, the picture is saved and its path was printed."""
    # Without a keyboard nobody hears the terminal's answer to what it can do.
    if not can_show_pictures() or not result.files or sys.stdin is None or not sys.stdin.isatty():
        return
    with suppress(Exception):
        from textual_image import renderable

        # Blocks of colour in the place of a picture are no picture.
        if renderable.Image in (renderable.SixelImage, renderable.TGPImage):
            console = Console()
            console.print(renderable.Image(result.files[0], width=columns(result, console), height="auto"))


def columns(result: Result, console: Console) -> int:
    """Return how wide the picture may be so that all of it fits into the window; a cell is twice as high as wide."""
    shape = (result.width or 1) / (result.height or 1)
    tall = int(2 * shape * max(1, console.height - _ROWS_OF_TEXT))
    return max(1, min(_MOST_COLUMNS, console.width, tall))
