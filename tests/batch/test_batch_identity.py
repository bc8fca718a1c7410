"""Which batch a file is: however it is named, its rows are paid for once, and a copy has to be wanted."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from batch_kit import drawn

from ima_nano_banana import sandbox
from ima_nano_banana.doors.cli.main import main

TWO = "id,prompt,size\ncat,a cat,512\ndog,a dog,512\n"
PAID = 8
LINKS = pytest.mark.skipif(not hasattr(os, "symlink") or sys.platform == "win32", reason="links need rights there")


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_world = sandbox.open_world
    monkeypatch.setenv("OPENCLAW_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(
        sandbox, "open_world", lambda path, **facts: open_world(path, **{**facts, "draw": drawn, "task_seconds": 0.05})
    )
    monkeypatch.setattr("ima_nano_banana.domain.schedule.next_look", lambda *_: 0.05)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "rows.csv").write_text(TWO, "utf-8")


def run(file: str | Path, *more: str, folder: str = "out") -> int:
    return main(["batch", str(file), "--yes", "--json", "--output-dir", folder, *more, "--sandbox"])


def charged(tmp_path: Path) -> int:
    with sandbox.open_world(tmp_path / "state" / "memory" / "ima_sandbox.sqlite3") as world:
        return world.books.points_charged()


def out(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out.splitlines()[-1]))


@LINKS
@pytest.mark.parametrize("first", ["real/rows.csv", "link/rows.csv", "link.csv"])
def test_a_file_is_the_same_batch_through_every_link(tmp_path: Path, first: str, capsys):
    Path("link").symlink_to("real", target_is_directory=True)
    Path("link.csv").symlink_to("real/rows.csv")
    Path("real/deep").mkdir()
    assert run(first) == 0

    for other in ("link/rows.csv", "real/rows.csv", "link.csv", "real/deep/../rows.csv", "link/deep/../rows.csv"):
        assert run(other, folder="elsewhere") == 0

    assert charged(tmp_path) == PAID


@LINKS
def test_a_hard_link_is_the_same_file(tmp_path: Path, capsys):
    assert run("real/rows.csv") == 0
    os.link("real/rows.csv", "other.csv")

    assert run("other.csv", folder="elsewhere") == 0
    assert charged(tmp_path) == PAID


@LINKS
def test_books_of_an_earlier_release_are_found_under_the_path_that_was_typed(tmp_path: Path, capsys):
    Path("link").symlink_to("real", target_is_directory=True)
    as_typed = str(tmp_path / "link" / "rows.csv")
    facts = "\0".join(("batch", "sandbox", "default", as_typed))
    earlier = hashlib.sha256(facts.encode()).hexdigest()[:16]
    books_of_an_earlier_release(tmp_path, earlier)

    assert run(as_typed) == 0
    assert out(capsys)["batch"]["id"] == earlier
    assert run("real/rows.csv", folder="elsewhere") == 0

    assert charged(tmp_path) == PAID


def books_of_an_earlier_release(tmp_path: Path, batch_id: str) -> None:
    """Run the batch under such a name, and take away what that release did not write."""
    import sqlite3

    from ima_nano_banana.batch import identity

    names_of = identity.names_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "names_of", lambda *_, **__: identity.Names(own=batch_id))
        assert run("real/rows.csv") == 0
    assert identity.names_of is names_of
    with sqlite3.connect(tmp_path / "state" / "memory" / "ima_ledger.sqlite3") as books:
        books.execute("DELETE FROM batch_files")
    books.close()


@pytest.mark.parametrize("how", ["copied", "moved", "piped"])
def test_the_same_rows_into_the_same_folder_are_not_paid_for_again_unasked(
    tmp_path: Path, how: str, capsys, monkeypatch: pytest.MonkeyPatch
):
    assert run("real/rows.csv") == 0
    first = out(capsys)["batch"]["id"]
    other = "other.csv"
    if how == "piped":
        import io

        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TWO.encode())))
        other = "-"
    elif how == "moved":
        Path("real/rows.csv").rename(other)
    else:
        Path(other).write_text(TWO, "utf-8")

    assert run(other) == 2

    error = out(capsys)["error"]
    assert (error["kind"], error["charged"]) == ("usage", "no")
    assert f"--name {first}" in error["suggestion"]
    assert charged(tmp_path) == PAID
    if how == "piped":
        return
    assert run(other, "--name", first) == 0
    assert charged(tmp_path) == PAID
    assert run(other, "--name", "once more") == 0
    assert charged(tmp_path) == 2 * PAID


def test_a_copy_for_another_folder_is_another_batch(tmp_path: Path, capsys):
    assert run("real/rows.csv") == 0
    Path("other.csv").write_text(TWO, "utf-8")

    assert run("other.csv", folder="elsewhere") == 0
    assert charged(tmp_path) == 2 * PAID


def test_other_rows_in_the_same_folder_ask_nobody(tmp_path: Path, capsys):
    assert run("real/rows.csv") == 0
    Path("other.csv").write_text(TWO.replace("a cat", "a lion").replace("a dog", "a wolf"), "utf-8")

    assert run("other.csv") == 0
    assert charged(tmp_path) == 2 * PAID


def test_a_dry_run_says_so_and_asks_nobody(tmp_path: Path, capsys):
    assert run("real/rows.csv") == 0
    Path("other.csv").write_text(TWO, "utf-8")
    capsys.readouterr()

    assert run("other.csv", "--dry-run") == 0
    assert "real/rows.csv" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "paid"), [("c", PAID), ("n", 2 * PAID), ("", PAID)])
def test_a_person_is_asked_and_heeded(tmp_path: Path, answer: str, paid: int, capsys, monkeypatch: pytest.MonkeyPatch):
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert run("real/rows.csv") == 0
    Path("other.csv").write_text(TWO, "utf-8")
    monkeypatch.setattr("ima_nano_banana.doors.cli.batch._somebody_is_there", lambda _: True)
    monkeypatch.setattr(sys, "stdin", Terminal(answer + "\n"))

    assert main(["batch", "other.csv", "--yes", "--output-dir", "out", "--sandbox"]) == (0 if answer else 130)
    assert charged(tmp_path) == paid
    if answer == "c":
        assert run("other.csv") == 0
        assert charged(tmp_path) == paid
