"""What a batch leaves beside its pictures: a line for each row, small copies, and a sheet of them all."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.batch import sheet
from ima_nano_banana.batch.results import NAME, Results

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from ima_nano_banana.batch.model import Outcome, Row, Summary
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.words import Language

PATIENCE_SECONDS = 120.0
HURRIED_SECONDS = 1.0


class Paper:
    """The files of one run. Open while it runs.

    Args:
        folder: The output folder.
        title: What a person calls the batch.
        language: What the sheet is written in.
        sandbox: Whether all is simulated.
        why: Returns reason and advice where a row is not done.

    Raises:
        UsageFault: they can't be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        title: str,
        language: Language,
        sandbox: bool,
        why: Callable[[Outcome], Sequence[str]],
    ) -> None:
        self._folder = folder
        self._title = title
        self._language: Language = language
        self._sandbox = sandbox
        self._why = why
        self._results = Results(folder)
        self._small: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
        self._shrinking: asyncio.Task[None] | None = None

    @property
    def lost(self) -> Fault | None:
        """Return why lines are missing."""
        return self._results.fault

    def __enter__(self) -> Self:
        """Begin to make small copies."""
        self._shrinking = asyncio.create_task(self._shrink())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Make the lines durable."""
        if self._shrinking is not None:
            self._shrinking.cancel()
        self._results.close()

    def place(self) -> None:
        """Put the lines in place, once they hold the past."""
        self._results.place()

    def ended(self, outcome: Outcome, body: Mapping[str, object]) -> None:
        """Write the line of a row.

        Raises:
            DownloadFault: that can't be done.
        """
        if outcome.result is not None and outcome.result.files:
            self._small.put_nowait(outcome.result.files)
        self._results.add(body)

    async def finished(self, *, hurried: bool) -> None:
        """Wait for the small copies; whoever stops the run now cuts no row, and they can wait."""
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._small.join(), HURRIED_SECONDS if hurried else PATIENCE_SECONDS)

    async def _shrink(self) -> None:
        """Make small copies one after another, beside the work that waits for the network."""
        while True:
            files = await self._small.get()
            await asyncio.to_thread(sheet.make_thumbnails, self._folder, files)
            self._small.task_done()

    def sheet(self, rows: Sequence[Row], outcomes: Mapping[str, Outcome], summary: Summary) -> Path | None:
        """Write the sheet of all rows; ``None`` if the folder does not take it."""
        cards = [
            sheet.Card(row, outcome, self._why(outcome))
            for row in rows
            if (outcome := outcomes.get(row.id)) is not None
        ]
        try:
            return sheet.write(
                self._folder, cards, summary, title=self._title, language=self._language, sandbox=self._sandbox
            )
        except OSError:
            return None


def left_in(folder: Path) -> tuple[Path | None, Path | None]:
    """Return the lines and the sheet that lie in a folder already."""
    lines, page = folder / NAME, folder / sheet.NAME
    return lines if lines.is_file() else None, page if page.is_file() else None
