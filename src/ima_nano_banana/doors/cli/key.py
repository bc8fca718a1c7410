"""``nano-banana key set|show|forget``: the API key in the system keyring. The key itself is never shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import named
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session


def set_(session: Session) -> int:
    """Ask for the key without echo, or read it from a pipe, and store it."""
    from ima_nano_banana.local import keys

    told = _asked(words.text("human.key_ask", session.reporter.language))
    if not told.strip():
        raise UsageFault("flags.no_key")
    keys.store(told)
    session.reporter.answer({"stored": True}, words.text("human.key_stored", session.reporter.language))
    return actions.DONE


def _asked(question: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    from getpass import getpass

    try:
        return getpass(question)
    except EOFError:
        return ""


def show(session: Session) -> int:
    """Say where a key is found."""
    from ima_nano_banana.local import keys

    _, source = keys.look(None, session.env)
    language = session.reporter.language
    where = words.text(f"human.source_{source}", language)
    session.reporter.answer({"found": True, "source": source}, words.text("human.key_found", language, source=where))
    return actions.DONE


def forget(session: Session) -> int:
    """Remove the key from the keyring."""
    from ima_nano_banana.local import keys

    gone = keys.forget()
    key = "human.key_forgotten" if gone else "human.key_none_stored"
    session.reporter.answer({"forgotten": gone}, words.text(key, session.reporter.language))
    return actions.DONE


_PLAIN = named("--language", "--output-json")

COMMAND = Command(
    name="key",
    about="help.key_",
    example="nano-banana key set",
    commands=(
        Command(name="set", about="help.key_set_", example="nano-banana key set", run=set_, flags=_PLAIN),
        Command(name="show", about="help.key_show_", example="nano-banana key show", run=show, flags=_PLAIN),
        Command(name="forget", about="help.key_forget_", example="nano-banana key forget", run=forget, flags=_PLAIN),
    ),
)
