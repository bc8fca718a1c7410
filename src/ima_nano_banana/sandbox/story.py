"""What a look at a task shows as time passes. Pure: the moment is an argument.

The shapes are those of the detail endpoint: no media at first, then one of null status, then
"1 + processing" without any URL (seen live well before a picture exists), then "1 + success".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ima_nano_banana.sandbox import hosts
from ima_nano_banana.sandbox.catalogue import suffix_of

NEVER = 1e15
"""A ready time that never comes."""

_NOTHING_YET, _UNSET = 0.10, 0.25
"""Shares of a task's time during which it has no media, and then media of null status."""


@dataclass(frozen=True, slots=True)
class Job:
    """A task that was accepted and billed.

    Attributes:
        id: What a client looks with.
        account: Who paid.
        task_type: ``text_to_image`` or ``image_to_image``.
        model_id: Family code of the model.
        size: Size in the catalogue's words.
        aspect_ratio: Ratio in the catalogue's words.
        count: Pictures asked for.
        points: Points for one picture.
        prompt: What to draw.
        inputs: URLs of the input pictures.
        created_at: World time in seconds.
        ready_at: World time at which the pictures exist.
        fates: Names of the scenes that decide what becomes of it, fixed when it was made.
        pixels: Width and height of each picture.
    """

    id: str
    account: str
    task_type: str
    model_id: str
    size: str
    aspect_ratio: str
    count: int
    points: int
    prompt: str
    inputs: tuple[str, ...]
    created_at: float
    ready_at: float
    fates: tuple[str, ...]
    pixels: tuple[int, int]

    @property
    def seconds(self) -> float:
        """How long the pictures take."""
        return self.ready_at - self.created_at

    @property
    def suffix(self) -> str:
        """The file format of its pictures: flash answers PNG, pro answers JPEG."""
        return suffix_of(self.model_id)

    def path(self, index: int) -> str:
        """Path of one result on the results host."""
        return f"{hosts.MARK}results/{self.id}/{index}.{self.suffix}"


def created(job: Job) -> dict[str, Any]:
    """Return the payload of an accepted create."""
    made = int(job.created_at * 1000)
    return {
        "id": job.id,
        "biz_id": f"biz-{job.id}",
        "task_type": job.task_type,
        "medias": [],
        "generate_count": job.count,
        "created_at": made,
        "timeout_at": made + 300_000,
    }


def told(job: Job, now: float) -> dict[str, Any]:
    """Return the payload of a look at ``now``, before any scene changes it."""
    share = (now - job.created_at) / job.seconds if job.seconds > 0 else 1.0
    medias = [] if share < _NOTHING_YET else [_media(job, index, share) for index in range(job.count)]
    return {"id": job.id, "task_type": job.task_type, "prompt": job.prompt, "medias": medias}


def _media(job: Job, index: int, share: float) -> dict[str, Any]:
    media: dict[str, Any] = {
        "resource_status": None if share < _UNSET else 1,
        "status": None if share < _UNSET else "processing",
        "url": None,
        "watermark_url": None,
        "preview_url": None,
        "cover_url": None,
        "width": 0,
        "height": 0,
        "format": "",
        "error_msg": "",
        "remark": "",
        "model_id": job.model_id,
        "mode_name": "",
    }
    return media | finished(job, index) if share >= 1 else media


def finished(job: Job, index: int) -> dict[str, Any]:
    """Return what a picture shows once it exists."""
    url = f"https://{hosts.RESULTS}{job.path(index)}"
    width, height = job.pixels
    return {
        "resource_status": 1,
        "status": "success",
        "url": url,
        "preview_url": url,
        "cover_url": url,
        "width": width,
        "height": height,
        "format": job.suffix,
    }


def unfinished() -> dict[str, Any]:
    """Return what a picture shows while it is being made."""
    return {"resource_status": 1, "status": "processing", "url": None, "preview_url": None, "cover_url": None}
