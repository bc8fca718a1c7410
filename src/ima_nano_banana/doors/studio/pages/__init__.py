"""The page as HTML. Everything in it is escaped; nothing in it is a script or a style of its own."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, select_autoescape

from ima_nano_banana import words

if TYPE_CHECKING:
    from jinja2 import Template

    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.words import Language

HTML = b"text/html; charset=utf-8"
JSON = b"application/json"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ima_nano_banana.doors.studio", "pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


@lru_cache(maxsize=2)
def texts(language: Language) -> dict[str, str]:
    """Return every text of the page."""
    from ima_nano_banana.words.studio import TEXTS

    return {key: pair[words.LANGUAGES.index(language)] for key, pair in TEXTS.items()}


def studio(language: Language, data: Json) -> str:
    """Return the page with what it shows first."""
    told = json.dumps(
        {**data, "language": language, "words": texts(language)}, ensure_ascii=False, separators=(",", ":")
    )
    # Inside a script element only "<" could end it.
    safe = told.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _template("studio.html").render(t=texts(language), language=language, data=safe)


def entered(language: Language) -> str:
    """Return the page that goes on to the studio: a step of its own, so that the cookie is sent with the next."""
    return _template("entered.html").render(t=texts(language), language=language)


def door(language: Language, *, wrong: bool) -> str:
    """Return the page that asks for the token."""
    return _template("door.html").render(t=texts(language), language=language, wrong=wrong)


def refusal(status: int, *, page: bool) -> tuple[bytes, bytes]:
    """Return what a refused request is told, and as which kind."""
    key = "refused_large" if status == 413 else "refused"
    if page:
        both = [(language, texts(language)) for language in words.LANGUAGES]
        return _template("refused.html").render(both=both, key=key).encode(), HTML
    told = {"error": {"kind": "forbidden" if status == 403 else "usage", "message": texts("en")[key]}}
    return json.dumps(told).encode(), JSON
