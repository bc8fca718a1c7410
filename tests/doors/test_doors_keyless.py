"""A key stands in no output, wherever it was typed; and no argument comes back endless."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ima_nano_banana.wire import redact

UNKNOWN = "ima_9f8e7d6c5b4a39281706f5e4d3c2b1a0"
"""Shaped like a key, and in no variable: somebody put it in the wrong place."""
KNOWN = "ima_the-key.of this!machine%2F".replace(" ", "+")
"""The key in use, which has no shape that could be told from a name."""
HUGE = "A" * 100_000

PLACES = [
    ("{}",),
    ("generate", "a cat", "--size", "{}"),
    ("generate", "a cat", "--aspect-ratio", "{}"),
    ("generate", "a cat", "--model-id", "{}"),
    ("generate", "a cat", "--count", "{}"),
    ("generate", "a cat", "--language", "{}"),
    ("generate", "a cat", "--version-id", "{}"),
    ("generate", "a cat", "--task-type", "{}"),
    ("generate", "a cat", "--extra-params", '{{"{}": 1}}'),
    ("generate", "a cat", "--output-dir", "/dev/null/{}"),
    ("generate", "a cat", "--{}"),
    ("generate", "a cat", "{}"),
    ("edit", "a cat", "pictures/{}.png"),
    ("edit", "a cat", "https://user@example.com/{}.png"),
    ("edit", "a cat", "@{}"),
    ("batch", "{}.csv"),
    ("batch", "x.csv", "--rate", "{}"),
    ("show", "{}"),
    ("resume", "{}"),
    ("limits", "set", "--time-zone", "{}"),
    ("costs", "--by", "{}"),
    ("completion", "{}"),
    ("help", "{}"),
    ("generate", "a cat", "--sandbox-scene", "{}"),
]


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_known", set())
    monkeypatch.setenv("IMA_API_KEY", KNOWN)


def typed(line: tuple[str, ...], word: str) -> tuple[str, ...]:
    own = ("--sandbox",) if line[0] not in ("{}", "help", "completion") else ()
    return (*(one.format(word) for one in line), *own)


@pytest.mark.parametrize("mode", [(), ("--json",)])
@pytest.mark.parametrize("line", PLACES, ids=" ".join)
@pytest.mark.parametrize("key", [UNKNOWN, KNOWN])
def test_a_key_in_the_wrong_place_is_not_repeated(ima: Any, line: tuple[str, ...], key: str, mode: tuple[str, ...]):
    told = ima(*typed(line, key), *mode, door="command")

    assert told.code != 0
    assert key.lower() not in (told.out + told.err).lower()


@pytest.mark.parametrize("line", PLACES, ids=" ".join)
def test_an_endless_argument_is_cut_where_an_error_repeats_it(ima: Any, line: tuple[str, ...]):
    told = ima(*typed(line, HUGE), door="command")

    assert told.code != 0
    assert HUGE[:300] not in told.out + told.err
    assert "Traceback" not in told.err


def test_a_picture_is_saved_and_its_path_is_whole_beside_names_that_only_begin_like_a_key(ima: Any, tmp_path: Path):
    folder = tmp_path / "ima_pictures_for_marketing_in_2026"
    told = ima("generate", "a cat", "--sandbox", "--json", "--output-dir", str(folder), door="command")

    (file,) = told.json["files"]
    assert Path(file).is_file()


def test_the_key_is_hidden_in_what_goes_well_too(ima: Any):
    told = ima("generate", f"a cat called {KNOWN}", "--sandbox", "--output-dir", KNOWN, door="command")
    listed = ima("tasks", "--sandbox", "--json", door="command")
    shown = ima("tasks", "--sandbox", door="command")

    assert told.code == 0
    assert KNOWN not in told.out + told.err + listed.out + shown.out


def test_a_long_path_keeps_its_end():
    cut = str(redact.repeated("/a/very/long/way" * 40 + "/photo.png"))

    assert len(cut) == redact.ARGUMENT_LIMIT
    assert cut.endswith("/photo.png")
    assert "…" in cut
