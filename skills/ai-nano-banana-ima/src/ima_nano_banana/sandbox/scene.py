"""What a scene is: a named fault that can be rehearsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ima_nano_banana.sandbox.asgi import Response
    from ima_nano_banana.sandbox.call import Call
    from ima_nano_banana.sandbox.catalogue import Tree


@dataclass(frozen=True, slots=True)
class Scene:
    """One fault. Most scenes are one line of data.

    Attributes:
        name: What a user selects; its text is ``scenes.<name>`` in the words.
        at: The endpoint at which it plays; ``"task"`` for a fate, ``"world"`` for a setting.
        before: Answers in place of the service, which then does nothing. ``None`` lets the request pass.
        after: Replaces the answer to what the service has done (for creates: only to an accepted one).
        shown: Changes the product list that a client is shown.
        true: Changes the product list that creates are checked against (and that is shown).
        first: Plays only for so many hits of a subject; ``None`` is always.
        skip: Lets so many hits pass before.
        also: What else belongs to it, at other endpoints.
    """

    name: str
    at: str
    before: Callable[[Call], Response | None] | None = None
    after: Callable[[Call, Response], Response] | None = None
    shown: Callable[[Tree, str], Tree] | None = None
    true: Callable[[Tree, str], Tree] | None = None
    first: int | None = None
    skip: int = 0
    also: tuple[Scene, ...] = ()
