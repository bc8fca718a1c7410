"""The product list as it was captured live (both models, both task types), and short ways to ask it things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ima_nano_banana.domain import offers
from ima_nano_banana.domain.model import IMAGE_TO_IMAGE, TEXT_TO_IMAGE, Quote, Request, Wish
from ima_nano_banana.domain.request import resolve

SAMPLE = Path(__file__).parents[1] / "samples" / "catalogue.json"

# Size -> (attribute for text_to_image, attribute for image_to_image, points), as captured.
PRICES = {
    "gemini-3.1-flash-image": {
        "512px": (4400, 4404, 4),
        "1K": (4401, 4405, 6),
        "2K": (4402, 4406, 10),
        "4K": (4403, 4407, 13),
    },
    "gemini-3-pro-image": {"1K": (2399, 2402, 10), "2K": (2400, 2403, 10), "4K": (2401, 2404, 18)},
}


def catalogue(task_type: str = TEXT_TO_IMAGE) -> Any:
    """Return a fresh copy that a test may spoil."""
    return json.loads(SAMPLE.read_text(encoding="utf-8"))[task_type]


def leaf(tree: Any, model_id: str = "gemini-3.1-flash-image") -> Any:
    """Return the leaf of a model inside ``tree``."""
    return next(node for node in siblings(tree) if node["model_id"] == model_id)


def siblings(tree: Any) -> Any:
    """Return the list of Nano Banana leaves inside ``tree``."""
    return tree[0]["children"][1]["children"]


def request(task_type: str = TEXT_TO_IMAGE, **wish: Any) -> Request:
    """Resolve a wish that has a prompt, and a picture where the task type needs one."""
    images = ("photo.jpg",) if task_type == IMAGE_TO_IMAGE else ()
    return resolve(Wish(**{"prompt": "a banana", "images": images, "task_type": task_type, **wish}))


def quote(tree: Any = None, task_type: str = TEXT_TO_IMAGE, **wish: Any) -> Quote:
    """Price a wish on ``tree``, or on the list as captured."""
    return offers.quote(catalogue(task_type) if tree is None else tree, request(task_type, **wish))
