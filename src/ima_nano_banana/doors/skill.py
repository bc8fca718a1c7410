"""The skill script's door: the flags of the skill in the wild, and the few that were added.

It starts often and should start fast, so it stands on argparse and loads nothing that a run does not need.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ima_nano_banana.doors import dashes, flags, order
from ima_nano_banana.doors.desk import Desk
from ima_nano_banana.doors.resume import of_script
from ima_nano_banana.doors.run import guarded
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ima_nano_banana.doors.order import Values

SCRIPT = "ima_image_create.py"
SPELLINGS = tuple(spelling for flag in flags.flags_of(flags.SCRIPT) for spelling in flag.spellings)


def main(argv: Sequence[str] | None = None, *, script: str | None = None) -> int:
    """Run the skill script and return its exit code.

    Args:
        argv: The arguments; those of the process by default.
        script: Path of the script, for the command that fetches a paid picture.
    """
    words = dashes.joined(sys.argv[1:] if argv is None else argv)
    place = str(Path(script).absolute()) if script else SCRIPT
    desk = Desk(words, resume=of_script(place))
    desk.reporter.making = True
    return guarded(lambda: _run(words, desk), desk)


def _run(argv: Sequence[str], desk: Desk) -> int:
    if (shown := _shown(argv, desk)) is not None:
        desk.reporter.printer.out(shown)
        return 0
    desk.settle(parse(argv))
    _check_purpose(desk.values)
    from ima_nano_banana.doors import actions

    if order.on(desk.values, "list_models"):
        return actions.models(desk)
    if (task_id := order.text(desk.values, "resume")) is not None:
        return actions.resume(desk, order.task_id_of(task_id))
    return actions.make(desk, actions.wish(desk), order.how_of(desk.values))


def _shown(argv: Sequence[str], desk: Desk) -> str | None:
    """Return help or the version, if that is what was asked for."""
    if "--help" in argv or "-h" in argv:
        from ima_nano_banana.doors import helptext

        return helptext.of_script(desk.reporter.language)
    if "--version" in argv:
        from ima_nano_banana import __version__

        return __version__
    return None


def _check_purpose(values: Values) -> None:
    """One run has one purpose."""
    asked = [name for name in ("list_models", "resume", "dry_run") if values.get(name) not in (None, False)]
    if len(asked) > 1:
        one, other = (f"--{name.replace('_', '-')}" for name in asked[:2])
        raise UsageFault("flags.exclude", one=one, other=other)


def parse(argv: Sequence[str]) -> Values:
    """Return the options by name.

    Raises:
        UsageFault: an option that does not exist, or one without its value.
    """
    check_switches(argv)
    argv = dashes.joined(argv)
    if (found := dashes.misplaced(argv)) is not None:
        raise misplaced(*found)
    known, unknown = _parser().parse_known_args(argv)
    for word in unknown:
        if word.startswith("-"):
            raise unknown_option(word, SPELLINGS)
        raise UsageFault("flags.unexpected", word=word)
    return dict(vars(known))


def check_switches(argv: Sequence[str]) -> None:
    """Refuse ``--events=x`` in our own words.

    Raises:
        UsageFault: a switch was given a value.
    """
    for word in argv:
        spelling, equals, _ = word.partition("=")
        flag = flags.BY_SPELLING.get(spelling)
        if equals and flag is not None and flag.kind == "switch":
            raise UsageFault("flags.no_value", flag=spelling)


def unknown_option(word: str, own: Iterable[str], *, prompted: bool = False) -> UsageFault:
    """Return the fault for an option that does not exist here, with the nearest one that does.

    Args:
        word: What was typed.
        own: The options that exist here.
        prompted: The word may have been meant as a prompt.
    """
    import difflib

    spelling = word.partition("=")[0]
    if prompted and not spelling.startswith("--"):
        return UsageFault("flags.unknown_prompt", flag=word)
    if spelling in flags.BY_SPELLING:
        return UsageFault("flags.not_here", flag=spelling)
    # Without the dashes, which would make every two options alike.
    names = {one.lstrip("-"): one for one in own}
    if near := difflib.get_close_matches(spelling.lstrip("-"), names, n=1):
        return UsageFault("flags.unknown_near", flag=spelling, near=names[near[0]])
    return UsageFault("flags.unknown", flag=spelling)


def misplaced(spelling: str, word: str) -> UsageFault:
    """Return the fault for a value that looks like an option, with the way to write it."""
    from ima_nano_banana.doors.resume import command_line

    return UsageFault("flags.dash_value", flag=spelling, written=command_line([f"{spelling}={word}"]))


class _Parser(argparse.ArgumentParser):
    """Raises what argparse would print: there is one place that reports."""

    def error(self, message: str) -> NoReturn:
        raise UsageFault("flags.unexpected", word=message)


def _parser() -> argparse.ArgumentParser:
    # No abbreviations: a flag that is cut short should never mean something that costs.
    parser = _Parser(prog=SCRIPT, add_help=False, allow_abbrev=False)
    for flag in flags.flags_of(flags.SCRIPT):
        match flag.kind:
            case "switch":
                parser.add_argument(*flag.spellings, dest=flag.dest, action="store_true")
            case "many":
                parser.add_argument(*flag.spellings, dest=flag.dest, nargs="*", action=_Many)
            case "value":
                parser.add_argument(*flag.spellings, dest=flag.dest, nargs="?", action=_Value)
    return parser


class _Value(argparse.Action):
    """An option with one value. Its absence is ours to report, in the user's language."""

    def __call__(self, parser: object, namespace: argparse.Namespace, values: object, _: str | None = None) -> None:
        if values is None:
            raise needs_value(self.option_strings[0])
        setattr(namespace, self.dest, values)


class _Many(argparse.Action):
    """An option with several values, which may be repeated."""

    def __call__(self, parser: object, namespace: argparse.Namespace, values: object, _: str | None = None) -> None:
        if not isinstance(values, list) or not values:
            raise needs_value(self.option_strings[0])
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest) or []), *values])


def needs_value(spelling: str) -> UsageFault:
    """Return the fault for an option without its value."""
    flag = flags.BY_SPELLING[spelling]
    return UsageFault("flags.needs_value", flag=flag.name, metavar=flag.metavar)
