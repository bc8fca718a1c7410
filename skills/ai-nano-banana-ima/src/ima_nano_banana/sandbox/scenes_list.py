"""Faults of the product list, and lists that are legal but not what a client expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import answers
from ima_nano_banana.sandbox.catalogue import FLASH, MODELS, PRO, Node, Tree, leaf, leaves, rule, tag_field
from ima_nano_banana.sandbox.scene import Scene
from ima_nano_banana.sandbox.scene_parts import code, done_then_dripped, drop, elsewhere, late, page, retry_at, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.sandbox.asgi import Response
    from ima_nano_banana.sandbox.call import Call

_SECOND_VERSION = FLASH.model_id


def _ours(tree: Tree) -> list[Node]:
    return [node for node in leaves(tree) if node["model_id"] in {one.model_id for one in MODELS}]


def _each_rule(tree: Tree, change: Callable[[Node], None]) -> Tree:
    for node in _ours(tree):
        for entry in node["credit_rules"]:
            change(entry)
    return tree


def _dearer_by(points: int) -> Callable[[Tree, str], Tree]:
    """Prices that are ``points`` above those of the standard list."""

    def change(entry: Node) -> None:
        entry["points"] += points

    return lambda tree, _: _each_rule(tree, change)


def _rotated_ids(tree: Tree, _: str) -> Tree:
    """Attribute ids of yesterday: each belongs to another size today."""
    for node in _ours(tree):
        ids = [entry["attribute_id"] for entry in node["credit_rules"]]
        for entry, attribute_id in zip(node["credit_rules"], ids[1:] + ids[:1], strict=True):
            entry["attribute_id"] = attribute_id
    return tree


def _gone_ids(tree: Tree, _: str) -> Tree:
    """Attribute ids that no longer exist."""

    def change(entry: Node) -> None:
        entry["attribute_id"] += 100_000

    return _each_rule(tree, change)


def _numeric_types(tree: Tree, _: str) -> Tree:
    def walk(nodes: Tree) -> None:
        for node in nodes:
            node["type"] = int(node["type"])
            walk(node.get("children") or [])

    walk(tree)
    return tree


def _second_leaf(extra: int) -> Callable[[Tree, str], Tree]:
    """Another version of flash, ``extra`` points dearer, at the end of its group."""

    def change(tree: Tree, category: str) -> Tree:
        second = leaf(FLASH, category, _eet(tree)) | {"id": _SECOND_VERSION}
        for entry in second["credit_rules"]:
            entry["points"] += extra
            entry["attribute_id"] += 1000
        tree[-1]["children"].append(second)
        return tree

    return change


def _eet(tree: Tree) -> str:
    return next(str(tag["tag_value"]) for tag in _ours(tree)[0]["tags"] if tag["tag_type"] == "EET")


def _reordered(tree: Tree, _: str) -> Tree:
    for node in _ours(tree):
        node["credit_rules"].reverse()
        node["form_config"].reverse()
    tree.reverse()
    return tree


def _virtual(tree: Tree, _: str) -> Tree:
    """Size becomes what the user sees; what is sent and priced is a ``resolution`` behind it."""
    for node in _ours(tree):
        sizes = tuple(entry["attributes"]["size"] for entry in node["credit_rules"])
        sent = {size: size.lower().replace("px", "") for size in sizes}
        for entry in node["credit_rules"]:
            entry["attributes"] = {"resolution": sent[entry["attributes"]["size"]]}
        node["form_config"] = [field for field in node["form_config"] if field["field"] != "size"]
        node["form_config"].append(_virtual_field(sizes, sent))
    return tree


def _virtual_field(sizes: tuple[str, ...], sent: dict[str, str]) -> Node:
    return tag_field("resolution", "Quality", sent["1K"], ()) | {
        "is_ui_virtual": True,
        "ui_params": [tag_field("size", "Quality", "1K", sizes) | {"required": True}],
        "value_mapping": {
            "type": "simple",
            "source_params": ["size"],
            "target_param": "resolution",
            "mapping_rules": [
                {"source_values": {"size": size}, "target_param": "resolution", "target_value": sent[size]}
                for size in sizes
            ],
        },
    }


def _other_key(tree: Tree, _: str) -> Tree:
    """Prices depend on a second parameter; the cheaper standard quality is the default."""
    for node in _ours(tree):
        node["form_config"].append(tag_field("quality", "Render", "standard", ("standard", "high")))
        high = [
            rule(entry["attribute_id"] + 500, entry["points"] + 7, entry["attributes"] | {"quality": "high"})
            for entry in node["credit_rules"]
        ]
        for entry in node["credit_rules"]:
            entry["attributes"]["quality"] = "standard"
        node["credit_rules"] = high + node["credit_rules"]
    return tree


def _default_rule(tree: Tree, _: str) -> Tree:
    for node in _ours(tree):
        node["credit_rules"].insert(0, rule(4499, 3, {"default": "enabled"}))
    return tree


def _no_price_for_4k(tree: Tree, _: str) -> Tree:
    for node in _ours(tree):
        node["credit_rules"] = [entry for entry in node["credit_rules"] if entry["attributes"]["size"] != "4K"]
    return tree


def _odd_attributes(tree: Tree, _: str) -> Tree:
    """Rules without conditions beside the good ones, and a leaf without anything."""
    for node in _ours(tree):
        node["credit_rules"].append(rule(4498, 1, {}) | {"attributes": None})
    tree.append({"id": "bare", "type": "3", "model_id": "bare", "name": None})
    return tree


def _without_pro(tree: Tree, _: str) -> Tree:
    for group in tree:
        group["children"] = [node for node in group["children"] if node["model_id"] != PRO.model_id]
    return tree


def _string_code(call: Call, answer: Response) -> Response:
    return call.answer(answers.data_of(answer), "0")


def _other_default(field: str, value: str) -> Callable[[Tree, str], Tree]:
    """The same list, but what nobody asked for is something else now."""

    def change(tree: Tree, _: str) -> Tree:
        for node in _ours(tree):
            for entry in node["form_config"]:
                if entry["field"] == field and value in [option["value"] for option in entry["options"]]:
                    entry["value"] = value
        return tree

    return change


def _without_second(tree: Tree, _: str) -> Tree:
    for group in tree:
        group["children"] = [node for node in group["children"] if node["id"] != _SECOND_VERSION]
    return tree


_REFUSED_ONCE = Scene("version-changes", "create", code(6009, "no rule matches the parameters"), first=1)


def _read_anew(name: str, shown: Callable[[Tree, str], Tree]) -> Scene:
    """A create is refused as stale, and the list that is read then is another one."""
    refused = Scene(name, "create", code(6009, "no rule matches the parameters"), first=1)
    return Scene(name, "list", shown=shown, skip=1, also=(refused,))


LIST_SCENES = (
    Scene("stale-catalogue", "list", shown=_rotated_ids, first=1),
    Scene("stale-attribute", "list", shown=_gone_ids, first=1),
    Scene("stale-price", "list", shown=_dearer_by(1), first=1),
    Scene("dearer", "list", shown=_dearer_by(-5), true=_dearer_by(5), first=1),
    _read_anew("default-size-changes", _other_default("size", "512px")),
    _read_anew("default-ratio-changes", _other_default("aspect_ratio", "16:9")),
    Scene("version-changes", "list", true=_second_leaf(0), shown=_without_second, first=1, also=(_REFUSED_ONCE,)),
    Scene("list-429-once", "list", status(429, retry_after="1"), first=1),
    Scene("list-429-date", "list", retry_at(429, 1), first=1),
    Scene("list-429-long", "list", status(429, retry_after="3600")),
    Scene("list-429-odd", "list", status(429, retry_after="soon"), first=1),
    Scene("list-502-once", "list", status(502), first=1),
    Scene("list-drop-once", "list", drop, first=1),
    Scene("list-down", "list", status(503)),
    Scene("list-slow", "list", late),
    Scene("list-drip", "list", after=done_then_dripped),
    Scene("list-html", "list", page()),
    Scene("list-401", "list", code(401, "Invalid or unauthorized API key", 401)),
    Scene("list-redirect", "list", elsewhere(302)),
    Scene("list-numeric-types", "list", after=_string_code, shown=_numeric_types),
    Scene("list-two-leaves", "list", true=_second_leaf(93)),
    Scene("list-two-leaves-same-price", "list", true=_second_leaf(0)),
    Scene("list-reordered", "list", true=_reordered),
    Scene("list-virtual", "list", true=_virtual),
    Scene("list-other-key", "list", true=_other_key),
    Scene("list-default-rule", "list", true=_default_rule),
    Scene("list-no-price", "list", true=_no_price_for_4k),
    Scene("list-odd", "list", shown=_odd_attributes),
    Scene("list-without-pro", "list", true=_without_pro),
    Scene("list-empty", "list", shown=lambda *_: []),
    Scene("list-null", "list", lambda call: call.answer(None)),
    Scene("huge-answer", "list", lambda _: answers.huge()),
    Scene("deep-answer", "list", lambda _: answers.deep()),
)
