"""The skill script's door: the flags of the skill in the wild, and the few that were added."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.doors import flags, order, run, signals
from ima_nano_banana.doors.reading import read
from ima_nano_banana.doors.resume import of_script
from ima_nano_banana.doors.session import Session
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ima_nano_banana.doors.order import Values
    from ima_nano_banana.doors.reading import Reading

SCRIPT = "ima_image_create.py"

LOOKING = ("resume_all", "tasks", "costs")
PURPOSES = ("list_models", "resume", *LOOKING, "dry_run")
FILTERS = {"open": ("tasks",), "limit": ("tasks",), "since": ("tasks", "costs")}
"""What narrows a list, and which one."""


def main(argv: Sequence[str] | None = None, *, script: str | None = None) -> int:
    """Run the skill script and return its exit code.

    Args:
        argv: The arguments; those of the process by default.
        script: Path of the script, for the command that fetches a paid picture.
    """
    reading = read(sys.argv[1:] if argv is None else argv, script=True)
    place = str(Path(script).absolute()) if script else SCRIPT
    session = Session(reading, resume=of_script(place))
    session.reporter.making = session.reporter.offers = True
    try:
        with signals.raised():
            return session.reporter.heard(_meant(reading, session)(session))
    except (Exception, KeyboardInterrupt) as error:
        return run.failed(error, session)
    finally:
        session.close()


def _meant(reading: Reading, session: Session) -> Callable[[Session], int]:
    """Return what the line asks for; the session has its options then."""
    if (shown := _shown(reading, session)) is not None:
        return run.saying(shown)
    session.settle(values(reading))
    _check_purpose(session.values)
    session.reporter.making = not any(_given(session.values, name) for name in (*LOOKING, "list_models"))
    from ima_nano_banana.doors import actions

    if order.on(session.values, "list_models"):
        return actions.models
    if any(_given(session.values, name) for name in LOOKING):
        return _look
    if (task_id := order.text(session.values, "resume")) is not None:
        return partial(actions.resume, task_id=order.task_id_of(task_id))
    return actions.generate


def _look(session: Session) -> int:
    """Answer from the books of this run's user: the bundle has no command."""
    from ima_nano_banana.doors import history, resuming

    if order.on(session.values, "resume_all"):
        return resuming.all_open(session)
    if order.on(session.values, "tasks"):
        return history.tasks(session, session.user)
    return history.costs(session, session.user)


def _shown(reading: Reading, session: Session) -> str | None:
    """Return help or the version, if that is what was asked for."""
    if reading.help:
        from ima_nano_banana.doors import helptext

        return helptext.of_script(session.reporter.language)
    if reading.version:
        from ima_nano_banana import __version__

        return __version__
    return None


def _check_purpose(values: Values) -> None:
    """One run has one purpose."""
    asked = [name for name in PURPOSES if _given(values, name)]
    asked += ["prompt"] if set(asked) & set(LOOKING) and _given(values, "prompt") else []
    if len(asked) > 1:
        one, other = (f"--{name.replace('_', '-')}" for name in asked[:2])
        raise UsageFault("flags.exclude", one=one, other=other)
    for name, fit in FILTERS.items():
        if _given(values, name) and not set(asked) & set(fit):
            raise UsageFault("flags.only_with", flag=f"--{name}", others=[f"--{one}" for one in fit])


def _given(values: Values, name: str) -> bool:
    return values.get(name) not in (None, False)


def values(reading: Reading) -> Values:
    """Return the options by name.

    Raises:
        UsageFault: whatever is wrong with the line.
    """
    told = reading.values(flags.flags_of(flags.SCRIPT))
    if reading.words:
        raise UsageFault("flags.unexpected", word=reading.words[0])
    return told
