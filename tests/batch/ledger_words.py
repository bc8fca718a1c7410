"""How a process of these tests speaks to the one that started it."""

from __future__ import annotations

import sys


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
