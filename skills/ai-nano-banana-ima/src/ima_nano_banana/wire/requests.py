"""Each HTTP request that the program sends, built from values (contract, sections 2 and 4 to 7).

Hosts are constants on purpose: no flag, variable or answer can point the key elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ima_nano_banana import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.domain.model import Quote

API_HOST = "api.imastudio.com"
UPLOAD_HOST = "imapi.liveme.com"

APP = "ima"
PLATFORM = "web"
USER_AGENT = f"IMA-OpenAPI-Client/ima-nano-banana_{__version__}"

# Published by the service as a client id, the same for all users; no secret (contract, section 7.1).
UPLOAD_APP_ID = "webAgent"
UPLOAD_APP_KEY = "32jdskjdk320eew"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; ``content`` is ``None`` where it is streamed. Its ``repr`` shows nothing secret or signed."""

    method: str
    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    content: bytes | None = field(default=None, repr=False)


def product_list(task_type: str, key: str, language: str) -> HttpRequest:
    """Ask for the products of one task type. Free of charge."""
    query = urlencode({"app": APP, "platform": PLATFORM, "category": task_type})
    return HttpRequest("GET", f"https://{API_HOST}/open/v1/product/list?{query}", _headers(key, language))


def create(quote: Quote, prompt: str, image_urls: Sequence[str], key: str, language: str) -> HttpRequest:
    """Ask for pictures. **This is the request that charges.**"""
    return _post("/open/v1/tasks/create", create_body(quote, prompt, image_urls), key, language)


def detail(task_id: str, key: str, language: str) -> HttpRequest:
    """Ask how a task is doing. Free and read-only, though a POST."""
    return _post("/open/v1/tasks/detail", {"task_id": task_id}, key, language)


def create_body(quote: Quote, prompt: str, image_urls: Sequence[str]) -> dict[str, object]:
    """Return the JSON body of create.

    ``credit`` and ``cast`` carry the price of one picture even when ``n`` is larger; the gateway
    multiplies (contract, section 5). ``input_images`` stands twice because the service wants it mirrored.
    """
    offer, rule, urls = quote.offer, quote.rule, list(image_urls)
    inner: dict[str, object] = {
        **quote.parameters,
        "prompt": prompt,
        "n": quote.count,
        "input_images": urls,
        "cast": {"points": rule.points, "attribute_id": rule.attribute_id},
    }
    outer: dict[str, object] = {
        "attribute_id": rule.attribute_id,
        "model_id": offer.model_id,
        "model_name": offer.name,
        "model_version": offer.version_id,
        "app": APP,
        "platform": PLATFORM,
        "category": offer.task_type,
        "credit": rule.points,
        "parameters": inner,
    }
    return {"task_type": offer.task_type, "enable_multi_model": False, "src_img_url": urls, "parameters": [outer]}


def upload_token(key: str, suffix: str, content_type: str, timestamp: int, nonce: str) -> HttpRequest:
    """Ask where to put one picture.

    A POST form rather than the query of the older clients: an address gets written into logs, and this
    one would hold the key.

    Args:
        key: The API key; it identifies the account here, and there is no bearer header.
        suffix: File extension without dot.
        content_type: MIME type; the PUT must repeat it exactly.
        timestamp: Unix seconds.
        nonce: Twenty-one random characters.
    """
    signed = f"{UPLOAD_APP_ID}|{UPLOAD_APP_KEY}|{timestamp}|{nonce}"
    fields = {
        "appUid": key,
        "appId": UPLOAD_APP_ID,
        "appKey": UPLOAD_APP_KEY,
        "cmimToken": key,
        "sign": hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest().upper(),
        "timestamp": str(timestamp),
        "nonce": nonce,
        "fService": "privite",  # so spelled by the service
        "fType": "picture",
        "fSuffix": suffix,
        "fContentType": content_type,
    }
    return HttpRequest(
        "POST",
        f"https://{UPLOAD_HOST}/api/rest/oss/getuploadtoken",
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        urlencode(fields).encode(),
    )


def put(ful: str, content_type: str, length: int) -> HttpRequest:
    """Put ``length`` bytes where the ticket says. No key goes there; the address itself is signed."""
    return HttpRequest("PUT", ful, {"Content-Type": content_type, "Content-Length": str(length)})


def fetch(url: str, offset: int = 0) -> HttpRequest:
    """Get a picture, from byte ``offset`` on. No key goes there."""
    # Bytes are saved as received and their number is compared with Content-Length, so no compression.
    headers = {"Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    return HttpRequest("GET", url, headers)


def _post(path: str, body: dict[str, object], key: str, language: str) -> HttpRequest:
    content = json.dumps(body, separators=(",", ":")).encode("ascii")
    return HttpRequest("POST", f"https://{API_HOST}{path}", _headers(key, language), content)


def _headers(key: str, language: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "x-app-source": "ima_skills",
        "x_app_language": language,
    }
