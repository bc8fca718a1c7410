"""Where this program's files lie, and who is asking (interface, section 7). One function for each place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.domain.identity import user_name
from ima_nano_banana.domain.realm import DATABASES
from ima_nano_banana.errors import StorageFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_USER = "default"
CHANNEL_CONTEXT = "OPENCLAW_CHANNEL_CONTEXT"

OUTBOUND = ("media", "outbound")
"""Below the state folder: pictures that OpenClaw may attach."""


def state_root(env: Mapping[str, str]) -> Path:
    """Return ``$OPENCLAW_STATE_DIR``, else ``~/.openclaw``.

    A relative one is refused: it would be another folder wherever the program is started, and the books that
    keep a request from being paid for twice would stay behind.

    Raises:
        StorageFault: no such folder is known, so there is no safe place for the ledger.
    """
    told = env.get("OPENCLAW_STATE_DIR", "").strip()
    if not told:
        return _home(env) / ".openclaw"
    if told == "~" or told.startswith(("~/", "~\\")):
        return _home(env) / told[2:]
    try:
        return _absolute(Path(told).expanduser(), "OPENCLAW_STATE_DIR", told)
    except RuntimeError as missing:
        raise StorageFault("local.no_home") from missing


def _home(env: Mapping[str, str]) -> Path:
    """Return the user's folder: as the environment says, else as the system knows it."""
    name = "USERPROFILE" if os.name == "nt" else "HOME"
    if told := env.get(name, "").strip():
        return _absolute(Path(told), name, told)
    try:
        return _absolute(Path.home() if os.environ.get(name, "").strip() else _listed_home(), name, "")
    except (RuntimeError, KeyError) as missing:
        raise StorageFault("local.no_home") from missing


def _listed_home() -> Path:
    """Return the folder that the list of users names; an empty variable would mean the root of the disk."""
    if os.name == "nt":
        return Path.home()
    import pwd

    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def _absolute(path: Path, variable: str, told: str) -> Path:
    if not path.is_absolute():
        raise StorageFault("local.relative", variable=variable, folder=told)
    return path


def working_folder() -> Path | None:
    """Return the current folder, or ``None`` if it was deleted or may not be read."""
    try:
        return Path.cwd()
    except OSError:
        return None


def from_here(path: Path | None, cwd: Path | None = None) -> Path:
    """Return the whole path of one that may be relative to ``cwd``, or to the current folder.

    Raises:
        UsageFault: it is relative (or is that folder itself), and the current folder is gone.
    """
    try:
        whole = path.expanduser() if path is not None else None
    except RuntimeError:  # "~nobody"
        whole = path
    here = cwd or working_folder()
    if whole is not None and (whole.is_absolute() or here is not None):
        return whole if here is None else (here / whole).absolute()
    raise UsageFault("local.no_cwd")


def memory_dir(root: Path) -> Path:
    """Return the folder of the preferences and the ledger."""
    return root / "memory"


def preferences_file(root: Path, *, sandbox: bool = False) -> Path:
    """Return the preferences that all sibling skills share; a rehearsal has a file of its own."""
    return memory_dir(root) / ("ima_sandbox_prefs.json" if sandbox else "ima_prefs.json")


def ledger_file(root: Path) -> Path:
    """Return the ledger."""
    return memory_dir(root) / "ima_ledger.sqlite3"


def books(env: Mapping[str, str]) -> Path | str:
    """Return where the ledger is: the database that ``$IMA_LEDGER_URL`` names, else this machine's file.

    What is no such address is refused, not taken for a file in the current folder: there would be other books in each.

    Raises:
        StorageFault: it names neither a database nor a file by its whole path.
    """
    told = env.get("IMA_LEDGER_URL", "").strip()
    if told.startswith(DATABASES):
        return told
    if told and not Path(told).is_absolute():
        raise StorageFault("local.ledger_url")
    return Path(told) if told else ledger_file(state_root(env))


def logs_dir(root: Path) -> Path:
    """Return the folder of the operational logs, shared with sibling skills."""
    return root / "logs" / "ima_skills"


def in_openclaw(env: Mapping[str, str]) -> bool:
    """Tell whether OpenClaw's exec tool started this process (it sets ``OPENCLAW_SHELL``)."""
    return bool(env.get("OPENCLAW_SHELL"))


def default_folder(env: Mapping[str, str], cwd: Path | None) -> Path | None:
    """Return where pictures go when nobody said: a folder that OpenClaw may attach from, else ``cwd``."""
    return state_root(env).joinpath(*OUTBOUND) if in_openclaw(env) else cwd


def sender_id(env: Mapping[str, str]) -> str | None:
    """Return who wrote in the chat, if this is one. The id only sorts the books of one machine and never leaves it."""
    return channel_id(env, "sender") if in_openclaw(env) else None


def channel_id(env: Mapping[str, str], who: str) -> str | None:
    """Return the id of the ``"sender"`` or the ``"chat"``, as OpenClaw's exec tool names them; unreadable is ``None``.

    The variable is JSON such as ``{"sender": {"id": …}, "chat": {"id": …}}``, and never tells the channel.
    """
    try:
        context = json.loads(env.get(CHANNEL_CONTEXT, ""))
    except (ValueError, RecursionError):
        return None
    found = context.get(who) if isinstance(context, dict) else None
    told = found.get("id") if isinstance(found, dict) else None
    if isinstance(told, bool) or not isinstance(told, (str, int)):
        return None
    return str(told).strip() or None


def user_id(asked: str | None, env: Mapping[str, str]) -> str:
    """Return whose books and preferences these are: the chat's sender, else as asked, else ``"default"``.

    Where the host names the sender nobody else is believed: whoever speaks could spend another one's limit.

    Raises:
        UsageFault: another one than the sender is asked for, or a placeholder that nobody filled.
    """
    told = user_name(asked or "")
    sender = sender_id(env)
    if sender is not None and told not in ("", sender):
        raise UsageFault("usage.another_user")
    return sender or told or DEFAULT_USER
