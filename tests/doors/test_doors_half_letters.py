"""An argument that was no UTF-8 reaches Python as halves of letters: it is a name like any other, never a crash."""

from __future__ import annotations

import pytest

HALF = "a\udce4\ud800b"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("resume", HALF), 2),
        (("show", HALF), 2),
        (("run", HALF), 2),
        (("approve", HALF), 2),
        (("regenerate", HALF), 2),
        (("tasks", "--user", HALF), 0),
        (("costs", "--user", HALF), 0),
        (("generate", "a cat", "--user-id", HALF), 2),
        (("edit", "a cat", "--image", f"@{HALF}"), 2),
        (("limits", "freeze", "--reason", HALF), 0),
        (("limits", "set", "--user", HALF, "--daily", "5"), 0),
    ],
)
def test_no_door_stumbles_over_it(line, code, ima):
    told = ima(*line, "--sandbox", "--json", door="command")
    assert told.json.get("error", {}).get("kind") in (None, "usage"), told.out
    assert told.code == code, told.out


def test_a_freeze_for_such_a_reason_holds(ima):
    ima("limits", "freeze", "--reason", HALF, "--sandbox", door="command")
    assert ima("--prompt", "a cat", "--sandbox", "--output-json").json["error"]["code"] == "budget.frozen"
