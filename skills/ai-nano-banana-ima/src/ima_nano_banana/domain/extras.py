"""``--extra-params``: a JSON object of form fields, with nothing in it that belongs to the program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN = ("size", "aspect_ratio", "n")
"""The fields that every Nano Banana form has, and the count."""

_OWNED = frozenset(
    (
        *("prompt", "input_images", "cast", "credit", "points", "attribute_id", "app", "platform", "category"),
        *("task_type", "parameters", "src_img_url", "upload_img_src", "src_image", "src_video", "src_audio"),
        "enable_multi_model",
    )
)


def parse_extra(text: str | None) -> dict[str, object]:
    """Read the value of ``--extra-params``.

    Raises:
        UsageFault: not a JSON object, or one that names a field twice.
    """
    if text is None:
        return {}
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise UsageFault("usage.extra_json") from None
    if not isinstance(value, dict):
        raise UsageFault("usage.extra_json")
    return value


def fields(extra: Mapping[str, object]) -> dict[str, str]:
    """Return the extra fields as trimmed text under lower-case names.

    Raises:
        UsageFault: an owned key, a value that is not a scalar, or one field in two spellings.
    """
    found: dict[str, str] = {}
    for key, value in extra.items():
        name = key.strip().lower()
        if name in _OWNED or name.startswith("model"):
            raise UsageFault("usage.owned_key", key=key, known=KNOWN)
        if name in found:
            raise UsageFault("usage.extra_twice", key=name)
        found[name] = _scalar(key, value)
    return found


def _scalar(key: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip() if isinstance(value, (str, int, float)) else ""
    if not text:
        raise UsageFault("usage.extra_value", key=key)
    return text


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError
