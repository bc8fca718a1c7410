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

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from ima_nano_banana import words
from ima_nano_banana.domain.events import Created, Progress, Started
from ima_nano_banana.doors.printer import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.words import Language

_MOST_COLUMNS = 60
_GRAPHIC_PROGRAMS = ("iTerm.app", "WezTerm", "ghostty", "rio", "vscode", "mintty")
_GRAPHIC_VARIABLES = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "ITERM_SESSION_ID", "KONSOLE_VERSION")
_GRAPHIC_TERMS = ("kitty", "sixel", "foot", "ghostty", "wezterm")


class LiveLine:
    """Spinner, percent, elapsed and expected seconds, and the price, drawn anew in place on stderr."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._console = Console(file=sys.stderr, highlight=False)
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
            with suppress(OSError, ValueError):
                self._live.start()

    def _line(self) -> RenderableType:
        started, elapsed = self._started, time.monotonic() - self._since
        if started is None:
            return self._spinner
        low, high = started.expected_seconds
        percent = min(95, int(elapsed / high * 100))
        key = "human.live" if started.credit is not None else "human.live_free"
        told = words.text(
            key, self._language, percent=percent, elapsed=int(elapsed), low=low, high=high, credit=started.credit
        )
        self._spinner.update(text=Text(told))
        return self._spinner


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
    if not can_show_pictures() or not result.files:
        return
    with suppress(Exception):
        from textual_image.renderable import Image

        console = Console()
        console.print(Image(result.files[0], width=min(_MOST_COLUMNS, console.width), height="auto"))
