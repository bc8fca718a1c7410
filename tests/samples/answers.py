"""Answers of the service in the shapes that the contract describes, and the quote that they answer.

One folder for each case: ``<status>.json`` holds the headers, ``body`` the bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

from ima_nano_banana.domain.model import FLASH, Field, Offer, Quote, Reservation, Rule

KEY = "ima_a_test_key_of_no_value"
HERE = Path(__file__).parent

OFFER = Offer(
    task_type="text_to_image",
    model_id=FLASH,
    version_id="gemini-3.1-flash-image-preview",
    name="Nano Banana 2",
    fields=(
        Field("aspect_ratio", "1:1", ("1:1", "16:9"), "aspect_ratio"),
        Field("size", "1K", ("512px", "1K", "2K", "4K"), "size"),
    ),
    rules=(Rule(4401, 6, {"size": "1K"}),),
    eet=(20.0, 35.0),
)
QUOTE = Quote(
    offer=OFFER,
    rule=OFFER.rules[0],
    parameters={"aspect_ratio": "16:9", "size": "1K"},
    size="1K",
    aspect_ratio="16:9",
    count=2,
)


def reservation(claimed_at: float = 0.0) -> Reservation:
    return Reservation(item_id="item-1", attempt=1, credit=QUOTE.credit, claimed_at=claimed_at)


def sample(case: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a recorded shape."""
    folder = HERE / case
    (head,) = folder.glob("*.json")
    return int(head.stem), json.loads(head.read_text(encoding="utf-8")), (folder / "body").read_bytes()
