"""What a program may pass, understood or refused before anything is asked of anybody."""

from __future__ import annotations

import math
import operator
import os
import reprlib
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ima_nano_banana.words import Language

T = TypeVar("T")
Word = TypeVar("Word", bound=str)


class NotOpenError(UsageFault, RuntimeError):
    """The client is not open (any more), or belongs to another loop or process."""


class Unset(Enum):
    """The one value that nobody passes."""

    UNSET = "unset"

    def __repr__(self) -> str:
        """As it stands in a signature."""
        return "..."


UNSET: Final = Unset.UNSET


def shown(value: object) -> str:
    """Return a value as a person may read it: short, and never the bytes of a picture."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return type(value).__name__
    if value is None or isinstance(value, (bool, int, float, str)):
        return reprlib.repr(value)
    return type(value).__name__


def text(name: str, value: object) -> str | None:
    """Return a text, or ``None`` where there is none."""
    if value is None or isinstance(value, str):
        return value
    raise UsageFault("library.text", name=name, given=shown(value))


def needed(name: str, value: object) -> str:
    """Return a text that must be there."""
    told = text(name, value)
    if told is None or not told.strip():
        raise UsageFault("library.text", name=name, given=shown(value))
    return told


def word(name: str, value: object) -> str | None:
    """Return a text; a whole number is taken for the text that it is written as (``size=512``)."""
    if isinstance(value, bool) or not isinstance(value, int):
        return text(name, value)
    return str(value)


def ratio(name: str, value: object) -> str | None:
    """Return a ratio, as text or as two numbers."""
    if isinstance(value, (tuple, list)) and [type(part) for part in value] == [int, int]:
        return f"{value[0]}:{value[1]}"
    if value is None or isinstance(value, str):
        return value
    raise UsageFault("library.ratio", name=name, given=shown(value))


def whole(name: str, value: object, least: int) -> int | None:
    """Return a whole number, however it is written."""
    if value is None:
        return None
    number = _whole(value)
    if number is None or number < least:
        raise UsageFault("library.whole", name=name, given=shown(value), least=least)
    return number


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, str):
            return int(value.strip())
        if isinstance(value, float):
            return int(value) if value.is_integer() else None
        return operator.index(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def ceiling(name: str, value: object) -> int | None:
    """Return a ceiling in points; an infinite one is none."""
    return None if isinstance(value, float) and value == math.inf else whole(name, value, 0)


def seconds(name: str, value: object) -> float:
    """Return a time to wait; ``None`` is without end."""
    if value is None:
        return math.inf
    if isinstance(value, timedelta):
        value = value.total_seconds()
    number = math.nan
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
    if not number > 0:
        raise UsageFault("library.seconds", name=name, given=shown(value))
    return number


def patience(name: str, value: object) -> float:
    """Return how long to wait for somebody; no time at all is one too."""
    return 0.0 if value == 0 and not isinstance(value, bool) else seconds(name, value)


def switch(name: str, value: object) -> bool:
    """Return a switch. ``"no"`` is not true, so only the two are taken."""
    if isinstance(value, bool):
        return value
    raise UsageFault("library.switch", name=name, given=shown(value))


def folder(name: str, value: object) -> Path | None:
    """Return a folder."""
    if value is None:
        return None
    told = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(told, str) or not told.strip() or "\0" in told:
        raise UsageFault("library.folder", name=name, given=shown(value))
    try:
        return Path(told).expanduser().absolute()
    except (RuntimeError, OSError):  # "~nobody", or the current folder is gone
        raise UsageFault("library.folder", name=name, given=shown(value)) from None


def mapping(name: str, value: object) -> Mapping[str, object]:
    """Return a mapping with text as its keys."""
    from collections.abc import Mapping

    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise UsageFault("library.mapping", name=name, given=shown(value))
    return value


def called(name: str, value: T | None) -> T | None:
    """Return something that can be called."""
    if value is None or callable(value):
        return value
    raise UsageFault("library.callable", name=name, given=shown(value))


def several(name: str, value: object, options: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return some of the options; one alone needs no list around it."""
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, (tuple, list, set, frozenset)):
        raise UsageFault("library.choice", name=name, given=shown(value), options=options)
    for one in value:
        if one not in options:
            raise UsageFault("library.choice", name=name, given=shown(one), options=options)
    return tuple(options[options.index(one)] for one in value)


def user(value: object, env: Mapping[str, str]) -> str:
    """Return whose books these are; an id may be a number."""
    from ima_nano_banana.local.paths import user_id

    return user_id(word("user_id", value), env)


def language(value: object) -> Language | None:
    """Return the language that was asked for."""
    from ima_nano_banana.domain.language import spelled

    told = text("language", value)
    return None if told is None else spelled(told)


def scenes(value: object, *, sandbox: bool) -> tuple[str, ...]:
    """Return the faults that the simulated service should rehearse."""
    if value is None or value in ((), []):
        return ()
    if not sandbox:
        raise UsageFault("flags.scene_needs_sandbox")
    from ima_nano_banana.sandbox import scene_names

    return several("scenes", value, tuple(scene_names()))


def key(value: object) -> str | None:
    """Return the API key; whatever was passed instead is not repeated."""
    if value is None or isinstance(value, str):
        return value
    raise UsageFault("library.text", name="api_key", given=type(value).__name__)


def texts(name: str, value: object) -> Mapping[str, str]:
    """Return a mapping from text to text, such as an environment."""
    found = mapping(name, value)
    told = {key: one for key, one in found.items() if isinstance(one, str)}
    if len(told) < len(found):
        raise UsageFault("library.mapping", name=name, given=shown(value))
    return told


def moment(name: str, value: object) -> float | None:
    """Return a moment in Unix seconds."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise UsageFault("library.moment", name=name, given=shown(value))


MANNERS: dict[str, Callable[[str, object], object]] = {
    "max_credits": ceiling,
    "keep_size": switch,
    "again": switch,
    "download": switch,
    "keep_metadata": switch,
    "wait_approval": patience,
    "output_dir": folder,
}
"""How a run behaves, and how each is understood."""
