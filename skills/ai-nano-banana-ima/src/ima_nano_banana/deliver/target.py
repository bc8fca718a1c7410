"""Which chat is meant by ``--deliver``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTO = "auto"

CONTEXT = "OPENCLAW_CHANNEL_CONTEXT"
"""OpenClaw's exec tool names the sender and the chat in this variable, as JSON, and never the channel."""

_CHANNEL = re.compile(r"[a-z][a-z0-9_-]*")

# Where a bare id means a room, a person must be named as one; Feishu's ids tell by themselves which they are.
_ROOMS_BY_DEFAULT = frozenset({"discord", "slack", "mattermost", "msteams"})
_FEISHU = {"oc_": "chat:", "ou_": "user:"}


@dataclass(frozen=True, slots=True)
class Target:
    """A chat.

    Attributes:
        channel: Name of the channel; ``None`` leaves it to OpenClaw, which knows it if one alone is set up.
        to: The chat in the channel's own spelling; ``None`` if the environment names none.
    """

    channel: str | None
    to: str | None


def parse(told: str, env: Mapping[str, str]) -> Target:
    """Read ``CHANNEL:TARGET``, ``CHANNEL:auto`` or ``auto``.

    Raises:
        UsageFault: it is none of them.
    """
    channel, colon, to = (part.strip() for part in told.strip().partition(":"))
    if channel.lower() == AUTO and not colon:
        return Target(None, _from_context(None, env))
    channel = channel.lower()
    if not _CHANNEL.fullmatch(channel) or channel == AUTO or not to or not to.isprintable():
        raise UsageFault("deliver.target", value=told)
    return Target(channel, _from_context(channel, env) if to.lower() == AUTO else to)


def _from_context(channel: str | None, env: Mapping[str, str]) -> str | None:
    try:
        context = json.loads(env.get(CONTEXT, ""))
    except (ValueError, RecursionError):
        return None
    if chat := _id(context, "chat"):
        return _spelled(channel, chat, person=False)
    if sender := _id(context, "sender"):
        return _spelled(channel, sender, person=True)
    return None


def _id(context: object, who: str) -> str | None:
    found = context.get(who) if isinstance(context, dict) else None
    told = found.get("id") if isinstance(found, dict) else None
    if isinstance(told, bool) or not isinstance(told, (str, int)):
        return None
    text = str(told).strip()
    return text if text and text.isprintable() else None


def _spelled(channel: str | None, told: str, *, person: bool) -> str:
    if channel == "feishu":
        return _FEISHU.get(told[:3], "") + told
    if person and channel in _ROOMS_BY_DEFAULT and ":" not in told:
        return f"user:{told}"
    return told
