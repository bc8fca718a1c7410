"""The rules that the command line sets for one studio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ima_nano_banana.words import Language

HOST = "127.0.0.1"
PORT = 8809


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one studio is to behave.

    Attributes:
        env: The environment.
        language: What the page speaks; ``None`` is the browser's choice.
        host: The address that is listened on.
        port: The port; ``None`` is the usual one, or a free one where that is taken.
        token: What a client may show in place of the session's cookie.
        open_page: Whether the browser is opened.
    """

    env: Mapping[str, str]
    sandbox: bool = False
    scenes: tuple[str, ...] = ()
    key: str | None = None
    user_id: str | None = None
    output_dir: Path | None = None
    language: Language | None = None
    host: str = HOST
    port: int | None = None
    token: str | None = None
    open_page: bool = True

    @property
    def loopback(self) -> bool:
        """Tell whether only this machine is heard."""
        return self.host in ("127.0.0.1", "::1", "localhost")
