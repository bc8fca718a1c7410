"""Which of the two languages to speak; the rule itself is pure and lives in the core."""

from __future__ import annotations

from ima_nano_banana.domain.language import language_of

__all__ = ["language_of"]
