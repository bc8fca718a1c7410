"""The least client that can talk to the sandbox. It knows the contract and nothing of the program."""

from __future__ import annotations

import copy
import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ima_nano_banana.sandbox import SANDBOX_KEY

if TYPE_CHECKING:
    import httpx2

    from ima_nano_banana.sandbox.story import Job

API = "https://api.imastudio.com/open/v1"
TOKEN_URL = "https://imapi.liveme.com/api/rest/oss/getuploadtoken"
FLASH = ("gemini-3.1-flash-image", "gemini-3.1-flash-image-preview", "Nano Banana 2")
PRO = ("gemini-3-pro-image", "gemini-3-pro-image-preview", "Nano Banana Pro")


@dataclass
class Clock:
    """Time that passes only when a test says so, or when something waits."""

    now: float = 1_790_000_000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@dataclass
class Client:
    """Sends what the contract describes and returns what came back, unjudged."""

    http: httpx2.AsyncClient
    key: str = SANDBOX_KEY

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}", "x-app-source": "ima_skills"}

    async def list(self, category: str = "text_to_image", **query: str) -> httpx2.Response:
        params = {"app": "ima", "platform": "web", "category": category} | query
        return await self.http.get(f"{API}/product/list", params=params, headers=self.headers)

    async def create(self, body: dict[str, Any]) -> httpx2.Response:
        return await self.http.post(f"{API}/tasks/create", json=body, headers=self.headers)

    async def look(self, task_id: str) -> httpx2.Response:
        return await self.http.post(f"{API}/tasks/detail", json={"task_id": task_id}, headers=self.headers)

    async def made(self, body: dict[str, Any] | None = None) -> str:
        return str((await self.create(body or order())).json()["data"]["id"])

    async def medias(self, task_id: str) -> list[dict[str, Any]]:
        return list((await self.look(task_id)).json()["data"]["medias"])

    async def token(self, **changes: str) -> httpx2.Response:
        return await self.http.post(TOKEN_URL, data=token_form(self.key) | changes)

    async def upload(self, data: bytes, content_type: str = "image/png") -> str:
        token = (await self.token(fContentType=content_type)).json()["data"]
        put = await self.http.put(token["ful"], content=data, headers={"content-type": content_type})
        assert put.status_code == 200
        return str(token["fdl"])


def token_form(key: str) -> dict[str, str]:
    stamp, nonce = "1790000000", "a" * 21
    sign = hashlib.sha1(f"webAgent|32jdskjdk320eew|{stamp}|{nonce}".encode()).hexdigest().upper()
    return {
        "appUid": key,
        "appId": "webAgent",
        "appKey": "32jdskjdk320eew",
        "cmimToken": key,
        "sign": sign,
        "timestamp": stamp,
        "nonce": nonce,
        "fService": "privite",
        "fType": "picture",
        "fSuffix": "png",
        "fContentType": "image/png",
    }


def order(
    prompt: str = "a cat on the moon",
    *,
    model: tuple[str, str, str] = FLASH,
    size: str = "1K",
    attribute_id: int = 4401,
    credit: int = 6,
    n: int = 1,
    images: tuple[str, ...] = (),
    **inner: object,
) -> dict[str, Any]:
    """Return a create body as the contract describes it (section 5)."""
    category = "image_to_image" if images else "text_to_image"
    return {
        "task_type": category,
        "enable_multi_model": False,
        "src_img_url": list(images),
        "parameters": [
            {
                "attribute_id": attribute_id,
                "model_id": model[0],
                "model_version": model[1],
                "model_name": model[2],
                "app": "ima",
                "platform": "web",
                "category": category,
                "credit": credit,
                "parameters": {
                    "prompt": prompt,
                    "n": n,
                    "input_images": list(images),
                    "cast": {"points": credit, "attribute_id": attribute_id},
                    "size": size,
                    "aspect_ratio": "1:1",
                    **inner,
                },
            }
        ],
    }


def changed(path: str, value: object, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a create body with one field changed; ``path`` has dots, ``None`` removes the field."""
    body = copy.deepcopy(body or order())
    *way, last = path.split(".")
    place: Any = body
    for name in way:
        place = place[int(name)] if name.isdigit() else place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return body


def square(job: Job, index: int, inputs: object) -> tuple[bytes, str]:
    """Draw the cheapest picture of the right size."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", job.pixels, (20 * index, 90, 200)).save(out, "JPEG" if job.suffix == "jpg" else "PNG")
    return out.getvalue(), "image/jpeg" if job.suffix == "jpg" else "image/png"
