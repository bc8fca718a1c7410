"""When two requests are the same request (interface, section 8).

Same user, model, size, ratio, count, prompt and picture contents; not the API key, which may be rotated.
Digests, so that the prompt can't be read back from them.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, TypedDict

from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack


class Who(TypedDict, total=False):
    """What is known before the price list is there.

    ``realm`` is ``"ima"`` or ``"sandbox"``, ``images`` the content digests in order (for an https URL the URL
    itself). ``key`` is a :func:`key_fingerprint`: only older programs put it in, whose rows are still found by it.
    """

    realm: str
    user_id: str
    key: str
    task_type: str
    model_id: str
    count: int
    prompt: str
    images: Sequence[str]


def user_name(told: str) -> str:
    """Return the name of a user without the space around it.

    Raises:
        UsageFault: it has braces, as a placeholder such as ``{user_id}`` that nobody filled: everybody's limits and
            pictures would be kept under one name.
    """
    if "{" in told or "}" in told:
        raise UsageFault("usage.user_braces")
    return told.strip()


def key_fingerprint(key: str) -> str:
    """Return 16 hex digits that tell keys apart without telling the key."""
    return hashlib.sha256(b"ima-nano-banana key\0" + key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def subject(**who: Unpack[Who]) -> str:
    """Return the digest of a request before its size and ratio are known."""
    return _digest({"kind": "subject", **who, "images": list(who["images"])})


def identity(
    *,
    size: str,
    aspect_ratio: str,
    version_id: str | None = None,
    extra: Iterable[tuple[str, str]] = (),
    **who: Unpack[Who],
) -> str:
    """Return the digest of a priced request.

    Args:
        size: The effective size; a default counts as if it had been asked for.
        aspect_ratio: The effective ratio.
        version_id: The version that was asked for, if any.
        extra: Other form fields that were asked for.
        who: As for :func:`subject`.
    """
    return _digest(
        {
            "kind": "identity",
            **who,
            "images": list(who["images"]),
            "size": size.upper(),
            "aspect_ratio": aspect_ratio,
            "version_id": version_id,
            "extra": sorted([name.lower(), value.upper()] for name, value in extra),
        }
    )


def as_told(
    *,
    task_type: str,
    model_id: str | None,
    version_id: str | None,
    size: str | None,
    aspect_ratio: str | None,
    count: int,
    prompt: str,
    images: Sequence[str],
    extra: Iterable[tuple[str, str]],
) -> tuple[str, dict[str, str]]:
    """Return the digest of a request as its caller told it, and that of each field.

    What was not told is ``None``, whatever the default is on that day: a default that changes later makes no other
    request.
    """
    facts: dict[str, object] = {
        "task_type": task_type,
        "model_id": model_id,
        "version_id": version_id,
        "size": size.upper() if size is not None else None,
        "aspect_ratio": aspect_ratio,
        "count": count,
        "prompt": prompt,
        "input_images": list(images),
        "extra_params": sorted([name.lower(), value.upper()] for name, value in extra),
    }
    fields = {name: _digest({"field": name, "value": value}) for name, value in facts.items()}
    return _digest({"kind": "told", **facts}), fields


def terms(**facts: object) -> str:
    """Return the digest of all that decides what is bought, by which account, and what it costs."""
    return _digest({"kind": "terms", **facts})


def plan_digest(of_terms: str, expires_at: float) -> str:
    """Return the digest of a plan: its terms, and until when they hold."""
    return _digest({"kind": "plan", "terms": of_terms, "expires_at": int(expires_at)})


def _digest(facts: dict[str, object]) -> str:
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
