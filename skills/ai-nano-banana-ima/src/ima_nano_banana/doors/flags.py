"""One table of options for both doors, the skill script and the command; :mod:`~.reading` reads lines by it.

Every option arrives as text; :mod:`ima_nano_banana.doors.order` reads the values, so that a wrong one is
refused in the same words, in the user's language, whichever door it came through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["value", "switch", "many"]

SCRIPT = "script"
"""The name of the skill script among the commands."""

_MAKING = ("generate", "edit")
_PRICING = (*_MAKING, "quote")
_PLANNING = (*_PRICING, "plan")
_SPENDING = (*_MAKING, "regenerate", "run")
_FOLLOWING = (*_SPENDING, "resume")
_ONLINE = (*_PLANNING, "resume", "regenerate", "models")
_DECIDING = ("plans", "approve", "refuse")
_BOOKS = ("tasks", "show", "costs", "limits", "prefs", "key", "doctor", "sandbox")
_ALL = (*_ONLINE, "run", *_BOOKS, *_DECIDING)


@dataclass(frozen=True, slots=True)
class Flag:
    """One option.

    Attributes:
        name: As typed; its text is ``help.<name with underscores>`` of :mod:`ima_nano_banana.words`.
        kind: ``value`` takes one, ``switch`` none, ``many`` several and may be repeated.
        metavar: What the value is called in help.
        commands: The commands that take it; ``script`` is the skill script.
        also: Other spellings.
    """

    name: str
    kind: Kind = "value"
    metavar: str = ""
    commands: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def dest(self) -> str:
        """Its name among the values."""
        return self.name.removeprefix("--").replace("-", "_")

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way to write it."""
        return (self.name, *self.also)


