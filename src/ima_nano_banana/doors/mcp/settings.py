"""How a server was started: what it may spend, read and write."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ima_nano_banana.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The rules that the person who started the server has set; no tool call can widen them.

    Attributes:
        sandbox: Use the built-in simulated service.
        scenes: Faults that it should rehearse.
        no_spend: Never create a task.
        confirm_above: Ask before a spend of more than this many points, where the client can ask.
        max_credits: Refuse a request that costs more points; also what lets a client spend that can't ask.
        allow_paths: Folders that input pictures may come from, beside the client's roots and ``cwd``.
        output_dir: Where pictures are saved.
        user_id: Whose books and limits apply.
        language: What the tools' descriptions are written in, and texts that belong to no prompt.
        env: The environment.
        cwd: The working folder.
    """

    sandbox: bool = False
    scenes: tuple[str, ...] = ()
    no_spend: bool = False
    confirm_above: int = 0
    max_credits: int | None = None
    allow_paths: tuple[Path, ...] = ()
    output_dir: Path | None = None
    user_id: str | None = None
    language: Language = "en"
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    cwd: Path | None = None
    language_asked: str | None = None
    """The language of all texts, if the server was told one; otherwise each prompt decides."""
