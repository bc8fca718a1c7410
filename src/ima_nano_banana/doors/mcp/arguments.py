"""What a client passes to a tool, read as it is meant or refused: nothing is dropped, nothing silently becomes another.

The SDK drops arguments that a tool does not have; then something else is bought than was asked for.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from ima_nano_banana import words
from ima_nano_banana.domain.aliases import model_words
from ima_nano_banana.domain.language import language_of
from ima_nano_banana.domain.pixels import RATIOS
from ima_nano_banana.domain.reflection import SIZES_DOWN
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.words import Language

HOSTS_OWN = frozenset(
    (
        *("toolCallId", "tool_call_id", "sessionId", "action", "chatInput", "tool"),  # n8n's agent
        "wait_for_previous",  # Gemini CLI
        *("waitForPreviousTools", "toolAction", "toolSummary"),  # Antigravity, Windsurf
        "random_string",  # Cursor, for tools without arguments
    )
)
"""Arguments that hosts add by themselves, as their users report; they ask for nothing."""

_MEANT: dict[str, tuple[str, ...]] = {
    "prompt": ("text", "description", "query", "caption", "instruction", "instructions", "input"),
    "images": (
        *("image", "imageurl", "imageurls", "imagepath", "imagepaths", "inputimage", "inputimages", "initimage"),
        *("referenceimage", "referenceimages", "files", "file", "photo", "photos", "source", "url", "urls"),
    ),
    "model": ("modelid", "modelname", "engine"),
    "size": ("resolution", "quality", "imagesize", "dimensions", "width", "height", "outputsize"),
    "aspect_ratio": ("ratio", "aspect", "ar", "shape", "format"),
    "count": ("n", "num", "number", "numimages", "numberofimages", "numoutputs", "samples", "batchsize", "quantity"),
    "max_credits": ("budget", "maxcost", "maxpoints", "creditlimit", "maxprice", "maxspend"),
    "wait_seconds": ("timeout", "wait", "timeoutseconds"),
    "language": ("lang", "locale"),
    "task_id": ("id", "taskid", "job", "jobid"),
    "again": ("force", "repeat", "retry"),
    "state": ("status",),
    "limit": ("max", "pagesize", "maxresults"),
}
_TOOLS: dict[str, tuple[str, ...]] = {
    "quote_image": ("dryrun", "preview", "previewonly", "estimate", "quoteonly", "priceonly", "simulate"),
    "edit_image": ("images", *_MEANT["images"]),
}
_WHOLE = ("count", "max_credits", "limit")
_SHORTEST = 3
_REFUSALS = {
    "field_missing": ("missing",),
    "field_text": ("string_type",),
    "field_whole": ("int_", "float_", "finite_number", "decimal_"),
    "field_range": ("greater_than", "less_than", "too_long", "string_too_long"),
    "field_empty": ("too_short", "string_too_short"),
    "field_list": ("list_type", "tuple_type"),
    "field_switch": ("bool_",),
}
CHOICES = {
    "model": model_words(),
    "size": tuple(reversed(SIZES_DOWN)),
    "aspect_ratio": tuple(RATIOS),
}
LONGEST_NAME = 40


def understood(given: Mapping[str, object], schema: Mapping[str, Any], language: Language) -> dict[str, object]:
    """Return the arguments as the tool takes them.

    What hosts add is left out; so is an optional argument that is ``null`` or empty. A single image stands for a list
    of one, a whole number for the size of that name.

    Args:
        given: As the client sent them.
        schema: The tool's own.
        language: Of the refusal.

    Raises:
        UsageFault: an argument that the tool does not have, or a truth value where a number belongs.
    """
    known: dict[str, Any] = schema.get("properties", {})
    needed = schema.get("required", ())
    unknown = [name for name in given if name not in known and name not in HOSTS_OWN]
    if unknown:
        raise _unknown(unknown, known, language)
    told = {name: value for name, value in given.items() if name in known}
    told = {name: value for name, value in told.items() if name in needed or not _is_empty(value)}
    return {name: _meant(name, value) for name, value in told.items()}


def spoken(given: Mapping[str, object], asked: str | None, otherwise: Language) -> Language:
    """Return the language of a refusal: the one asked for, else that of the prompt, else that of the server."""
    prompt, told = given.get("prompt"), given.get("language")
    if not isinstance(prompt, str) and not isinstance(told, str):
        return otherwise
    return language_of(prompt if isinstance(prompt, str) else None, told if isinstance(told, str) and told else asked)


def field_fault(kind: str) -> str:
    """Return the key of the sentence about an argument that the SDK refused, by the kind of its refusal."""
    return next((key for key, starts in _REFUSALS.items() if kind.startswith(starts)), "field_other")


def name_choices(schema: Mapping[str, Any]) -> None:
    """Write into a tool's schema what may be chosen, by the list's constants; the live list has the last word."""
    for name, values in CHOICES.items():
        told = schema.get("properties", {}).get(name)
        if told is not None:
            texts = [one for one in told.get("anyOf", [told]) if one.get("type") == "string"]
            for text in texts:
                text["enum"] = list(values)


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _meant(name: str, value: object) -> object:
    if isinstance(value, bool) and (name in _WHOLE or name == "wait_seconds"):
        raise UsageFault("mcp.bad_arguments", fields=[f"{name} ({str(value).lower()})"])
    if name == "images" and isinstance(value, str) and not value.lstrip().startswith("["):
        return [value]
    if name == "size" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _unknown(names: list[str], known: Mapping[str, Any], language: Language) -> UsageFault:
    told = [_with_hint(name, known, language) for name in names]
    return UsageFault("mcp.unknown_arguments", unknown=told, known=list(known) or ["-"])


def _with_hint(name: str, known: Mapping[str, Any], language: Language) -> str:
    shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    meant = probable(name, known)
    if meant is None:
        return shown
    return words.text("mcp.unknown_hint", language, name=shown, meant=meant)


def probable(name: str, known: Mapping[str, Any]) -> str | None:
    """Return the argument, or the tool, that was probably meant."""
    flat = _flat(name)
    for own in known:
        if flat == _flat(own) or flat in _MEANT.get(own, ()):
            return own
    for tool, others in _TOOLS.items():
        if flat in others:
            return tool
    if len(flat) < _SHORTEST:
        return None
    close = difflib.get_close_matches(flat, [_flat(own) for own in known], n=1, cutoff=0.75)
    return next((own for own in known if close and _flat(own) == close[0]), None)


def _flat(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
