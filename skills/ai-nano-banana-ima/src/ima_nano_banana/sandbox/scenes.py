"""Every scene by name."""

from __future__ import annotations

from ima_nano_banana.sandbox.fates import FATES
from ima_nano_banana.sandbox.scene import Scene
from ima_nano_banana.sandbox.scenes_create import CREATE_SCENES
from ima_nano_banana.sandbox.scenes_files import FILE_SCENES
from ima_nano_banana.sandbox.scenes_list import LIST_SCENES
from ima_nano_banana.sandbox.scenes_poll import POLL_SCENES

__all__ = ["SCENES", "Scene", "scene_names"]

_WORLD_SCENES = (Scene("live-eet", "world"),)

SCENES: dict[str, Scene] = {
    scene.name: scene
    for scene in (
        *CREATE_SCENES,
        *LIST_SCENES,
        *(Scene(name, "task") for name in FATES),
        *POLL_SCENES,
        *FILE_SCENES,
        *_WORLD_SCENES,
    )
}


def scene_names() -> list[str]:
    """Return the name of every scene, in the order of the flow."""
    return list(SCENES)
