"""What is sent, as data: the steps, the command line of each, and how large a picture may be. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.wire.redact import keyless

if TYPE_CHECKING:
    from ima_nano_banana.deliver.target import Target

Step = Literal["started", "progress", "succeeded", "failed", "link", "approval"]

TEXT_SECONDS = 60.0
MEDIA_SECONDS = 120.0
"""Time limits of one send. OpenClaw itself needs up to twenty seconds to start on a small machine."""

MB = 1_000_000
LIMITS = {
    "discord": 10 * MB,
    "feishu": 10 * MB,
    "telegram": 10 * MB,
    "line": 10 * MB,
    "signal": 8 * MB,
    "whatsapp": 16 * MB,
    "imessage": 16 * MB,
    "slack": 20 * MB,
    "matrix": 20 * MB,
    "googlechat": 20 * MB,
    "msteams": 20 * MB,
}
"""Bytes of a picture that each channel shows as one: the smaller of its own limit and OpenClaw's default."""

SMALLEST = 8 * MB
"""For a channel that is not known here, or not by name."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``media`` are absolute paths or https addresses."""

    step: Step
    text: str
    media: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long sending it may take."""
        return MEDIA_SECONDS if self.media else TEXT_SECONDS

    def as_link(self) -> Message:
        """Return the message for a chat that refused the picture: its text holds the link."""
        return replace(self, step="link", media=())


def limit(channel: str | None) -> int:
    """Return how many bytes a picture may have."""
    return LIMITS.get(channel or "", SMALLEST)


def arguments(target: Target, message: Message) -> list[str]:
    """Return what follows ``openclaw``: a list, each entry one argument, for no shell to read.

    Source: ``docs/cli/message.md`` of OpenClaw 2026.9.6.
    """
    words = ["message", "send"]
    if target.channel is not None:
        words += ["--channel", target.channel]
    words += ["--target", target.to or "", "--message", printable(message.text)]
    if target.thread is not None:
        words += ["--thread-id", target.thread]
    for one in message.media:
        words += ["--media", one]
    return [*words, "--json"]


def printable(text: str) -> str:
    """Return ``text`` without control characters and without any key; the ends of its lines stay."""
    return "".join(char if char == "\n" or char.isprintable() else " " for char in keyless(text))
