"""Which scenes a world plays, and how often each has been played.

"Once" is counted in the world's file for each run, scene and subject (a prompt for creates, a task for
looks, a path for downloads, a category for lists). Every selection starts a new run and so counts from
nothing, unless it names the run that it continues: that is how several processes share one rehearsal.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox.scenes import SCENES, Scene
from ima_nano_banana.sandbox.store import Store, count_hit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class UnknownSceneError(ValueError):
    """A scene that does not exist. ``names`` are the ones that were asked for and are not there."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


def parse(scenes: Iterable[str]) -> list[Scene]:
    """Return the scenes named; each text may hold several names with commas between them.

    Raises:
        UnknownSceneError: if one does not exist.
    """
    names = [name.strip() for text in scenes for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in SCENES]:
        raise UnknownSceneError(unknown)
    return [SCENES[name] for name in names]


class Selection:
    """The scenes in force for one world."""

    def __init__(self, store: Store, scenes: Iterable[str], run: str | None) -> None:
        """Put ``scenes`` in force, counting from nothing unless ``run`` is continued."""
        self._store = store
        self.scenes = parse(scenes)
        self.run = run or secrets.token_hex(8)
        self._at: dict[str, list[Scene]] = {}
        for scene in self.scenes:
            for part in (scene, *scene.also):
                self._at.setdefault(part.at, []).append(part)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scenes in force."""
        return tuple(scene.name for scene in self.scenes)

    def at(self, endpoint: str) -> list[Scene]:
        """Return the scenes that play at an endpoint."""
        return self._at.get(endpoint, [])

    def due(self, scene: Scene, subject: str) -> bool:
        """Count one more hit of ``scene`` and tell whether it is one of those that it plays for."""
        if scene.first is None and not scene.skip:
            return True
        with self._store.writing() as db:
            hit = count_hit(db, self.run, scene.name, subject) - scene.skip
        return hit > 0 and (scene.first is None or hit <= scene.first)
