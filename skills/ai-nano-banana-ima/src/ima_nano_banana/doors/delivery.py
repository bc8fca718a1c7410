"""``--deliver``: turns a run's events into messages for a chat, beside whatever the door itself prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.deliver import target as targets
from ima_nano_banana.deliver.courier import Courier
from ima_nano_banana.deliver.message import Message
from ima_nano_banana.deliver.messenger import Messenger
from ima_nano_banana.domain.events import Adjusted, Progress, Started, Waiting
from ima_nano_banana.local import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ima_nano_banana.deliver.courier import Receipt
    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.words import Language

    Rows = list[dict[str, object]]


def opened(told: str, env: Mapping[str, str]) -> Delivery:
    """Return the way to the chat that ``--deliver`` names.

    Raises:
        UsageFault: it names none.
    """
    target = targets.parse(told, env)
    return Delivery(Courier(Messenger(target, paths.state_root(env), env)))


class Delivery:
    """Steps 1 to 4 of one run. Step 0 is the agent's own; what is not as asked goes with the step that follows."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._begun = False
        self._notes: list[str] = []

    def event(self, event: Event, text: str) -> None:
        """Take an event with its text."""
        match event:
            case Adjusted():
                self._notes.append(text)
            case Started():
                self._tell(Message("started", self._noted(text)))
            case Waiting() | Progress():
                self._tell(Message("progress", text))

    def succeeded(self, result: Result, text: str, language: Language) -> Rows:
        """Send step 3 with the pictures and return what became of every message."""
        return rows(self._courier.finish(Message("succeeded", self._noted(text), _media(result))), language)

    def failed(self, fault: Fault, text: str, language: Language) -> Rows:
        """Send step 4, with the pictures that were made.

        What was refused before it began is between the agent and this program: a wrong option is put right, a price
        asked about, and the chat would hear of a failure where there was none.
        """
        if not self._begun or fault.kind == "interrupted":
            return rows(self._courier.finish(), language)
        media = _media(fault.result) if fault.result is not None and fault.kind == "partial" else ()
        return rows(self._courier.finish(Message("failed", self._noted(text), media)), language)

    def _tell(self, message: Message) -> None:
        self._begun = True
        self._courier.tell(message)

    def hurry(self) -> None:
        """Wait for nothing any more."""
        self._courier.hurry()

    def _noted(self, text: str) -> str:
        told, self._notes = "\n".join((text, *self._notes)), []
        return told


def _media(result: Result) -> tuple[str, ...]:
    """The saved files; without any, the addresses, unless they lead into the simulated service."""
    return result.files or (() if result.sandbox else result.urls)


def rows(receipts: Iterable[Receipt], language: Language) -> Rows:
    """Return what became of messages, for programs."""
    return [
        {
            "step": one.step,
            "ok": one.sent.ok,
            "error": None if one.sent.code is None else words.text(one.sent.code, language, **one.sent.params),
        }
        for one in receipts
    ]
