"""Reading a create the way the service does: what is refused, and what the rest costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ima_nano_banana.sandbox.catalogue import CATEGORIES, Node, Tree, leaves

MOST_PICTURES = 10
"""Most pictures of one task. The real limit is unknown."""

_REQUIRED = ("attribute_id", "model_id", "model_name", "model_version", "app", "platform", "category", "credit")


class Refused(Exception):
    """An answer with a business code, and nothing billed."""

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True, slots=True)
class Order:
    """A create that the service would accept, if the account can pay ``points`` for each picture."""

    task_type: str
    model_id: str
    model_version: str
    size: str
    aspect_ratio: str
    count: int
    points: int
    prompt: str
    inputs: tuple[str, ...]


def read_order(body: object, tree: Tree) -> Order:
    """Check a create against the catalogue as it really is.

    Raises:
        Refused: with the code that the contract names for the mistake.
    """
    outer = _object(body, "body")
    task_type = outer.get("task_type")
    if task_type not in CATEGORIES:
        raise _bad("task_type")
    entry = _entry(outer, str(task_type))
    inner = _object(entry.get("parameters"), "parameters")
    leaf = _leaf(entry, tree)
    inputs = _inputs(outer, inner, leaf)
    chosen = _price(entry, inner, leaf)
    return Order(
        task_type=str(task_type),
        model_id=str(entry["model_id"]),
        model_version=str(entry["model_version"]),
        size=_size(leaf, inner),
        aspect_ratio=str(inner.get("aspect_ratio") or "1:1"),
        count=_count(inner),
        points=int(chosen["points"]),
        prompt=_prompt(inner),
        inputs=inputs,
    )


def _bad(what: str) -> Refused:
    return Refused(400, f"bad request: {what}", status=400)


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad(what)
    return value


def _entry(outer: dict[str, Any], task_type: str) -> dict[str, Any]:
    entries = outer.get("parameters")
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(outer.get("enable_multi_model"), bool):
        raise _bad("parameters")
    entry = _object(entries[0], "parameters")
    if not entry.get("attribute_id"):
        raise Refused(400, "Invalid product attribute")
    for name in _REQUIRED:
        if entry.get(name) in (None, ""):
            raise _bad(f"{name} is required")
    if entry["category"] != task_type or (entry["app"], entry["platform"]) != ("ima", "web"):
        raise _bad("category, app or platform")
    return entry


def _leaf(entry: dict[str, Any], tree: Tree) -> Node:
    for leaf in leaves(tree):
        if (leaf["id"], leaf["model_id"], leaf["name"]) == (
            entry["model_version"],
            entry["model_id"],
            entry["model_name"],
        ):
            return leaf
    raise _bad("unknown model")


def _inputs(outer: dict[str, Any], inner: dict[str, Any], leaf: Node) -> tuple[str, ...]:
    urls = inner.get("input_images")
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise _bad("input_images")
    if outer.get("src_img_url") != urls:
        raise _bad("src_img_url does not mirror input_images")
    files = leaf.get("files") or {"minLimit": 0, "maxLimit": 0}
    if not files["minLimit"] <= len(urls) <= files["maxLimit"]:
        raise _bad("number of input images")
    return tuple(urls)


def _prompt(inner: dict[str, Any]) -> str:
    prompt = inner.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise _bad("prompt is required")
    return prompt


def _count(inner: dict[str, Any]) -> int:
    count = inner.get("n")
    if type(count) is not int or not 1 <= count <= MOST_PICTURES:
        raise _bad("n")
    return count


def _price(entry: dict[str, Any], inner: dict[str, Any], leaf: Node) -> Node:
    """Find the rule that the parameters mean, and insist that the client meant the same."""
    _check_options(leaf, inner)
    _check_rule_keys(leaf, inner)
    chosen = _rule_for(leaf, inner)
    known = [rule["attribute_id"] for rule in leaf["credit_rules"]]
    if entry["attribute_id"] not in known:
        raise Refused(400, "Invalid product attribute")
    if entry["attribute_id"] != chosen["attribute_id"]:
        raise Refused(6010, "attribute_id does not match the computed rule")
    cast = inner.get("cast")
    repeated = {"points": entry["credit"], "attribute_id": entry["attribute_id"]}
    if entry["credit"] != chosen["points"] or cast != repeated:
        raise Refused(6006, "points calculation error")
    return chosen


def _check_options(leaf: Node, inner: dict[str, Any]) -> None:
    for field in leaf["form_config"]:
        options = {option["value"] for option in field.get("options") or []}
        if options and field["field"] in inner and str(inner[field["field"]]) not in options:
            raise _bad(f"{field['field']} is not an option")


def _check_rule_keys(leaf: Node, inner: dict[str, Any]) -> None:
    wanted = {key for rule in leaf["credit_rules"] for key in rule["attributes"] if key != "default"}
    if missing := sorted(wanted - set(inner)):
        raise Refused(6009, f"no rule matches the parameters: {', '.join(missing)} missing")


def _rule_for(leaf: Node, inner: dict[str, Any]) -> Node:
    fallback = None
    for rule in leaf["credit_rules"]:
        if "default" in rule["attributes"]:
            fallback = rule
        elif all(str(inner.get(key)) == value for key, value in rule["attributes"].items()):
            return dict(rule)
    if fallback is None:
        raise Refused(6009, "no rule matches the parameters")
    return dict(fallback)


def _size(leaf: Node, inner: dict[str, Any]) -> str:
    """The size in the words of the catalogue, also where a virtual field hides it."""
    for field in leaf["form_config"]:
        mapping = field.get("value_mapping") or {"mapping_rules": []}
        for mapped in mapping["mapping_rules"]:
            if inner.get(mapping["target_param"]) == mapped["target_value"] and "size" in mapped["source_values"]:
                return str(mapped["source_values"]["size"])
    return str(inner.get("size") or "1K")
