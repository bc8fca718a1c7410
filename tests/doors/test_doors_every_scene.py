"""Every scene of the sandbox, twice through the command, against the books of the simulated service.

Whatever goes wrong: one request is charged once at most, what is told as charged is what was charged, and the
exit code is one that the help names, with the kind that belongs to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from clocks import drawn
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.clock import SystemClock
from ima_nano_banana.errors import Fault
from ima_nano_banana.sandbox.scenes import SCENES, scene_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXITS = {kind.kind: kind.exit_code for kind in Fault.__subclasses__()}
WISH = ("a cat on the moon", "--sandbox", "--json", "--timeout", "60")


def told(outcome: Any) -> tuple[str, dict[str, Any]]:
    """Return what a run says of the points, and its error."""
    error = outcome.json.get("error")
    if error is None:
        return "yes", {}
    assert outcome.code == EXITS[error["kind"]] != EXITS["internal"], error
    return error["charged"], error


def check(outcome: Any, points: int, creates: list[Any]) -> None:
    """Compare what one run said with what the service has booked for its request."""
    charged, error = told(outcome)
    if charged == "no":
        assert points == 0, (error, points)
    if charged == "yes":
        assert points > 0, (error, outcome.json)
    if outcome.code == 0:
        assert outcome.json["files"]
        assert outcome.json["credit"] == points
    if outcome.code == 11:
        assert outcome.json["credit"] == points
    assert sum(create.accepted for create in creates) <= 1, creates


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the waits of the simulated service pass at once, on the clock of the program, and let it paint plainly."""
    opened = sandbox.open_world
    monkeypatch.setattr(sandbox, "open_world", lambda *args, **more: opened(*args, **{"draw": drawn, **more}))
    made = sandbox.in_process
    monkeypatch.setattr(sandbox, "in_process", lambda world: made(world, stall=SystemClock().sleep))


def cases() -> list[tuple[str, str]]:
    """Return every scene with a wish for words alone, and those of uploads and tasks with one that meets them."""
    found = [("text", name) for name in scene_names()]
    found += [("picture", name) for name in scene_names() if SCENES[name].at in ("token", "put", "create")]
    return found + [("several", name) for name in scene_names() if SCENES[name].at in ("task", "result")]


@pytest.mark.parametrize(("wish", "scene"), cases())
def test_a_scene_charges_one_request_once_and_tells_it_as_it_was(
    ima: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: str, wish: str
) -> None:
    argv = ["generate", *WISH, *{"several": ("--count", "3"), "text": ("--size", "4K")}.get(wish, ())]
    if wish == "picture":
        Image.new("RGB", (64, 64), "teal").save(tmp_path / "work" / "in.png")
        argv = ["edit", WISH[0], "in.png", *WISH[1:]]
    first = ima(*argv, "--sandbox-scene", scene, door="command")
    world = tmp_path / "state" / "memory" / "ima_sandbox.sqlite3"

    def books() -> tuple[int, list[Any]]:
        if not world.exists():
            return 0, []
        with sandbox.open_world(world) as opened:
            return opened.books.points_charged(), list(opened.books.creates())

    points, creates = books()
    check(first, points, creates)
    second = ima(*argv, "--sandbox-scene", scene, door="command")
    more, all_creates = books()
    charged, _ = told(second)
    again = all_creates[len(creates) :]
    if told(first)[0] == "no" or first.code in (0, 7, 11):
        check(second, more - points, again)  # closed and told: the same command is a new request
    else:
        assert more == points, (first.json, second.json)
        assert charged in ("yes", "unknown")
