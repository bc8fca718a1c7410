"""What a command is: its words, its options and what it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.doors.flags import Flag
    from ima_nano_banana.doors.session import Session


@dataclass(frozen=True, slots=True)
class Argument:
    """A word without an option's name. ``many`` takes all that follow."""

    name: str
    many: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Attributes:
        name: As typed.
        about: Key of the sentence that help begins with.
        example: A command line that works as it stands; help shows it first.
        run: Takes the session, with the values in place, and returns the exit code.
        flags: Its options.
        arguments: Its words.
        exit_codes: Whether help explains the exit codes.
        commands: Commands of its own; ``run`` then serves the bare name.
        choices: What its first argument may be, where that is known beforehand.
    """

    name: str
    about: str
    example: str
    run: Callable[[Session], int] | None = None
    flags: tuple[Flag, ...] = ()
    arguments: tuple[Argument, ...] = ()
    exit_codes: bool = False
    commands: tuple[Command, ...] = ()
    choices: tuple[str, ...] = ()
