"""The payload of a detail answer as a :class:`~ima_nano_banana.domain.model.TaskView` (contract, section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.domain.model import Media, TaskView
from ima_nano_banana.domain.urls import trusted_answer_url
from ima_nano_banana.wire.envelope import integer
from ima_nano_banana.wire.redact import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.domain.model import MediaState, UrlKind

# `resource_status`; null, "" and 0 are "not yet", anything else is not known and is waited for.
READY, FAILED, DELETED = 1, 2, 3
MOST_MEDIAS = 64  # four is the most that can be asked for; the rest of a hostile answer is not read

_URL_KINDS: tuple[UrlKind, ...] = ("url", "watermark_url", "preview_url")
_WAITING = ("pending", "processing")


def task_view(task_id: str, data: Mapping[str, object], key: str = "") -> TaskView:
    """Read one look at a task, whatever types its fields have."""
    listed = data.get("medias")
    medias = listed[:MOST_MEDIAS] if isinstance(listed, list) else []
    first = next((media for media in medias if isinstance(media, dict)), {})
    return TaskView(
        task_id=task_id,
        medias=tuple(_media(media, key) for media in medias),
        failed=_word(data.get("status")) == "failed" or integer(data.get("resource_status")) in (FAILED, DELETED),
        reason=_reason(data, key),
        model_id=_name(data.get("model_id")) or _name(first.get("model_id")),
        # "mode_name" is the service's own spelling.
        model_name=_name(data.get("model_name")) or _name(first.get("mode_name")) or _name(first.get("model_name")),
        task_type=_name(data.get("task_type")),
    )


def _media(media: object, key: str) -> Media:
    if not isinstance(media, dict):
        return Media(state="running")
    kind, url = _best_url(media)
    cover = media.get("cover_url") or media.get("cover")
    return Media(
        state=_state(media, kind),
        url=url,
        url_kind=kind or "url",
        cover_url=cover if isinstance(cover, str) and trusted_answer_url(cover) else None,
        reason=_reason(media, key),
    )


def _state(media: Mapping[str, object], kind: UrlKind | None) -> MediaState:
    """Return what one media is: ``status`` failed outranks ``resource_status``, and done needs a URL."""
    resource, word = integer(media.get("resource_status")), _word(media.get("status"))
    if word == "failed" or resource == FAILED:
        return "failed"
    if resource == DELETED:
        return "deleted"
    if resource != READY or kind is None:
        return "running"
    # A preview may exist while the picture is still being made; its own URL may not.
    return "running" if word in _WAITING and kind != "url" else "done"


def _best_url(media: Mapping[str, object]) -> tuple[UrlKind | None, str | None]:
    """Return the first usable URL and its kind; a kind without a URL is one that must not be fetched."""
    unusable: UrlKind | None = None
    for kind in _URL_KINDS:
        url = media.get(kind)
        if not isinstance(url, str) or not url.strip():
            continue
        if trusted_answer_url(url.strip()):
            return kind, url.strip()
        unusable = unusable or kind
    return unusable, None


def _reason(fields: Mapping[str, object], key: str) -> str | None:
    return clean(fields.get("error_msg"), key) or clean(fields.get("remark"), key) or None


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _name(value: object) -> str | None:
    return clean(value, limit=100) or None if isinstance(value, str) else None
