"""The only printer: UTF-8 whatever the console, no control characters, no key.

A closed pipe or a full disk costs no picture, but it is not forgotten: who asks is told what was not written.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from contextlib import suppress
from typing import TextIO

from ima_nano_banana.wire.redact import keyless

# C0 without newline and tab, DEL, C1, line separators, and the marks that turn the direction of text around:
# a prompt, a file name or a message of the service must not steer the terminal.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    r"""Return ``text`` without any key, and with every control character written out, such as ``\x1b``."""
    return _CONTROLS.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), keyless(text))


def json_line(value: object) -> str:
    """Return one line of JSON that is safe on a terminal and readable in Chinese."""
    text = json.dumps(keyless(value), ensure_ascii=False, default=str)
    return _CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


class Printer:
    """Writes results to ``out`` and all else to ``err``. A stream that is gone is left alone.

    Attributes:
        out_lost: Why standard output did not take all that was written to it; ``None`` if it did.
        err_lost: The same of standard error.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out if out is not None else sys.stdout
        self._err = err if err is not None else sys.stderr
        self.out_lost: str | None = None
        self.err_lost: str | None = None
        for stream in (self._out, self._err):
            _speak_utf8(stream)

    def out(self, text: str) -> None:
        """Write one result, with a line end."""
        self._write_out(visible(text) + "\n")

    def raw(self, text: str) -> None:
        """Write a result that holds escape sequences of our own (links); its parts are made visible before."""
        self._write_out(keyless(text) + "\n")

    def json(self, value: object) -> None:
        """Write one object as one line."""
        self._write_out(json_line(value) + "\n")

    def err(self, text: str) -> None:
        """Write a line of progress, a notice or an error."""
        self._write_err(visible(text) + "\n")

    def ask(self, question: str) -> None:
        """Write a question to a person, and leave the cursor behind it."""
        self._write_err(visible(question))

    def _write_out(self, text: str) -> None:
        self._out, lost = _write(self._out, text)
        self.out_lost = self.out_lost or lost

    def _write_err(self, text: str) -> None:
        self._err, lost = _write(self._err, text)
        self.err_lost = self.err_lost or lost

    @property
    def out_is_terminal(self) -> bool:
        """Whether a person looks at the results."""
        return _is_terminal(self._out)

    @property
    def err_is_terminal(self) -> bool:
        """Whether a person looks at the progress."""
        return _is_terminal(self._err)

    @property
    def error_stream(self) -> TextIO | None:
        """The stream of progress, for the live line."""
        return self._err


def _speak_utf8(stream: TextIO | None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        with suppress(OSError, ValueError):
            # A lone surrogate (an argument that was no UTF-8) is written as an escape, never a crash.
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _write(stream: TextIO | None, text: str) -> tuple[TextIO | None, str | None]:
    """Write and flush; return the stream if it is still there, and why it did not take the text."""
    if stream is None:
        return None, os.strerror(errno.EBADF)
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError) as lost:
        _silence(stream)
        return None, getattr(lost, "strerror", None) or os.strerror(errno.EPIPE)
    return stream, None


def _silence(stream: TextIO) -> None:
    """Point a broken stream at nothing, so that the interpreter does not complain about it at exit."""
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
