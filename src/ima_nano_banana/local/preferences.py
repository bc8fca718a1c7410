"""Each user's preferred model, in a file that all sibling skills share (interface, section 7).

``{"user_<id>": {"<task_type>": {"model_id", "model_name", "credit", "last_used"}}}``. What others wrote
there is theirs: entries of other users, task types and models stay as they are, a file that can't be
understood is set aside and never overwritten, and nothing here ever costs a picture. What is preferred in the
sandbox is kept in a file of its own: a rehearsal changes nothing that is real, and is changed by nothing.
"""

from __future__ import annotations

import json
import os
import stat
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.domain import scope
from ima_nano_banana.local import paths
from ima_nano_banana.local.locks import Busy, locked
from ima_nano_banana.local.private import private_dir, read_regular, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    Book = dict[str, object]

LIMIT = 16_000_000
"""Bytes; a larger file is not one of preferences."""

UNWRITABLE = "local.prefs_unwritable"
SET_ASIDE = "local.prefs_set_aside"


class _BrokenError(Exception):
    """The file is there, and it is not what it should be."""


def read(root: Path, user_id: str, task_type: str, *, sandbox: bool = False) -> str | None:
    """Return the user's preferred model for a task type, if it is one of the two; never fails.

    A sibling skill keeps its own models under the same name; those are none of ours.
    """
    try:
        book = _load(paths.preferences_file(root, sandbox=sandbox))
    except (_BrokenError, OSError):
        return None
    model_id = _entry(book, user_id, task_type).get("model_id")
    return model_id if isinstance(model_id, str) and model_id in scope.ids() else None


def remember(  # noqa: PLR0917 -- one argument for each field of the shared file
    root: Path,
    user_id: str,
    task_type: str,
    model_id: str,
    model_name: str | None,
    credit: int | None,
    *,
    sandbox: bool = False,
    now: Callable[[], float] = time.time,
) -> str | None:
    """Store a model as the user's preference, because the user asked for that.

    Returns:
        Key of a remark for the user (:mod:`~ima_nano_banana.words.local`), or ``None`` if all is well.
    """

    def change(book: Book) -> bool:
        old = _entry(book, user_id, task_type)
        kept = old if old.get("model_id") == model_id else {"model_name": None, "credit": None}
        when = datetime.fromtimestamp(now()).astimezone().isoformat(timespec="seconds")
        known = {"model_name": model_name, "credit": credit}
        new = {"model_id": model_id, **{name: value for name, value in known.items() if value is not None}}
        user = book.get(_user(user_id))
        book[_user(user_id)] = {
            **(user if isinstance(user, dict) else {}),
            task_type: {**kept, **new, "last_used": when},
        }
        return True

    return _rewrite(paths.preferences_file(root, sandbox=sandbox), change)


def clear(root: Path, user_id: str, task_type: str | None = None, *, sandbox: bool = False) -> str | None:
    """Forget the user's preference for one task type, or for all; what sibling skills stored stays.

    Returns:
        Key of a remark for the user, or ``None`` if all is well.
    """

    def change(book: Book) -> bool:
        user = book.get(_user(user_id))
        types = list(user) if isinstance(user, dict) and task_type is None else [task_type or ""]
        gone = [name for name in types if _entry(book, user_id, name).get("model_id") in scope.ids()]
        if not gone or not isinstance(user, dict):
            return False
        for name in gone:
            del user[name]
        if not user:
            del book[_user(user_id)]
        return True

    return _rewrite(paths.preferences_file(root, sandbox=sandbox), change)


def show(root: Path, user_id: str, *, sandbox: bool = False) -> dict[str, dict[str, object]]:
    """Return the user's entries by task type, those of our two models only; never fails."""
    try:
        book = _load(paths.preferences_file(root, sandbox=sandbox))
    except (_BrokenError, OSError):
        return {}
    user = book.get(_user(user_id))
    names = list(user) if isinstance(user, dict) else []
    entries = {name: _entry(book, user_id, name) for name in names}
    return {name: entry for name, entry in entries.items() if entry.get("model_id") in scope.ids()}


def _user(user_id: str) -> str:
    return f"user_{user_id}"


def _entry(book: Book, user_id: str, task_type: str) -> Book:
    user = book.get(_user(user_id))
    entry = user.get(task_type) if isinstance(user, dict) else None
    return entry if isinstance(entry, dict) else {}


def _load(file: Path) -> Book:
    """Return what the file holds; a missing or empty one holds nothing.

    Raises:
        _BrokenError: it is no JSON object.
        OSError: it can't be read.
    """
    try:
        data = read_regular(file, LIMIT)
    except FileNotFoundError:
        return {}
    try:
        book = json.loads(data.decode("utf-8-sig")) if data.strip() else {}
    except (ValueError, RecursionError) as fault:
        raise _BrokenError from fault
    if not isinstance(book, dict):
        raise _BrokenError
    return book


def _rewrite(told: Path, change: Callable[[Book], bool]) -> str | None:
    """Read, change and replace the file while no other process of this program does."""
    try:
        folder = private_dir(told.parent)
        # A link may lead to a file kept elsewhere; that one is replaced, and the link stays.
        file = Path(os.path.realpath(told))
        with locked(folder / f"{told.name}.lock"):
            return _replace(file, change)
    except (OSError, ValueError, Busy):
        return UNWRITABLE


def _replace(file: Path, change: Callable[[Book], bool]) -> str | None:
    _must_be_writable(file)
    warning = None
    try:
        book = _load(file)
    except _BrokenError:
        book, warning = {}, SET_ASIDE
    if change(book):
        data = json.dumps(book, ensure_ascii=False, indent=2).encode()
        if warning:
            _set_aside(file)
        write_whole(file, data)
    return warning


def _must_be_writable(file: Path) -> None:
    """Respect a file that its owner made read-only, or a link to the null device: "leave my preferences alone".

    Raises:
        OSError: the file must not be replaced.
    """
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode) or not mode & stat.S_IWUSR or not os.access(file, os.W_OK):
        raise PermissionError(file)


def _set_aside(file: Path) -> None:
    """Give a broken file a name of its own, so that whoever can may still read it."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    for number in range(1000):
        aside = file.with_name(f"{file.name}.broken-{stamp}" + (f"-{number}" if number else ""))
        if not aside.exists():
            file.rename(aside)
            return
    raise FileExistsError(file)
