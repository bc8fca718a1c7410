"""Every choice of a run, drawn from its seed by name: a choice that is left out shifts no other one."""

from __future__ import annotations

import random


class Chance:
    """The choices of one run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, random.Random] = {}

    def of(self, name: str) -> random.Random:
        """Return the stream of choices of this name."""
        found = self._streams.get(name)
        if found is None:
            found = self._streams[name] = random.Random(f"{self.seed}/{name}")
        return found

    def one(self, name: str) -> random.Random:
        """Return a stream that is used for a single choice, or a few, and not kept."""
        return random.Random(f"{self.seed}/{name}")
