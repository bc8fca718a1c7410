"""Every sentence that a user reads, zh and en side by side.

A topic is a module of this package with a table ``TEXTS: dict[str, tuple[str, str]]``: the key without
its topic, then the Chinese and the English text, with the same ``{placeholders}``. The key
``"usage.bad_ratio"`` lives in ``words/usage.py`` as ``"bad_ratio"``. A topic is loaded when it is first
needed, so that a short command reads no long table.

English nouns agree with their numbers by ``{credit:point}``; a test finds plurals that are written out.
"""

from __future__ import annotations

import importlib
from string import Formatter
from typing import TYPE_CHECKING, Literal

from ima_nano_banana.wire.redact import keyless, repeated

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")

Reader = Literal["shell", "chat"]
"""Who reads a text: somebody who can type commands, or somebody to whom it is passed on."""

NOT_TOLD = ("未说明", "not given")

_topics: dict[str, dict[str, tuple[str, str]]] = {}


def _topic(name: str) -> dict[str, tuple[str, str]]:
    if name not in _topics:
        _topics[name] = importlib.import_module(f"{__name__}.{name}").TEXTS
    return _topics[name]


def template(key: str, language: Language) -> str:
    """Return the text of ``key`` with its placeholders still in it.

    Raises:
        KeyError: no such text; a test holds that every key in use exists.
    """
    topic, _, rest = key.partition(".")
    return _topic(topic)[rest][LANGUAGES.index(language)]


def has(key: str) -> bool:
    """Tell whether ``key`` has a text (a fault may come without a suggestion of its own)."""
    topic, _, rest = key.partition(".")
    return rest in _topic(topic)


def in_chat(key: str) -> str:
    """Return the key of what somebody in a chat is told in place of ``key``: its own, its topic's, or ``key`` itself.

    Who sits at a shell is told what to type; a message that is passed on to a chat must not.
    """
    whole = key.partition(".")[0] + (".do" if key.endswith(".do") else "")
    return next((one for one in (f"chat.{key}", f"chat.{whole}") if has(one)), key)


def text(key: str, language: Language, /, **params: object) -> str:
    """Return the text of ``key`` in ``language`` with its placeholders filled."""
    shown = {name: listed(value, language) for name, value in params.items()}
    return _COUNTING.vformat(template(key, language), (), shown)


class _Counting(Formatter):
    """Makes numbers agree: ``{n:point}`` is "1 point" or "2 points", ``{n:is|are}`` the word alone.

    With a third word, the first is for none at all: ``{n:nothing|only 1|only {n}}``.
    """

    def format_field(self, value: object, format_spec: str) -> str:
        single = str(value) in ("1", "-1")
        if "|" in format_spec:
            *none, one, many = format_spec.split("|")
            return none[0] if none and str(value) == "0" else one if single else many
        if len(format_spec) > 1 and format_spec.isalpha():
            return f"{value} {format_spec}" if single else f"{value} {format_spec}s"
        return str(format(value, format_spec))


_COUNTING = _Counting()


def presentable(params: Mapping[str, object]) -> dict[str, object]:
    """Return values for placeholders as an error may repeat them: no key, nothing endless; commands stay whole."""
    whole = ("command", "install")
    return {name: keyless(one) if name in whole else repeated(one) for name, one in params.items()}


def listed(value: object, language: Language) -> object:
    """Join a list the way the language does, and say of nothing that nobody told; leave anything else as it is."""
    if value is None:
        return NOT_TOLD[LANGUAGES.index(language)]
    if isinstance(value, (list, tuple)):
        return ("、" if language == "zh" else ", ").join(str(part) for part in value)
    return value
