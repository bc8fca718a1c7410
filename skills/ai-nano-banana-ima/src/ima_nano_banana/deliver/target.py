"""Which chat is meant by ``--deliver``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.errors import UsageFault
from ima_nano_banana.local.paths import channel_id

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTO = "auto"

_THREAD = re.compile(
    r"(?P<auto>(?:[^:]+:)?auto):topic:(?P<topic>[\w.-]+)|(?P<chat>.+):thread:(?P<thread>[\w.-]+)", re.IGNORECASE
)
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
        thread: The forum topic or thread in it. OpenClaw does not tell it to what it starts, so the caller must.
    """

    channel: str | None
    to: str | None
    thread: str | None = None


def parse(told: str, env: Mapping[str, str]) -> Target:
    """Read ``CHANNEL:TARGET``, ``CHANNEL:auto`` or ``auto``, each with ``:thread:ID`` behind it or not.

    ``:topic:ID`` behind ``auto`` is the same; in a whole target it is Telegram's own spelling and stays.

    Raises:
        UsageFault: it is none of them.
    """
    chat, thread = _split(told.strip())
    channel, colon, to = (part.strip() for part in chat.partition(":"))
    if channel.lower() == AUTO and not colon:
        return Target(None, _from_context(None, env), thread)
    channel = channel.lower()
    if not _CHANNEL.fullmatch(channel) or channel == AUTO or not to or not to.isprintable():
        raise UsageFault("deliver.target", value=told)
    return Target(channel, _from_context(channel, env) if to.lower() == AUTO else to, thread)


def _split(told: str) -> tuple[str, str | None]:
    """Take a thread off the end of a target."""
    found = _THREAD.fullmatch(told)
    return (found["auto"] or found["chat"], found["topic"] or found["thread"]) if found else (told, None)


def _from_context(channel: str | None, env: Mapping[str, str]) -> str | None:
    if chat := _id(env, "chat"):
        return _spelled(channel, chat, person=False)
    if sender := _id(env, "sender"):
        return _spelled(channel, sender, person=True)
    return None


def _id(env: Mapping[str, str], who: str) -> str | None:
    told = channel_id(env, who)
    return told if told is not None and told.isprintable() else None


def _spelled(channel: str | None, told: str, *, person: bool) -> str:
    if channel == "feishu":
        return _FEISHU.get(told[:3], "") + told
    if person and channel in _ROOMS_BY_DEFAULT and ":" not in told:
        return f"user:{told}"
    return told
