"""kill -9 at every await and every commit: the same command again never pays twice and never lies."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from crash_kit import KILLED, Ending, Matrix
from crash_server import tiny
from PIL import Image

from ima_nano_banana import sandbox
from ima_nano_banana.sandbox.serve import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are forked and killed"),
]

Charges = list[tuple[str, int]]

STEPS = {
    "spend._Payment.claim",
    "spend._Payment.take_back",
    "spend._Payment._create",
    "spend._until_created",
    "client.Service.create",
}


def plain(_: str = "") -> tuple[str, ...]:
    """Return the arguments of the plainest run."""
    return ("--prompt", "a cat", "--sandbox", "--output-json")


def place_of(point: str) -> str:
    """Return where a point is, whichever time it was passed."""
    return point.partition("#")[0]


def is_whole(path: str) -> bool:
    with Image.open(path) as picture:
        picture.load()
        return picture.size == (1024, 1024)


def check(ending: Ending, charges: Charges, *, pictures: int = 1, credit: int = 6) -> None:
    """Hold one case to the promise."""
    where = f"killed at {ending.point}, states {ending.states}"
    assert ending.first == KILLED or (ending.first, ending.states) == (0, ["done"]), where
    assert len(charges) <= 1, where
    assert sum(points for _, points in charges) <= credit, where
    if ending.states == ["done"]:
        told = ending.told_object
        assert told["task_id"] == charges[0][0], where
        assert len(told["files"]) == pictures, where
        assert all(map(is_whole, told["files"])), where
    elif ending.states == ["sending"]:
        error = ending.said_object["error"]
        assert (ending.code, error["kind"], error["charged"]) == (9, "uncertain", "unknown"), where
    else:
        assert ending.code == 0, f"{where}: {ending.said}"
        said = ending.said_object
        assert [said["task_id"]] == [task_id for task_id, _ in charges], where
        assert said["credit"] == sum(points for _, points in charges), where
        assert len(said["files"]) == pictures, where
        assert all(map(is_whole, said["files"])), where


def in_process(matrix: Matrix) -> Callable[[str], Charges]:
    """Return how to read what a case was charged by the simulated service in its own process."""

    def charges(case: str) -> Charges:
        with closing(sandbox.open_world(matrix.root(case) / "memory" / "ima_sandbox.sqlite3")) as world:
            return world.books.charges()

    return charges


def run(matrix: Matrix, points: Sequence[str], charges: Callable[[str], Charges], **expected: int) -> set[str]:
    """Kill at each point and check; return the states in which a kill left the books.

    Threads and sockets see to it that a run may miss a point that another has passed; few do.
    """
    found, killed = set(), 0
    for ending in matrix.kill_at(points):
        check(ending, charges(ending.name), **expected)
        found.add(" ".join(ending.states))
        killed += ending.first == KILLED
    assert killed >= 0.8 * len(points)
    return found


@pytest.mark.parametrize("half", [0, 1])
def test_a_killed_run_is_continued_or_honestly_uncertain_wherever_it_died(tmp_path: Path, half: int) -> None:
    """Every point; in two halves, so that they can be spread over processors."""
    matrix = Matrix(tmp_path, plain)
    points = matrix.points()
    assert len(points) >= 100
    assert {place_of(point) for point in points} >= {"commit:before", "commit:after"}

    found = run(matrix, points[half::2], in_process(matrix))

    assert found == {"", "sending", "running", "ready", "untold", "done"}


def test_it_holds_on_real_sockets_with_tls(tmp_path: Path) -> None:
    """The service in another process, reached as always, but for a proxy and a certificate file."""
    world = sandbox.open_world(tmp_path / "world.sqlite3", task_seconds=0.05, draw=tiny)

    def charges(case: str) -> Charges:
        """Return what the prompt of this case has cost."""
        mine = [seen for seen in world.books.creates() if seen.accepted and f'"{case} cat"' in seen.body]
        return [(str(seen.task_id), seen.points) for seen in mine]

    with world, serve_in_thread(world, tmp_path / "ca") as served:
        matrix = Matrix(tmp_path / "cases", lambda case: ("--prompt", f"{case} cat", "--output-json"), served.env)
        points = matrix.points()
        first = next(n for n, point in enumerate(points) if point.startswith("client.Service.create"))
        last = next(n for n, point in enumerate(points) if point.startswith("client.Service.detail"))
        around = points[first - 5 : last]
        others = [point for point in points if point not in around][::5]
        assert len(around) + len(others) >= 60

        found = run(matrix, [*around, *others], charges)

    assert found >= {"", "sending", "running", "ready"}


def test_a_killed_edit_of_two_photos_is_continued_or_honestly_uncertain(tmp_path: Path) -> None:
    """Only where a run without photos does not pass as well, and at every commit."""
    for name, colour in (("one.png", "red"), ("two.png", "blue")):
        Image.new("RGB", (64, 64), colour).save(tmp_path / name)
    bare = Matrix(tmp_path / "bare", plain)
    photos = (str(tmp_path / "one.png"), str(tmp_path / "two.png"))
    matrix = Matrix(tmp_path / "edit", lambda _: (*plain(), "--input-images", *photos, "--count", "2"))
    known = {place_of(point) for point in bare.points()}
    points = [point for point in matrix.points() if place_of(point) not in known or point.startswith("commit")]
    assert len(points) >= 20

    found = run(matrix, points, in_process(matrix), pictures=2, credit=12)

    assert found >= {"", "sending", "running", "ready", "done"}


def test_a_run_killed_while_it_steps_down_spends_no_more_than_it_quoted(tmp_path: Path) -> None:
    """The first two creates are refused in the body; a kill between them leaves nothing charged."""
    matrix = Matrix(
        tmp_path,
        lambda _: (*plain(), "--size", "4K", "--sandbox-scene", "busy-backend"),
    )
    points = [p for p in matrix.points() if place_of(p).partition(":")[0] in STEPS or p.startswith("commit")]
    assert len(points) >= 20

    found = run(matrix, points, in_process(matrix), credit=13)

    assert "queued" in found


OPENCLAW = """#!/bin/sh
printf x >> "$OPENCLAW_STATE_DIR/delivered"
echo '{"ok": true}'
"""


def test_a_run_killed_at_any_line_between_saved_and_told_is_handed_over(tmp_path: Path) -> None:
    """The command; what the kill leaves is saved and not closed, or closed when the last word was written."""
    matrix = Matrix(
        tmp_path,
        lambda _: ("generate", "a cat", "--sandbox", "--output-json"),
        more={"door": "command", "lines": True},
    )
    points = once(matrix.points())
    assert len(points) >= 20

    found = run(matrix, points, in_process(matrix))

    assert "untold" in found


def test_a_run_killed_at_any_line_of_its_last_delivery_delivers_when_it_is_run_again(tmp_path: Path) -> None:
    """The chat gets the last message from the one run or from the other, and nobody pays twice."""
    shim = tmp_path / "bin" / "openclaw"
    shim.parent.mkdir()
    shim.write_text(OPENCLAW)
    shim.chmod(0o755)
    matrix = Matrix(
        tmp_path / "cases",
        lambda _: (*plain(), "--deliver", "feishu:chat:oc_1"),
        env={"PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}"},
        more={"lines": True},
    )
    points = once(matrix.points())
    assert len(points) >= 20
    charges = in_process(matrix)
    found = set()
    for ending in matrix.kill_at(points):
        check(ending, charges(ending.name))
        found.add(" ".join(ending.states))
        said = ending.told_object if ending.states == ["done"] else ending.said_object
        assert said["delivery"][-1] == {"step": "succeeded", "ok": True, "error": None}, ending.point

    assert "untold" in found


def once(points: Sequence[str]) -> list[str]:
    """Return each line where it is passed first."""
    return [point for point in points if point.endswith("#1")]
