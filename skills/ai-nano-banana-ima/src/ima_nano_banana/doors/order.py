"""From the values of the options to what the engine takes: the wish, and how to go about it."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana.domain.language import spelled
from ima_nano_banana.domain.model import Wish
from ima_nano_banana.domain.task import FOLLOW_SECONDS
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.engine.ports import How

Values = dict[str, object]

STDIN = "-"

ASK = "ask"
"""The word in place of a number of points: up to what the owner set; above it the user is asked first."""

ASK_ABOVE = "IMA_ASK_ABOVE"
DEFAULT_ASK_ABOVE = 6
"""One picture of the default model in its default size."""


def text(values: Mapping[str, object], name: str) -> str | None:
    """Return the value of an option that takes one, or ``None``."""
    value = values.get(name)
    return value if isinstance(value, str) else None


def on(values: Mapping[str, object], name: str) -> bool:
    """Tell whether a switch is on."""
    return bool(values.get(name))


def many(values: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return the values of an option that takes several."""
    value = values.get(name)
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else ()


def whole(values: Mapping[str, object], name: str, *, least: int = 0, most: int | None = None) -> int | None:
    """Return a whole number of at least ``least``, or ``None``.

    Whether it is more than ``most`` is for others to say, who know what is on offer; it is only named here.

    Raises:
        UsageFault: it is none.
    """
    told = text(values, name)
    if told is None:
        return None
    try:
        number = int(told.strip())
    except ValueError:
        number = least - 1
    if number < least:
        if most is not None:
            raise UsageFault("flags.not_in_range", flag=_flag(name), value=told, least=least, most=most)
        raise UsageFault("flags.not_a_number", flag=_flag(name), value=told, least=least)
    return number


def wish_of(values: Mapping[str, object], env: Mapping[str, str]) -> Wish:
    """Return what is wanted, word for word.

    Raises:
        UsageFault: ``--count`` or ``--extra-params`` can't be read, or standard input has no prompt.
    """
    from ima_nano_banana.domain.request import parse_extra

    return Wish(
        prompt=prompt_of(values),
        images=many(values, "input_images"),
        task_type=text(values, "task_type"),
        model=text(values, "model_id"),
        version_id=text(values, "version_id"),
        size=text(values, "size"),
        aspect_ratio=text(values, "aspect_ratio"),
        count=count_of(values),
        extra=parse_extra(text(values, "extra_params")),
        language=text(values, "language"),
        user_id=user_of(values, env),
        idempotency_key=text(values, "idempotency_key"),
    )


def prompt_of(values: Mapping[str, object]) -> str | None:
    """Return the prompt; ``-`` reads standard input to its end."""
    told = text(values, "prompt")
    if told != STDIN:
        return told
    try:
        data = sys.stdin.buffer.read() if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
        return data.decode("utf-8-sig")
    except (OSError, ValueError, AttributeError) as unreadable:
        raise UsageFault("flags.stdin") from unreadable


def asks(values: Mapping[str, object]) -> bool:
    """Tell whether the price is to be agreed to above the owner's threshold."""
    return (text(values, "max_credits") or "").strip().lower() == ASK


def ceiling(values: Mapping[str, object], env: Mapping[str, str]) -> int | None:
    """Return the points above which nothing is begun.

    Raises:
        UsageFault: it is neither a whole number nor ``ask``.
    """
    if not asks(values):
        return whole(values, "max_credits")
    told = env.get(ASK_ABOVE, "").strip() or str(DEFAULT_ASK_ABOVE)
    # What can't be read is no leave to spend: every price is asked for.
    return int(told) if told.isascii() and told.isdigit() else 0


def how_of(values: Mapping[str, object], env: Mapping[str, str] = os.environ) -> How:
    """Return how to go about it.

    Raises:
        UsageFault: a number can't be read.
    """
    from ima_nano_banana.engine.ports import How

    folder = text(values, "output_dir")
    return How(
        max_credits=ceiling(values, env),
        asks=asks(values),
        keep_size=on(values, "keep_size"),
        again=on(values, "again"),
        download=not on(values, "no_download"),
        output_dir=Path(folder).expanduser().absolute() if folder else None,
        timeout=_timeout(values),
        remember_model=on(values, "remember_model"),
        keep_metadata=on(values, "keep_metadata"),
        wait_approval=_patience(values),
    )


def task_id_of(told: str) -> str:
    """Return the id of the task to finish.

    Raises:
        UsageFault: it is blank. A variable that was empty must not turn "fetch what I paid for" into a new spend.
    """
    task_id = told.strip()
    if not task_id:
        raise UsageFault("usage.blank_value", field="task-id")
    return task_id


def user_of(values: Mapping[str, object], env: Mapping[str, str]) -> str:
    """Return whose books these are: the chat's sender inside OpenClaw, else as told, else ``"default"``.

    Raises:
        UsageFault: it is another one than the sender.
    """
    from ima_nano_banana.local.paths import user_id

    return user_id(text(values, "user_id"), env)


def whose(values: Mapping[str, object], env: Mapping[str, str]) -> str | None:
    """Return whose rows a list is about: the chat's sender, else as told, else everybody's (``None``).

    Raises:
        UsageFault: it is another one than the sender.
    """
    from ima_nano_banana.local.paths import sender_id, user_id

    told = text(values, "user") or text(values, "user_id")
    return user_id(told, env) if told or sender_id(env) else None


def check(values: Mapping[str, object]) -> None:
    """Read every value that needs no other, so that a wrong one is refused before anything begins."""
    count_of(values)
    if not asks(values):
        whole(values, "max_credits")
    _timeout(values)
    _patience(values)
    if (language := text(values, "language")) is not None:
        spelled(language)


def count_of(values: Mapping[str, object]) -> int | None:
    """Return how many pictures are wanted, or ``None``.

    Raises:
        UsageFault: it is no number above 0.
    """
    from ima_nano_banana.domain.request import MAX_COUNT

    return whole(values, "count", least=1, most=MAX_COUNT)


def _timeout(values: Mapping[str, object]) -> float:
    told = text(values, "timeout")
    if told is None:
        return FOLLOW_SECONDS
    try:
        seconds = float(told)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise UsageFault("flags.not_seconds", flag="--timeout", value=told)
    return seconds


def _patience(values: Mapping[str, object]) -> float:
    """Return how long approval is waited for; not at all if nobody says so."""
    told = text(values, "wait_approval")
    if told is None:
        return 0.0
    try:
        seconds = float(told)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise UsageFault("flags.not_seconds", flag="--wait-approval", value=told)
    return seconds


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
