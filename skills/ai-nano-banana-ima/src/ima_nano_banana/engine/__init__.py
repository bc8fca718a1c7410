"""The one flow: prepare, quote, reserve, create, follow, fetch, finish.

:mod:`~ima_nano_banana.engine.flow` reads top to bottom; each step that has a life of its own stands in a
file beside it. The engine says what happens through events and fails with a
:class:`~ima_nano_banana.errors.Fault`. It knows no terminal, no JSON and no chat.
"""

from ima_nano_banana.engine.flow import Engine
from ima_nano_banana.engine.ports import How, Ports, Trace

__all__ = ["Engine", "How", "Ports", "Trace"]
