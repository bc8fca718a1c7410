"""``nano-banana prefs show|set|clear``: the preferred model of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.domain.model import TASK_TYPES
from ima_nano_banana.doors import actions, books, order, tables
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import named
from ima_nano_banana.doors.layout import table
from ima_nano_banana.errors import StorageFault, UsageFault

if TYPE_CHECKING:
    from pathlib import Path

    from ima_nano_banana.doors.session import Session


def _root(session: Session) -> Path:
    from ima_nano_banana.local import paths

    return paths.state_root(session.env)


def _task_type(session: Session) -> str | None:
    asked = order.text(session.values, "task_type")
    if asked is not None and asked not in TASK_TYPES:
        raise UsageFault("flags.not_one_of", flag="--task-type", value=asked, options=TASK_TYPES)
    return asked


def show(session: Session) -> int:
    """Show the user's preferences."""
    return _answer(session, None)


def _when(told: object) -> object:
    """Return a time of the shared file as a person reads it; siblings may write it in their own way."""
    from datetime import datetime

    try:
        return books.local_time(datetime.fromisoformat(str(told)).timestamp())
    except (ValueError, OverflowError, OSError):
        return told


def _answer(session: Session, done: str | None) -> int:
    from ima_nano_banana.local import preferences

    language = session.reporter.language
    found = preferences.show(_root(session), session.user, sandbox=session.sandbox)
    rows = [
        (tables.task_type(task_type, language), entry.get("model_id"), _when(entry.get("last_used")))
        for task_type, entry in found.items()
    ]
    head = tables.names(language, "task_type", "model_id", "last_used")
    told = table(head, rows) if rows else words.text("human.no_prefs", language)
    session.reporter.answer({"user": session.user, "preferences": found}, f"{done}\n{told}" if done else told)
    return actions.DONE


def set_(session: Session) -> int:
    """Store a model as the user's preference."""
    from ima_nano_banana.domain import scope
    from ima_nano_banana.domain.aliases import model_of
    from ima_nano_banana.local import preferences

    word = order.text(session.values, "model_id")
    if word is None:
        raise UsageFault("flags.missing", name="--model-id")
    model_id, _ = model_of(word)
    name, asked = scope.row_of(model_id).name, _task_type(session)
    for task_type in (asked,) if asked else TASK_TYPES:
        remark = preferences.remember(
            _root(session), session.user, task_type, model_id, name, None, sandbox=session.sandbox
        )
        _tell(session, remark)
    return _answer(session, words.text("human.pref_set", session.reporter.language, model=model_id))


def _tell(session: Session, remark: str | None) -> None:
    """Pass a remark on. What is a warning beside a picture is a failure where storing was all that was asked.

    Raises:
        StorageFault: the preferences could not be written.
    """
    from ima_nano_banana.local import preferences

    if remark == preferences.UNWRITABLE:
        raise StorageFault(remark)
    if remark:
        session.reporter.notice(remark)


def clear(session: Session) -> int:
    """Forget the user's preferences."""
    from ima_nano_banana.local import preferences

    _tell(session, preferences.clear(_root(session), session.user, _task_type(session), sandbox=session.sandbox))
    return _answer(session, words.text("human.pref_cleared", session.reporter.language))


_PLAIN = named("--user-id", "--language", "--sandbox", "--output-json")

COMMAND = Command(
    name="prefs",
    about="help.prefs_",
    example="nano-banana prefs set --model-id pro",
    commands=(
        Command(name="show", about="help.prefs_show_", example="nano-banana prefs show", run=show, flags=_PLAIN),
        Command(
            name="set",
            about="help.prefs_set_",
            example="nano-banana prefs set --model-id pro --task-type text_to_image",
            run=set_,
            flags=(*named("--model-id", "--task-type"), *_PLAIN),
        ),
        Command(
            name="clear",
            about="help.prefs_clear_",
            example="nano-banana prefs clear",
            run=clear,
            flags=(*named("--task-type"), *_PLAIN),
        ),
    ),
)
