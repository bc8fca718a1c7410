"""A wish becomes a request: words to model and size, contradictions refused, nothing sent anywhere.

Interface, sections 2 and 9 ("Requests"). What needs the live catalogue is judged in :mod:`.offers`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.domain import extras, scope
from ima_nano_banana.domain.aliases import folded, means_default, model_of, size_of
from ima_nano_banana.domain.extras import parse_extra
from ima_nano_banana.domain.identity import user_name
from ima_nano_banana.domain.language import language_of, spelled
from ima_nano_banana.domain.model import (
    IMAGE_TO_IMAGE,
    TASK_TYPES,
    TEXT_TO_IMAGE,
    Adjustment,
    Request,
    Requested,
)
from ima_nano_banana.domain.urls import is_url, safe_url, trusted_answer_url, url_fault
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Wish

__all__ = ["MAX_COUNT", "MAX_IMAGES", "is_url", "parse_extra", "resolve", "safe_url", "trusted_answer_url", "url_fault"]

MAX_COUNT = 4
MAX_IMAGES = 14
"""``files.maxLimit`` of both models (contract, 4.3); a live limit may only be lower."""

LONGEST_KEY = 200

# Control, format (zero-width, direction) and separator characters.
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class _Sizing:
    """The size that is asked for in the service's spelling, as it was typed, and what was changed."""

    size: str | None
    typed: str | None
    adjustments: tuple[Adjustment, ...]


def resolve(wish: Wish, *, preferred_model: str | None = None) -> Request:
    """Check a wish as far as that is possible without the network, and say what it means.

    Args:
        wish: What the door was told. References such as ``@last`` are already replaced.
        preferred_model: The user's stored preference; used if it is one of the two ids and no model is named.

    Raises:
        UsageFault: the wish contradicts itself, or a value is out of range.
    """
    prompt = _text("prompt", wish.prompt)
    if not _shows(prompt):
        raise UsageFault("usage.prompt_blank")
    images = _images(wish.images)
    task_type = _task_type(_optional("task-type", wish.task_type), len(images))
    extra = {name: _text(name, value) for name, value in extras.fields(wish.extra).items()}
    model_id, budget = _model(_optional("model-id", wish.model), preferred_model)
    sizing = _sizing(_merged("size", _optional("size", wish.size), extra.pop("size", None)), budget)
    ratio = _merged("aspect-ratio", _optional("aspect-ratio", wish.aspect_ratio), extra.pop("aspect_ratio", None))
    count = _count(wish.count, extra.pop("n", None))
    return Request(
        prompt=prompt,
        images=images,
        task_type=task_type,
        model_id=model_id,
        version_id=_optional("version-id", wish.version_id),
        size=sizing.size,
        aspect_ratio=ratio,
        count=count,
        extra=tuple(sorted(extra.items())),
        language=spelled(wish.language) if wish.language else language_of(prompt),
        user_id=user_name(_text("user-id", wish.user_id)) or "default",
        requested=Requested(task_type=task_type, model_id=model_id, size=sizing.typed, aspect_ratio=ratio, count=count),
        adjustments=sizing.adjustments,
        idempotency_key=_key(wish.idempotency_key),
        model_told=wish.model is not None and not wish.preferred,
    )


def _key(told: str | None) -> str | None:
    """Return the caller's name for the request, exactly as it was given."""
    if told is None:
        return None
    if not (0 < len(told) <= LONGEST_KEY and told.isprintable() and told.strip()):
        raise UsageFault("usage.bad_key", most=LONGEST_KEY)
    return told


def _images(references: tuple[str, ...]) -> tuple[str, ...]:
    images = tuple(reference.strip() for reference in references)
    if len(images) > MAX_IMAGES:
        raise UsageFault("usage.too_many_images", count=len(images), most=MAX_IMAGES)
    for image in images:
        if not image:
            raise UsageFault("usage.blank_value", field="input-images")
        if is_url(image):
            _text("input-images", image)
            safe_url(image)
    return images


def _task_type(asked: str | None, images: int) -> str:
    if asked is None:
        return IMAGE_TO_IMAGE if images else TEXT_TO_IMAGE
    task_type = asked.lower()
    if task_type not in TASK_TYPES:
        raise UsageFault("usage.task_type", task_type=asked, allowed=TASK_TYPES)
    if task_type == IMAGE_TO_IMAGE and not images:
        raise UsageFault("usage.images_needed")
    if task_type == TEXT_TO_IMAGE and images:
        raise UsageFault("usage.images_unwanted")
    return task_type


def _model(word: str | None, preferred: str | None) -> tuple[str, str | None]:
    if word is not None and not means_default(word):
        return model_of(word)
    return (preferred if preferred in scope.ids() else scope.default_id()), None


def _sizing(typed: str | None, budget: str | None) -> _Sizing:
    if typed is None:
        return _Sizing(budget, budget, ())
    size, changes = size_of(typed), []
    if size == "8K":
        size = "4K"
        changes.append(Adjustment(field="size", from_="8K", to=size, reason="adjust.eight_k"))
    if budget is not None and size != budget:
        changes.append(Adjustment(field="size", from_=budget, to=size, reason="adjust.budget_size"))
    return _Sizing(size, typed, tuple(changes))


def _count(flag: int | None, extra: str | None) -> int:
    if flag is not None and extra is not None and extra != str(flag):
        raise UsageFault("usage.conflict", field="count", flag=flag, extra=extra)
    asked = str(flag) if extra is None and flag is not None else extra
    if asked is None:
        return 1
    if asked not in map(str, range(1, MAX_COUNT + 1)):
        raise UsageFault("usage.bad_count", count=asked, most=MAX_COUNT)
    return int(asked)


def _merged(field: str, flag: str | None, extra: str | None) -> str | None:
    """Return the one value of a field that may come by flag or by extra parameter."""
    if flag is not None and extra is not None and folded(size_of(flag)) != folded(size_of(extra)):
        raise UsageFault("usage.conflict", field=field, flag=flag, extra=extra)
    return extra if flag is None else flag


def _optional(field: str, value: str | None) -> str | None:
    """Return a value that may be left out; given but blank is more likely an unset variable than a wish."""
    if value is None:
        return None
    text = _text(field, value)
    if not text:
        raise UsageFault("usage.blank_value", field=field)
    return text


def _shows(text: str) -> bool:
    """Tell whether anything of a text can be seen: a byte order mark or a zero-width space alone is blank."""
    return any(unicodedata.category(char) not in _INVISIBLE for char in text)


def is_text(told: str) -> bool:
    """Tell whether JSON and a database can carry it: no half of a letter, of bytes that were no UTF-8."""
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in told)


def _text(field: str, value: str | None) -> str:
    """Trim, and refuse what is no text."""
    text = (value or "").strip()
    if not is_text(text):
        raise UsageFault("usage.not_text", field=field)
    return text
