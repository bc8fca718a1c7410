"""The product tree becomes offers, whatever types its fields come in (contract, section 4).

Nothing here raises: what can't be read is left out, and a price that can't be read is no price.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Field, Offer, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEPTH = 32
_LEAF_PARTS = frozenset(("form_config", "credit_rules", "tags", "files"))
# Far above any price; a larger number is a mistake, and no database column holds it.
_MOST = 2**53
_MOST_SECONDS = 3600
_MOST_IMAGES = 14
_SPAN = re.compile(
    r"(\d{1,5}(?:\.\d{1,3})?)(?:\s*(?:[~～\-–—至]|to)\s*(\d{1,5}(?:\.\d{1,3})?))?\s*([a-z分]*)", re.IGNORECASE
)
_MINUTES = ("m", "min", "mins", "minute", "minutes", "分", "分钟")


def read_catalogue(data: object, task_type: str) -> tuple[Offer, ...]:
    """Return every leaf that has an id, a model id and at least one usable price, in the tree's order.

    Args:
        data: The ``data`` of the product list's answer.
        task_type: The category that was asked for.
    """
    return tuple(offer for node in _nodes(data) if (offer := _offer(node, task_type)) is not None)


def fold(value: str) -> str:
    """Return a value as the service compares it: trimmed and upper-cased (contract, 4.2)."""
    return value.strip().upper()


def _nodes(data: object) -> Iterator[Mapping[object, object]]:
    """Yield every object of the tree in document order, without recursion: the depth is the server's choice."""
    waiting: list[tuple[object, int]] = [(data, 0)]
    while waiting:
        node, depth = waiting.pop()
        below: list[object] = []
        if isinstance(node, dict):
            yield node
            below = [part for key, part in node.items() if key not in _LEAF_PARTS]
        elif isinstance(node, list):
            below = node
        if depth < _DEPTH:
            waiting.extend((part, depth + 1) for part in reversed(below) if isinstance(part, (dict, list)))


def _offer(node: Mapping[object, object], task_type: str) -> Offer | None:
    # "2" is a group, "3" a leaf; a newer type with prices of its own is taken for a leaf too.
    if _text(node.get("type")) in ("1", "2"):
        return None
    model_id, version_id = _text(node.get("model_id")), _text(node.get("id"))
    rules = tuple(rule for entry in _list(node.get("credit_rules")) if (rule := _rule(entry)) is not None)
    if not (model_id and version_id and rules):
        return None
    least, most = _image_limits(_dict(node.get("files")))
    return Offer(
        task_type=task_type,
        model_id=model_id,
        version_id=version_id,
        name=_text(node.get("name")) or model_id,
        fields=tuple(field for entry in _list(node.get("form_config")) for field in _fields(_dict(entry))),
        rules=rules,
        eet=_eet(node.get("tags")),
        min_images=least,
        max_images=most,
    )


def _rule(entry: object) -> Rule | None:
    node = _dict(entry)
    attribute_id, points = _whole(node.get("attribute_id")), _whole(node.get("points"))
    attributes = node.get("attributes")
    if not attribute_id or points is None or not isinstance(attributes, dict):
        return None
    conditions = {str(key): _scalar(value) for key, value in attributes.items()}
    if None in conditions.values():
        return None
    return Rule(attribute_id, points, {key: value for key, value in conditions.items() if value is not None})


def _fields(node: Mapping[object, object]) -> Iterator[Field]:
    name = _text(node.get("field"))
    if not name:
        return
    if node.get("is_ui_virtual") is not True:
        yield Field(name, _scalar(node.get("value")), _options(node), name)
        return
    mapping = _dict(node.get("value_mapping"))
    target = _text(mapping.get("target_param")) or name
    rules = tuple(rule for entry in _list(mapping.get("mapping_rules")) if (rule := _mapping_rule(entry)) is not None)
    for entry in map(_dict, _list(node.get("ui_params"))):
        if shown := _text(entry.get("field")):
            yield Field(shown, _scalar(entry.get("value")), _options(entry), target, rules, _scalar(node.get("value")))


def _mapping_rule(entry: object) -> tuple[Mapping[str, str], str] | None:
    node = _dict(entry)
    sources = {str(key).lower(): _scalar(value) for key, value in _dict(node.get("source_values")).items()}
    target = _scalar(node.get("target_value"))
    if target is None or not sources or None in sources.values():
        return None
    return {key: value for key, value in sources.items() if value is not None}, target


def _options(node: Mapping[object, object]) -> tuple[str, ...]:
    values = (entry.get("value") if isinstance(entry, dict) else entry for entry in _list(node.get("options")))
    return tuple(dict.fromkeys(text for value in values if (text := _scalar(value))))


def _image_limits(files: Mapping[object, object]) -> tuple[int, int]:
    least, most = _whole(files.get("minLimit")), _whole(files.get("maxLimit"))
    least = 1 if least is None else least
    most = _MOST_IMAGES if most is None else min(most, _MOST_IMAGES)
    return (least, most) if 0 < least <= most else (1, _MOST_IMAGES)


def _eet(tags: object) -> tuple[float, float] | None:
    """Read the expected elapsed time, such as ``20~35s``, in seconds."""
    for tag in map(_dict, _list(tags)):
        if _text(tag.get("tag_type")).upper() != "EET":
            continue
        found = _SPAN.match(_text(tag.get("tag_value")))
        if found:
            unit = 60.0 if found[3].lower() in _MINUTES else 1.0
            low, high = float(found[1]) * unit, float(found[2] or found[1]) * unit
            return (low, high) if 0 < low <= high <= _MOST_SECONDS else None
    return None


def _scalar(value: object) -> str | None:
    """Return a JSON scalar as text in its own spelling; ``None`` for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST:
        return str(int(value))
    if isinstance(value, int) and abs(value) > _MOST:
        return None
    if isinstance(value, str):
        return value if _is_text(value) else None
    return str(value) if isinstance(value, (int, float)) else None


def _text(value: object) -> str:
    return (_scalar(value) or "").strip()


def _is_text(value: str) -> bool:
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in value)


def _whole(value: object) -> int | None:
    """Return a non-negative whole number, also one that is written as text."""
    text = "" if isinstance(value, bool) else _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> Mapping[object, object]:
    return value if isinstance(value, dict) else {}