FLAGS: tuple[Flag, ...] = (
    Flag("--prompt", metavar="TEXT", commands=(SCRIPT,)),
    Flag("--input-images", "many", "IMAGE", (SCRIPT, "generate", "quote", "plan")),
    Flag("--last", "switch", commands=("edit", "plan")),
    Flag("--task-type", metavar="TYPE", commands=(SCRIPT, *_PLANNING, "models", "prefs")),
    Flag("--model-id", metavar="MODEL", commands=(SCRIPT, *_PLANNING, "prefs", "batch")),
    Flag("--version-id", metavar="ID", commands=(SCRIPT, *_PLANNING)),
    Flag("--size", metavar="SIZE", commands=(SCRIPT, *_PLANNING, "batch")),
    Flag("--aspect-ratio", metavar="R", commands=(SCRIPT, *_PLANNING, "batch")),
    Flag("--count", metavar="N", commands=(SCRIPT, *_PLANNING, "batch")),
    Flag("--extra-params", metavar="JSON", commands=(SCRIPT, *_PLANNING)),
    Flag("--max-credits", metavar="N", commands=(SCRIPT, *_PLANNING, "regenerate", "batch")),
    Flag("--wait-approval", metavar="SECONDS", commands=(SCRIPT, *_SPENDING)),
    Flag("--approval-to", metavar="CHANNEL:TARGET", commands=(SCRIPT, *_SPENDING, "plan")),
    Flag("--dry-run", "switch", commands=(SCRIPT, *_MAKING, "regenerate", "batch")),
    Flag("--list-models", "switch", commands=(SCRIPT,)),
    Flag("--resume", metavar="TASK_ID", commands=(SCRIPT,)),
    Flag("--resume-all", "switch", commands=(SCRIPT,)),
    Flag("--tasks", "switch", commands=(SCRIPT,)),
    Flag("--costs", "switch", commands=(SCRIPT,)),
    Flag("--all", "switch", commands=("resume",)),
    Flag("--again", "switch", commands=(SCRIPT, *_MAKING, "regenerate", "batch")),
    Flag("--idempotency-key", metavar="KEY", commands=(SCRIPT, *_MAKING, "regenerate", "tasks")),
    Flag("--keep-size", "switch", commands=(SCRIPT, *_MAKING, "regenerate", "batch")),
    Flag("--keep-metadata", "switch", commands=(SCRIPT, "edit", "generate", "plan", "batch")),
    Flag("--remember-model", "switch", commands=(SCRIPT, *_MAKING)),
    Flag("--output-dir", metavar="DIR", commands=(SCRIPT, *_FOLLOWING, "plan", "batch", "worker", "studio")),
    Flag("--no-download", "switch", commands=(SCRIPT, *_FOLLOWING, "batch")),
    Flag("--no-preview", "switch", commands=(SCRIPT, *_FOLLOWING)),
    Flag("--timeout", metavar="SECONDS", commands=(SCRIPT, *_FOLLOWING, "batch")),
    Flag("--deliver", metavar="CHANNEL:TARGET", commands=(SCRIPT, *_FOLLOWING)),
    Flag("--user", metavar="ID", commands=("tasks", "limits", "costs", "plans")),
    Flag("--state", metavar="STATE", commands=("tasks",)),
    Flag("--since", metavar="DATE", commands=(SCRIPT, "tasks", "costs")),
    Flag("--open", "switch", commands=(SCRIPT, "tasks", "plans")),
    Flag("--uncertain", "switch", commands=("tasks",)),
    Flag("--limit", metavar="N", commands=(SCRIPT, "tasks", "plans")),
    Flag("--by", metavar="COLUMN", commands=("costs",)),
    Flag("--name", metavar="NAME", commands=("batch",)),
    Flag("--yes", "switch", commands=("batch",)),
    Flag("--concurrency", metavar="N", commands=("batch", "worker")),
    Flag("--rate", metavar="N/PERIOD", commands=("batch",)),
    Flag("--encoding", metavar="NAME", commands=("batch",)),
    Flag("--retry-failed", "switch", commands=("batch",)),
    Flag("--store", metavar="URL", commands=("batch", "worker")),
    Flag("--detach", "switch", commands=("batch",)),
    Flag("--files", metavar="URL", commands=("worker",)),
    Flag("--stalled-after", metavar="SECONDS", commands=("worker",)),
    Flag("--each-user", "switch", commands=("limits",)),
    Flag("--per-run", metavar="N", commands=("limits",)),
    Flag("--daily", metavar="N", commands=("limits",)),
    Flag("--monthly", metavar="N", commands=("limits",)),
    Flag("--approve-above", metavar="N", commands=("limits",)),
    Flag("--approver", "many", "USER", ("limits",)),
    Flag("--time-zone", metavar="NAME", commands=("limits",)),
    Flag("--reason", metavar="TEXT", commands=("limits", "refuse")),
    Flag("--digest", metavar="DIGEST", commands=("approve", "refuse")),
    Flag("--charged", "switch", commands=("settle",)),
    Flag("--not-charged", "switch", commands=("settle",)),
    Flag("--http", "switch", commands=("mcp",)),
    Flag("--token-file", metavar="FILE", commands=("mcp", "studio")),
    Flag("--port", metavar="N", commands=("mcp", "studio")),
    Flag("--host", metavar="HOST", commands=("studio",)),
    Flag("--no-open", "switch", commands=("studio",)),
    Flag("--no-spend", "switch", commands=("mcp",)),
    Flag("--confirm-above", metavar="N", commands=("mcp",)),
    Flag("--allow-path", "many", "DIR", ("mcp",)),
    Flag("--user-id", metavar="ID", commands=(SCRIPT, *_ONLINE, "tasks", "show", "prefs", "batch", "studio")),
    Flag("--api-key", metavar="KEY", commands=(SCRIPT, *_ONLINE, "run", "doctor", "batch", "worker", "studio")),
    Flag("--language", metavar="zh|en", commands=(SCRIPT, *_ALL, "batch", "worker", "studio")),
    Flag("--sandbox", "switch", commands=(SCRIPT, *_ALL, "batch", "worker", "studio")),
    Flag("--sandbox-scene", "many", "NAME", (SCRIPT, *_ONLINE, "run", "batch", "worker", "studio")),
    Flag("--output-json", "switch", commands=(SCRIPT, *_ALL, "batch", "worker"), also=("--json",)),
    Flag("--events", "switch", commands=(SCRIPT, *_ONLINE, "run", "batch")),
    Flag("--quiet", "switch", also=("-q",)),
    Flag("--verbose", "switch", also=("-v",)),
)

BY_SPELLING = {spelling: flag for flag in FLAGS for spelling in flag.spellings}
BY_DEST = {flag.dest: flag for flag in FLAGS}

NOTHING: dict[Kind, object] = {"value": None, "switch": False, "many": ()}
"""What an option is that was not given."""


ANYWHERE = ("--quiet", "--verbose")
"""What may stand beside any command of ``nano-banana``."""


def flags_of(command: str) -> tuple[Flag, ...]:
    """Return the options that ``command`` takes, in the order of help."""
    return tuple(flag for flag in FLAGS if command in flag.commands)


def named(*names: str) -> tuple[Flag, ...]:
    """Return options by name, for the parts of a command that take few."""
    return tuple(BY_SPELLING[name] for name in names)


def with_anywhere(own: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """Return the options of a command of ``nano-banana`` with those that any of them takes."""
    return (*own, *(flag for flag in named(*ANYWHERE) if flag not in own))
