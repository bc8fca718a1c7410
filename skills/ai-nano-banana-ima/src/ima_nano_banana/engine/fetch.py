"""Bring the pictures home: paid for, so tried again and again, and never lost from sight."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Adjustment
from ima_nano_banana.domain.pixels import measured_adjustments
from ima_nano_banana.errors import DownloadFault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ima_nano_banana.domain.model import Media, Result
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import EnginePorts
    from ima_nano_banana.pictures.save import Saved

AT_ONCE = 4


async def fetch(
    result: Result,
    job: Job,
    folder: Path,
    deadline: float,
    ports: EnginePorts,
    *,
    stem: str | None = None,
    kept: Mapping[int, str] = MappingProxyType({}),
) -> Result:
    """Save every picture of ``result`` and return it with files and measures.

    ``kept`` are the files that need not be fetched, by their position, beginning with 1.

    Raises:
        DownloadFault: at least one picture could not be saved; it carries the result with those that were.
    """
    from ima_nano_banana.pictures import save

    gate = asyncio.Semaphore(AT_ONCE)

    async def one(position: int, url: str) -> Saved:
        own = position if len(result.urls) > 1 else None
        name = save.stem(job.prompt, result.task_id, own) if stem is None else f"{stem}-{own}" if own else stem
        async with gate:
            return await save.save(ports.service().fetch, url, folder, name, clock=ports.clock, deadline=deadline)

    wanted = {place: url for place, url in enumerate(result.urls, start=1) if place not in kept}
    outcomes = await asyncio.gather(*(one(place, url) for place, url in wanted.items()), return_exceptions=True)
    saved = {
        place: outcome
        for place, outcome in zip(wanted, outcomes, strict=True)
        if not isinstance(outcome, BaseException)
    }
    result = _with_files(result, saved, kept)
    for outcome in outcomes:
        if isinstance(outcome, DownloadFault):
            raise outcome.moved(charged="yes", task_id=result.task_id, result=result)
        if isinstance(outcome, BaseException):
            raise outcome
    return result


def _with_files(result: Result, saved: Mapping[int, Saved], kept: Mapping[int, str]) -> Result:
    """Add the files and what was measured; each picture of another size or shape than was paid for is said so."""
    if not saved:
        return result
    files = {**kept, **{place: str(one.path) for place, one in saved.items()}}
    first = next(iter(saved.values()))
    found = dict.fromkeys(
        adjustment
        for one in saved.values()
        for adjustment in measured_adjustments(result.size, result.aspect_ratio, one.width, one.height)
    )
    return replace(
        result,
        files=tuple(files[place] for place in sorted(files)),
        width=first.width,
        height=first.height,
        adjustments=tuple(dict.fromkeys((*result.adjustments, *found))),
    )


def told_adjustments(medias: tuple[Media, ...], count: int | None) -> tuple[Adjustment, ...]:
    """Say what a task's end shows not to be as bought: other links than to the picture itself, or another number.

    ``count`` is how many pictures were paid for, if that is known.
    """
    kinds = dict.fromkeys(media.url_kind for media in medias if media.state == "done" and media.url_kind != "url")
    links = tuple(Adjustment("url", "url", kind, f"adjust.{kind}") for kind in kinds)
    return links if count is None else (*links, *_number(medias, count))


def _number(medias: tuple[Media, ...], count: int) -> tuple[Adjustment, ...]:
    """More pictures than were bought, or one twice in place of two: both are kept, and said."""
    urls = [media.url for media in medias if media.state == "done" and media.url]
    found: list[Adjustment] = []
    if len(medias) > count:
        found.append(Adjustment("count", str(count), str(len(medias)), "adjust.more_pictures"))
    if len(set(urls)) < len(urls):
        found.append(Adjustment("count", str(len(urls)), str(len(set(urls))), "adjust.same_picture"))
    return tuple(found)
