"""The product list, shaped like the live one (captured about 2026-04): both models, both categories.

Everything is built anew for each request, so that a scene may change its copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]
Tree = list[Node]

CATEGORIES = {"text_to_image": "文生图", "image_to_image": "图生图"}

_WIDE = ("1:1", "1:4", "1:8", "2:3", "3:2", "3:4", "4:1", "4:3", "4:5", "5:4", "8:1", "9:16", "16:9", "21:9")
_PLAIN = ("1:1", "3:2", "2:3", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")


@dataclass(frozen=True, slots=True)
class Model:
    """One model as the live list describes it: ``prices`` maps a size to points and attribute ids.

    ``suffix`` is the format that its pictures come in.
    """

    model_id: str
    version: str
    name: str
    eet: str
    range: str
    ratios: tuple[str, ...]
    prices: dict[str, tuple[int, dict[str, int]]]
    suffix: Literal["png", "jpg"] = "png"


def _ids(text: int, image: int) -> dict[str, int]:
    return {"text_to_image": text, "image_to_image": image}


FLASH = Model(
    model_id="gemini-3.1-flash-image",
    version="gemini-3.1-flash-image-preview",
    name="Nano Banana 2",
    eet="20~35s",
    range="4~13",
    ratios=_WIDE,
    prices={
        "512px": (4, _ids(4400, 4404)),
        "1K": (6, _ids(4401, 4405)),
        "2K": (10, _ids(4402, 4406)),
        "4K": (13, _ids(4403, 4407)),
    },
)
PRO = Model(
    model_id="gemini-3-pro-image",
    version="gemini-3-pro-image-preview",
    name="Nano Banana Pro",
    eet="25~45s",
    range="10~18",
    ratios=_PLAIN,
    suffix="jpg",
    prices={"1K": (10, _ids(2399, 2402)), "2K": (10, _ids(2400, 2403)), "4K": (18, _ids(2401, 2404))},
)

MODELS = (FLASH, PRO)


def suffix_of(model_id: str) -> Literal["png", "jpg"]:
    """Return the format that a model's pictures come in."""
    return next((one.suffix for one in MODELS if one.model_id == model_id), "png")


def tree(category: str, eet: str | None) -> Tree:
    """Return the list for ``category``; ``eet`` replaces the models' own expected time."""
    if category not in CATEGORIES:
        return []
    group = _group("nano-banana", "Nano Banana")
    group["children"] = [leaf(model, category, eet) for model in MODELS]
    other = _group("seedream", "SeeDream")
    other["children"] = [_foreign_leaf(category)]
    return [other, group]


def leaves(nodes: Tree) -> Iterator[Node]:
    """Yield the model versions of a tree, whatever its depth and whatever the spelling of their type."""
    for node in nodes:
        if str(node.get("type")) == "3":
            yield node
        yield from leaves(node.get("children") or [])


def leaf(model: Model, category: str, eet: str | None) -> Node:
    """Return one model version of the list."""
    node: Node = {
        "id": model.version,
        "parent_id": "nano-banana",
        "type": "3",
        "name": model.name,
        "icon": "https://ima.esxscloud.com/sandbox/icons/nano-banana.png",
        "model_id": model.model_id,
        "tags": [
            {"tag_type": "feature", "tag_value": "4K"},
            {"tag_type": "EET", "tag_value": eet or model.eet},
            {"tag_type": "point", "tag_value": model.range},
        ],
        "model_types": list(CATEGORIES),
        "description": "Native image generation and editing",
        "category_code": category,
        "category_name": CATEGORIES[category],
        "form_config": [
            tag_field("aspect_ratio", "Aspect ratio", "1:1", model.ratios),
            tag_field("size", "Quality", "1K", tuple(model.prices)),
        ],
        "credit_rules": [rule(ids[category], points, {"size": size}) for size, (points, ids) in model.prices.items()],
        "sort": 10,
        "children": None,
    }
    if category == "image_to_image":
        node["files"] = {
            "component": "card",
            "acceptType": ["image/jpg,png"],
            "category": category,
            "minLimit": 1,
            "maxLimit": 14,
        }
    return node


def rule(attribute_id: int, points: int, attributes: dict[str, str]) -> Node:
    """Return one price."""
    return {"attribute_id": attribute_id, "points": points, "origin_point": points, "attributes": attributes}


def tag_field(field: str, label: str, value: str, options: tuple[str, ...]) -> Node:
    """Return one parameter that is chosen from a row of options."""
    return {
        "type": "tags",
        "field": field,
        "label": label,
        "description": "",
        "value": value,
        "options": [{"label": option, "value": option} for option in options],
        "level": 1,
        "is_ui_virtual": False,
    }


def _group(node_id: str, name: str) -> Node:
    return {
        "id": node_id,
        "parent_id": "0",
        "type": "2",
        "name": name,
        "icon": "https://ima.esxscloud.com/sandbox/icons/group.png",
        "model_id": "",
        "tags": [],
        "description": "",
        "credit_rules": None,
        "form_config": None,
    }


def _foreign_leaf(category: str) -> Node:
    """A model that is none of our business, with the virtual field that it has in the live list."""
    size = {
        "type": "tags",
        "field": "size",
        "label": "Size",
        "value": "2048x2048",
        "options": [],
        "level": 1,
        "is_ui_virtual": True,
        "ui_params": [tag_field("aspect_ratio", "Aspect ratio", "1:1", ("1:1", "16:9"))],
        "value_mapping": {
            "type": "simple",
            "source_params": ["aspect_ratio"],
            "target_param": "size",
            "mapping_rules": [
                {"source_values": {"aspect_ratio": "1:1"}, "target_value": "2048x2048"},
                {"source_values": {"aspect_ratio": "16:9"}, "target_value": "2560x1440"},
            ],
        },
    }
    return {
        "id": "doubao-seedream-4-5-251128",
        "parent_id": "seedream",
        "type": "3",
        "name": "SeeDream 4.5",
        "model_id": "doubao-seedream-4.5",
        "tags": [{"tag_type": "EET", "tag_value": "15~30s"}],
        "model_types": list(CATEGORIES),
        "category_code": category,
        "category_name": CATEGORIES[category],
        "form_config": [size],
        "credit_rules": [rule(2341, 5, {"default": "enabled"})],
    }
