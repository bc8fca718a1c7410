"""What can be typed where: commands, their options, and the values that are known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.doors.cli import commands
from ima_nano_banana.doors.flags import ANYWHERE, FLAGS, named

if TYPE_CHECKING:
    from ima_nano_banana.doors.cli.spec import Command

FOLDERS = ("--output-dir", "--allow-path")
"""Options whose value is a folder."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything that a completion script has to know.

    Attributes:
        words: Path of commands -> what may follow it. The path of the program is empty.
        values: Spelling of an option -> its known values; none are known of the others that take one.
        folders: Spellings of options whose value is a folder.
        valued: Spellings of all options that take a value.
    """

    words: dict[tuple[str, ...], tuple[str, ...]]
    values: dict[str, tuple[str, ...]]
    folders: tuple[str, ...]
    valued: tuple[str, ...]


def tree() -> Tree:
    """Return what can be typed where."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {
        (): (*commands.HOMES, "--help", "--version", "--language", *_anywhere())
    }
    for name in commands.HOMES:
        spec = commands.load(name)
        found[name,] = _following(spec)
        for own in spec.commands:
            found[name, own.name] = _following(own)
    return Tree(
        words=found,
        values=_values(),
        folders=FOLDERS,
        valued=tuple(one for flag in FLAGS if flag.kind != "switch" for one in flag.spellings),
    )


def _following(spec: Command) -> tuple[str, ...]:
    own = (one.name for one in spec.commands)
    spelled = (one for flag in spec.flags for one in flag.spellings)
    return (*own, *spec.choices, *spelled, *_anywhere(), "--help")


def _anywhere() -> tuple[str, ...]:
    return tuple(one for flag in named(*ANYWHERE) for one in flag.spellings)


def _values() -> dict[str, tuple[str, ...]]:
    from ima_nano_banana.domain import aliases, model, pixels
    from ima_nano_banana.doors.history import STATES

    return {
        "--model-id": aliases.model_words(),
        "--size": aliases.SIZE_WORDS,
        "--aspect-ratio": tuple(pixels.RATIOS),
        "--task-type": model.TASK_TYPES,
        "--language": ("zh", "en"),
        "--count": ("1", "2", "3", "4"),
        "--state": STATES,
        "--by": ("day", "user", "model"),
    }
