"""What may become of a task that was paid for. A fate is fixed when the task is made and stays with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.story import NEVER, Job, finished, unfinished

if TYPE_CHECKING:
    from collections.abc import Callable

Data = dict[str, Any]

POLICY_MESSAGE = "The content was rejected by the safety policy"
BACKEND_MESSAGE = "upstream generation error"


@dataclass(frozen=True, slots=True)
class Fate:
    """How a scene changes the story of a task.

    Attributes:
        tell: Changes the payload of a look; gets the job, the time and how often it was looked at.
        seconds: How long the task takes instead of the world's own time.
        aspect_ratio: Draws in this ratio (or square's opposite, if this is what was asked).
        shrink: Divides the pixels of what is drawn.
    """

    tell: Callable[[Data, Job, float, int], Data] | None = None
    seconds: float | None = None
    aspect_ratio: str | None = None
    shrink: int = 1


def _media(**changes: object) -> Callable[[Data, Job, float, int], Data]:
    """Change every picture once the task is ready."""

    def tell(data: Data, job: Job, now: float, looks: int) -> Data:
        del looks
        if now >= job.ready_at:
            data["medias"] = [media | changes for media in data["medias"]]
        return data

    return tell


def _failed(message: str) -> dict[str, Any]:
    return {"resource_status": 2, "status": "failed", "error_msg": message, **_NO_URL}


_NO_URL: dict[str, Any] = {"url": None, "watermark_url": None, "preview_url": None, "cover_url": None}


def _fails_early(data: Data, job: Job, now: float, looks: int) -> Data:
    del now, looks
    data["medias"] = [unfinished() | _failed(BACKEND_MESSAGE) for _ in range(job.count)]
    return data


def _task_failed(data: Data, job: Job, now: float, looks: int) -> Data:
    del looks
    if now >= job.ready_at:
        data |= {"status": "failed", "medias": []}
    return data


def _partial(data: Data, job: Job, now: float, looks: int) -> Data:
    del looks
    if now >= job.ready_at:
        data["medias"][-1] |= _failed(BACKEND_MESSAGE)
    return data


def _partial_late(data: Data, job: Job, now: float, looks: int) -> Data:
    del looks
    if job.ready_at <= now < job.ready_at + job.seconds:
        data["medias"][-1] |= unfinished()
    return data


def _one_more(data: Data, job: Job, now: float, looks: int) -> Data:
    del looks
    if now >= job.ready_at:
        data["medias"].append(finished(job, 0))
        data["medias"][-1]["url"] += "?more=1"
    return data


def _same_link(data: Data, job: Job, now: float, looks: int) -> Data:
    del looks
    if now >= job.ready_at:
        data["medias"] = [finished(job, 0) for _ in range(job.count)]
    return data


def _unknown_status(data: Data, job: Job, now: float, looks: int) -> Data:
    """Two looks at things that no document names, then the ordinary story."""
    del now
    odd = ({"resource_status": 7, "status": "archiving"}, {"resource_status": "done", "status": "ascending"})
    if looks <= len(odd):
        data["medias"] = [unfinished() | odd[looks - 1] for _ in range(job.count)]
    return data


def _no_url_at_first(data: Data, job: Job, now: float, looks: int) -> Data:
    del looks
    if job.ready_at <= now < job.ready_at + job.seconds:
        data["medias"] = [media | _NO_URL for media in data["medias"]]
    return data


def _other_url(field: str) -> Callable[[Data, Job, float, int], Data]:
    def tell(data: Data, job: Job, now: float, looks: int) -> Data:
        del looks
        for index, media in enumerate(data["medias"] if now >= job.ready_at else []):
            media.update(_NO_URL | {field: finished(job, index)["url"]})
        return data

    return tell


def _url(start: str) -> Callable[[Data, Job, float, int], Data]:
    def tell(data: Data, job: Job, now: float, looks: int) -> Data:
        del looks
        for index, media in enumerate(data["medias"] if now >= job.ready_at else []):
            media.update(url=f"{start}{job.path(index)}", preview_url=None, cover_url=None)
        return data

    return tell


FATES: dict[str, Fate] = {
    "slow": Fate(seconds=300.0),
    "stuck": Fate(seconds=NEVER),
    "fails": Fate(_media(**_failed(BACKEND_MESSAGE))),
    "fails-early": Fate(_fails_early),
    "fails-policy": Fate(_media(**_failed(POLICY_MESSAGE))),
    "fails-remark": Fate(_media(**_failed(""), remark=BACKEND_MESSAGE)),
    "failed-null": Fate(_media(**_failed(BACKEND_MESSAGE) | {"resource_status": None})),
    "failed-one": Fate(_media(**_failed(BACKEND_MESSAGE) | {"resource_status": 1})),
    "task-failed": Fate(_task_failed),
    "deleted": Fate(_media(resource_status=3, status="deleted", **_NO_URL)),
    "partial": Fate(_partial),
    "partial-late": Fate(_partial_late),
    "one-more": Fate(_one_more),
    "same-link": Fate(_same_link),
    "unknown-status": Fate(_unknown_status),
    "completed-word": Fate(_media(status="completed")),
    "no-url-at-first": Fate(_no_url_at_first),
    "never-url": Fate(_media(**_NO_URL)),
    "watermark-only": Fate(_other_url("watermark_url")),
    "preview-only": Fate(_other_url("preview_url")),
    "download-http": Fate(_url(f"http://{hosts.RESULTS}")),
    "download-private": Fate(_url("https://127.0.0.1")),
    "download-userinfo": Fate(_url(f"https://user:pass@{hosts.RESULTS}")),
    "smaller-picture": Fate(shrink=4),
    "wrong-ratio": Fate(aspect_ratio="16:9"),
}
