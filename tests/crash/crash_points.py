"""Where a run can die: found by watching it, not written down by hand.

A fault point is a moment at which one of the program's own coroutines is entered, left, suspended at an
``await`` or resumed, and each commit of the ledger, before and after. Python's profiler hook sees the
former in every version; :meth:`Database.commit` is the one place of the latter.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import ima_nano_banana
from ima_nano_banana.ledger import AsyncLedger
from ima_nano_banana.ledger.connection import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

SOURCE = Path(ima_nano_banana.__file__).parent
SANDBOX = str(SOURCE / "sandbox")
ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def die() -> NoReturn:
    """End this process the way nothing can catch."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives SIGKILL")


class Watch:
    """Names every fault point that is passed and tells ``at`` about it.

    The same place passed again has another name: a number stands behind it. Entries (and exits) that
    follow each other with nothing in between are one moment: an await suspends a whole chain of callers.
    """

    def __init__(self, at: Callable[[str], None]) -> None:
        self._at = at
        self._passed: Counter[str] = Counter()
        self._ours: dict[CodeType, str | None] = {}
        self._before = ""
        self._gate = threading.Lock()
        self._ended_untold = False

    def start_lines(self) -> None:
        """Watch every line of the program that this thread passes while a request has ended and nobody was told."""
        done, told = AsyncLedger.done, AsyncLedger.told

        async def watched_done(ledger: AsyncLedger, *args: Any, **more: Any) -> Any:
            item = await done(ledger, *args, **more)
            self._ended_untold = True
            return item

        async def watched_told(ledger: AsyncLedger, *args: Any, **more: Any) -> Any:
            closed = await told(ledger, *args, **more)
            self._ended_untold = False
            return closed

        AsyncLedger.done, AsyncLedger.told = watched_done, watched_told  # type: ignore[method-assign]
        sys.settrace(self._trace)

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:
        place = frame.f_code.co_filename
        if not place.startswith(str(SOURCE)) or place.startswith(SANDBOX):
            return None
        if event == "line" and self._ended_untold:
            self.passed(f"line:{Path(place).stem}.{frame.f_code.co_name}:{frame.f_lineno}")
        return self._trace

    def start(self) -> None:
        """Watch this thread's coroutines and every commit."""
        commit = Database.commit

        def watched(database: Database) -> None:
            self.passed("commit:before")
            commit(database)
            self.passed("commit:after")

        Database.commit = watched  # type: ignore[method-assign]
        sys.setprofile(self._profile)

    def passed(self, place: str) -> None:
        """Note that ``place`` is passed once more."""
        with self._gate:
            self._passed[place] += 1
            name = f"{place}#{self._passed[place]}"
        self._at(name)

    def _profile(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        name = self._ours.get(code, "") if code in self._ours else self._learn(code)
        if name is None or event not in ("call", "return"):
            self._before = ""
            return
        before, self._before = self._before, event
        if before != event:
            self.passed(f"{name}:{frame.f_lineno}:{event}")
            self._before = event

    def _learn(self, code: CodeType) -> str | None:
        place = code.co_filename
        ours = code.co_flags & ASYNC and place.startswith(str(SOURCE)) and not place.startswith(SANDBOX)
        self._ours[code] = f"{Path(place).stem}.{code.co_qualname}" if ours else None
        return self._ours[code]
