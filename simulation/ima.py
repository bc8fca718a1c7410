"""A simulated IMA of its own: its books are what the judge believes. It shares no code with the client.

Points are taken at the create. A request may arrive long after whoever sent it has given up.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.chance import Chance

POINTS = {"gemini-3.1-flash-image": {"512px": 4, "1K": 6, "2K": 10}, "gemini-3-pro-image": {"1K": 10, "2K": 10}}
NAMES = {"gemini-3.1-flash-image": "Nano Banana 2", "gemini-3-pro-image": "Nano Banana Pro"}
PIXELS = {"512px": 512, "1K": 1024, "2K": 2048}
RATIOS = ("1:1", "4:3", "16:9")
ATTRIBUTES = {("gemini-3.1-flash-image", "512px"): 4400, ("gemini-3.1-flash-image", "1K"): 4401}
SHY_SECONDS = 20.0
"""A service of many machines may know a new task on one of them before the others do."""

STORE = "ws.esxscloud.com"


@dataclass
class Sent:
    """One create whose bytes have left its sender, whatever became of them."""

    number: int
    call: str
    process: str
    key: str
    prompt: str
    size: str
    count: int
    points: int
    sent_at: float
    wall_at: float
    fate: str = ""
    arrived_at: float | None = None
    accepted: bool = False
    task_id: str | None = None
    refused: bool = False
    """A definite no has reached a living sender: nothing was charged."""
    answered: bool = False
    """The task id has reached a living sender."""

    def told(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Job:
    """One task that was accepted."""

    task_id: str
    sent: Sent
    made_at: float
    seconds: float
    fate: str
    looks: int = 0
    medias: list[str] = field(default_factory=list)


@lru_cache(maxsize=16)
def picture(size: str, ratio: str) -> bytes:
    """Return a picture of the size that was paid for; of one colour, so that it is quickly read."""
    wide, high = (int(part) for part in ratio.split(":"))
    side = PIXELS[size]
    width = round(side * (wide / high) ** 0.5)
    out = io.BytesIO()
    Image.new("1", (width, round(width * high / wide)), 1).save(out, "PNG")
    return out.getvalue()


class Ima:
    """The service and its books."""

    def __init__(self, chance: Chance, earth: Callable[[], float]) -> None:
        self.sent: list[Sent] = []
        self.jobs: dict[str, Job] = {}
        self.dearer = 0
        self.fates: dict[str, float] = {}
        self._chance, self._earth = chance, earth

    # --- answers: (HTTP status, body) ---

    def products(self, task_type: str) -> tuple[int, bytes]:
        leaves = [self._leaf(model, task_type) for model in POINTS]
        return self.yes([{"id": "nb", "type": "2", "name": "Nano Banana", "children": leaves}])

    def _leaf(self, model: str, task_type: str) -> dict[str, Any]:
        def tags(name: str, first: str, options: Any) -> dict[str, Any]:
            listed = [{"label": one, "value": one} for one in options]
            return {"type": "tags", "field": name, "label": name, "value": first, "options": listed, "level": 1}

        rules = [
            {"attribute_id": self.attribute(model, size), "points": points, "attributes": {"size": size}}
            for size, points in self.prices(model).items()
        ]
        form = [tags("aspect_ratio", "1:1", RATIOS), tags("size", "1K", POINTS[model])]
        tag = {"tag_type": "EET", "tag_value": "20~35s"}
        return {
            "id": f"{model}-preview",
            "type": "3",
            "name": NAMES[model],
            "model_id": model,
            "tags": [tag],
            "category_code": task_type,
            "form_config": form,
            "credit_rules": rules,
        }

    def prices(self, model: str) -> dict[str, int]:
        return {size: points + self.dearer for size, points in POINTS[model].items()}

    def attribute(self, model: str, size: str) -> int:
        """The id of a price changes with the price, as the author's documents say."""
        return 1000 * (1 + list(POINTS).index(model)) + 10 * list(PIXELS).index(size) + self.dearer

    def yes(self, data: Any) -> tuple[int, bytes]:
        return 200, json.dumps({"code": 0, "message": "ok", "data": data, "timestamp": int(self._earth())}).encode()

    def no(self, code: int, message: str, status: int = 200) -> tuple[int, bytes]:
        return status, json.dumps({"code": code, "message": message, "timestamp": int(self._earth())}).encode()

    def create(self, sent: Sent, body: bytes) -> tuple[int, bytes]:
        """Book a create that has arrived, or refuse it in words."""
        sent.arrived_at = self._earth()
        outer = json.loads(body)["parameters"][0]
        inner, model, size = outer["parameters"], outer["model_id"], outer["parameters"]["size"]
        wanted = self.prices(model)[size]
        if outer["credit"] != wanted or inner["cast"]["points"] != wanted:
            return self.no(6006, "points calculation error")
        if outer["attribute_id"] != self.attribute(model, size):
            return self.no(6010, "attribute mismatch")
        number = len(self.jobs) + 1
        chance = self._chance.one(f"task {sent.call} {number}")
        fate = next((name for name, rate in self.fates.items() if chance.random() < rate), "made")
        seconds = chance.uniform(8.0, 40.0) * (12.0 if fate == "slow" else 1.0)
        sent.accepted, sent.task_id = True, f"task{number:04d}{chance.getrandbits(48):012x}"
        sent.points = wanted * sent.count
        ratio = inner["aspect_ratio"]
        job = Job(sent.task_id, sent, self._earth(), seconds, fate)
        job.medias = [f"https://{STORE}/{job.task_id}/{n}/{size}/{ratio.replace(':', 'x')}" for n in range(sent.count)]
        self.jobs[job.task_id] = job
        return self.yes({"id": job.task_id, "biz_id": f"biz{number}", "medias": []})

    def state(self, job: Job) -> list[str]:
        """Return how each picture of a task ends, or ended."""
        if job.fate == "fails":
            return ["failed"] * job.sent.count
        if job.fate == "partial" and job.sent.count > 1:
            return ["done"] * (job.sent.count - 1) + ["failed"]
        return ["done"] * job.sent.count

    def detail(self, task_id: str) -> tuple[int, bytes]:
        job = self.jobs.get(task_id)
        if job is None:
            return self.yes(None)
        job.looks += 1
        if job.fate == "shy" and self._earth() < job.made_at + SHY_SECONDS:
            return self.yes(None)
        ended = self._earth() >= job.made_at + job.seconds
        if not ended:
            running = {"resource_status": None if job.looks % 2 else 0, "status": "processing", "url": None}
            return self.yes({"id": task_id, "medias": [running] * job.sent.count})
        medias = [self._media(job, url, state) for url, state in zip(job.medias, self.state(job), strict=True)]
        return self.yes({"id": task_id, "medias": medias})

    def _media(self, job: Job, url: str, state: str) -> dict[str, Any]:
        if state == "failed":
            return {"resource_status": 2, "status": "failed", "url": None, "error_msg": "the model failed"}
        return {"resource_status": 1, "status": "success", "url": url, "cover_url": url}

    def stored(self, path: str) -> bytes | None:
        """Return the picture at a path of the store."""
        parts = path.strip("/").split("/")
        if len(parts) != 4 or parts[0] not in self.jobs:
            return None
        return picture(parts[2], parts[3].replace("x", ":"))

    def calm(self) -> None:
        """Let everything that runs end soon."""
        self.fates = {}
        for job in self.jobs.values():
            job.seconds = min(job.seconds, max(1.0, self._earth() - job.made_at + 10.0))
