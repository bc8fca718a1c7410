"""The three stream modes: for a person, one JSON object, or JSON lines (interface, section 3)."""

from __future__ import annotations

import time
from enum import Enum
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.domain.events import (
    Acknowledged,
    Adjusted,
    Failed,
    Interrupted,
    Progress,
    Started,
    Succeeded,
    Waiting,
)
from ima_nano_banana.doors import hearing, messages, present
from ima_nano_banana.doors.approving import NEEDED
from ima_nano_banana.errors import StorageFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.doors.printer import Printer
    from ima_nano_banana.errors import Fault
    from ima_nano_banana.words import Language, Reader

    Rows = list[dict[str, object]]

    class Live(Protocol):
        """A line of the terminal that is drawn anew in place."""

        def show(self, event: Event, message: str) -> bool:
            """Take an event; false if it should be printed as a line."""
            ...

        def stop(self) -> None:
            """Take the line away."""
            ...

    class Chat(Protocol):
        """A chat that is told the same, beside the streams."""

        def event(self, event: Event, text: str) -> None:
            """Take what is said on the way, and return at once."""
            ...

        def succeeded(self, result: Result, text: str, language: Language) -> Rows:
            """Take the last word, and say what became of every message."""
            ...

        def failed(self, fault: Fault, text: str, language: Language) -> Rows:
            """Take the last word, and say what became of every message."""
            ...

        def hurry(self) -> None:
            """Wait for nothing any more."""
            ...

    class Owner(Protocol):
        """The chat of whoever approves, beside all else."""

        def waiting(self, plan_id: str, language: Language) -> None:
            """Tell of a plan that waits, once."""
            ...

        def finish(self, language: Language) -> Rows:
            """Say what became of the message."""
            ...


class Mode(Enum):
    """Who reads standard output."""

    HUMAN = "human"
    JSON = "json"
    EVENTS = "events"
    BOTH = "both"
    """The two excluded each other; the refusal is written so that either reader understands it."""


NAMES = {
    Acknowledged: "acknowledged",
    Started: "started",
    Waiting: "waiting",
    Progress: "progress",
    Adjusted: "adjusted",
    Succeeded: "succeeded",
    Failed: "failed",
    Interrupted: "interrupted",
}


TELLING = {"quote", "plan"}
"""Objects that tell by themselves whether they are simulated."""


class Reporter:
    """Renders one run. Whatever happens, the last thing it says is said once."""

    def __init__(
        self,
        mode: Mode,
        printer: Printer,
        language: Language,
        *,
        sandbox: bool = False,
        relayed: bool = False,
        resume_command: Callable[[Fault], str | None] = lambda _: None,
        approve_command: Callable[[Fault], str | None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.mode = mode
        self.printer = printer
        self.language = language
        self.sandbox = sandbox
        self.offers = False
        """Whether whoever reads the text of a failure can take up what it offers: the script's agent can."""
        self.ready: Callable[[], bool] = lambda: True
        """Whether nothing that is known by now keeps the run from beginning: nobody is told that it begins then."""
        self.quiet = False
        """Whether a person wants the result and nothing on the way to it; what is not as asked is still told."""
        self.reader: Reader = "chat" if relayed and mode is not Mode.HUMAN else "shell"
        """An agent passes on what a program reads; everybody else can type what they are told."""
        self.making = False
        """Whether pictures are at stake, so that a failure is told as step 4."""
        self._resume_command = resume_command
        self._approve_command = approve_command
        self.live: Live | None = None
        self.picture: Callable[[Result], None] | None = None
        self.chat: Chat | None = None
        self.owner: Owner | None = None
        self._clock = clock
        self._since = clock()
        self._said: set[str] = set()
        self._ended = False
        self._unheard = False
        self.code: int | None = None
        """The exit code that goes with the last word, once it is said."""

    # The engine's events

    def event(self, event: Event) -> None:
        """Render what the engine says, its last word too; a door that says it once more is not heard."""
        if isinstance(event, Succeeded):
            self.succeeded(event.result)
        elif isinstance(event, (Failed, Interrupted)):
            self.failed(event.fault)
        if self._ended:
            return
        name = NAMES.get(type(event))
        if name in ("acknowledged", "started"):
            if name in self._said:
                return
            self._said.add(name)
        message = messages.of(event, self.language, self._elapsed(event), self.reader)
        if self.owner is not None and isinstance(event, Waiting) and event.plan_id is not None:
            self.owner.waiting(event.plan_id, self.language)
        if self.chat is not None:
            self.chat.event(event, message)
        if self.mode is Mode.EVENTS and name is not None:
            self._line(name, message, self._elapsed(event), present_event(event, self.language))
        elif self.mode is Mode.HUMAN and (not isinstance(event, Acknowledged) or self.ready()):
            self._show_event(event, message)

    def _show_event(self, event: Event, message: str) -> None:
        if not (self.live and self.live.show(event, message)) and self._loud(event):
            self.printer.err(message)

    def _loud(self, event: Event) -> bool:
        return not self.quiet or isinstance(event, Adjusted)

    # The last word

    async def tell(self, last: Succeeded | Failed) -> bool:
        """Hand the engine's last word over: to the chat, which the answer waits for a while, and to the streams.

        Returns whether it arrived. Nothing decides about the request here; the engine does.

        Raises:
            DownloadFault: standard output did not take it.
        """
        delivery = await self._to_chat(last) if self.chat is not None else None
        if isinstance(last, Succeeded):
            self.succeeded(last.result, delivery)
        else:
            self.failed(last.fault, delivery)
        if self.printer.out_lost is not None and (unheard := hearing.unheard(last, self.printer.out_lost)):
            self.code = unheard.exit_code
            self.say_unheard(unheard)
            raise unheard
        on_stderr = self.mode is Mode.HUMAN and isinstance(last, Failed)
        written = (self.printer.err_lost if on_stderr else self.printer.out_lost) is None
        return written and hearing.reached(delivery)

    async def _to_chat(self, last: Succeeded | Failed) -> Rows:
        import asyncio

        sending = asyncio.ensure_future(asyncio.to_thread(self._chat_said, last))
        while True:
            try:
                return await asyncio.shield(sending)
            except asyncio.CancelledError:  # an interrupt ends the waiting and not the run: its end is to be reported
                if self.chat is not None:
                    self.chat.hurry()

    def _chat_said(self, last: Succeeded | Failed) -> Rows:
        if self.chat is None:
            return []
        if isinstance(last, Succeeded):
            return self.chat.succeeded(last.result, messages.succeeded(last.result, self.language), self.language)
        return self.chat.failed(last.fault, messages.failed(last.fault, self.language, "chat"), self.language)

    def succeeded(self, result: Result, delivery: Rows | None = None) -> None:
        """Every picture asked for was made; ``delivery`` is what became of the messages to a chat."""
        if not self._end():
            return
        self.code = 0
        body = present.result(result, self.language)
        if self.owner is not None and (rows := self.owner.finish(self.language)):
            delivery = [*(delivery or []), *rows]
        if delivery is not None:
            body["delivery"] = self._delivered(delivery)
        if self.mode is Mode.JSON:
            self.printer.json(body)
        elif self.mode is Mode.EVENTS:
            self._line("succeeded", str(body["message"]), self._elapsed(), {"result": body})
        else:
            self._show(result, messages.succeeded(result, self.language))

    def failed(self, fault: Fault, delivery: Rows | None = None) -> None:
        """It did not work out, or was interrupted."""
        if not self._end():
            return
        self.code = fault.exit_code
        body = self.failure(fault)
        message = self._why(fault)
        if delivery is None and self.chat is not None:
            delivery = self.chat.failed(fault, messages.failed(fault, self.language, "chat"), self.language)
        if self.owner is not None:
            if fault.code == NEEDED and "plan_id" in fault.params:
                self.owner.waiting(str(fault.params["plan_id"]), self.language)
            if rows := self.owner.finish(self.language):
                delivery = [*(delivery or []), *rows]
        if delivery is not None:
            carrier = body if fault.kind == "partial" else body["error"]
            if isinstance(carrier, dict):
                carrier["delivery"] = self._delivered(delivery)
        if self.mode is Mode.JSON:
            self.printer.json(body)
        elif self.mode is Mode.HUMAN:
            self._show_failure(fault)
        else:
            result = {key: value for key, value in body.items() if key != "error"}
            carried = {"result": result, "error": body["error"]} if result else {"error": body["error"]}
            name = "interrupted" if fault.kind == "interrupted" else "failed"
            self._line(name, message, self._elapsed(), carried)

    def failure(self, fault: Fault, language: Language | None = None) -> present.Json:
        """Return the object of a failure."""
        command = self._resume_command(fault)
        speaks = language or self.language
        body = present.failure(
            fault,
            speaks,
            sandbox=self.sandbox,
            resume_command=command,
            approve_command=self._approve_command(fault),
            reader=self.reader,
        )
        if not self.making and isinstance(error := body["error"], dict):
            told = messages.refused(fault, speaks, self.reader)
            error["message_full"] = messages.simulated(told) if self.sandbox else told
        return body

    def fetching(self, fault: Fault) -> str | None:
        """Return what to type to fetch the paid task of a fault, if that brings it."""
        return self._resume_command(fault)

    def part(self, text: str, carried: present.Json, *, lasting: bool = False) -> bool:
        """Say how one of several tasks is doing; ``lasting`` if that is its end.

        Returns whether it was handed over: one object at the end is still to come where that is all that is read.
        """
        if self.mode is Mode.EVENTS:
            self._line("progress", text, self._elapsed(), carried)
        elif self.mode is Mode.HUMAN and (lasting or not self.quiet):
            (self.printer.out if lasting else self.printer.err)(text)
        return lasting and self.mode is not Mode.JSON and self.printer.out_lost is None

    def close(self, fault: Fault | None, body: present.Json, text: str) -> None:
        """Give the last word of a command that has objects of its own, whether it went well or not."""
        if not self._end():
            return
        if fault is not None:
            self.code = fault.exit_code
        told = {**body, **(self.failure(fault) if fault is not None else {})}
        if self.mode is Mode.JSON:
            self.printer.json({**told, "sandbox": True} if self.sandbox else told)
        elif self.mode is Mode.EVENTS:
            name = "succeeded" if fault is None else "interrupted" if fault.kind == "interrupted" else "failed"
            self._line(name, text, self._elapsed(), told)
        else:
            self._simulated()
            if text:
                self.printer.out(text)
            if fault is not None:
                self.printer.err(messages.refused(fault, self.language))

    def answer(self, body: present.Json, text: str) -> None:
        """Give the answer of a command that makes no picture: an object for programs, a text for people."""
        if not self._end():
            return
        if self.mode is Mode.JSON:
            self.printer.json({**body, "sandbox": True} if self.sandbox and not TELLING & body.keys() else body)
        elif self.mode is Mode.EVENTS:
            self._line("succeeded", text, self._elapsed(), body)
        else:
            self._simulated()
            self.printer.out(text)

    def notice(self, key: str, **params: object) -> None:
        """Tell a person something beside the result; programs read it nowhere on standard output."""
        if self.mode is Mode.HUMAN and self.live:
            self.live.stop()
        self.printer.err(words.text(key, self.language, **params))

    def heard(self, code: int) -> int:
        """Return the exit code of a command that has said all; one whose output was lost does not end well."""
        if self.printer.out_lost is None or self._unheard:
            return code
        fault = StorageFault("storage.output", reason=self.printer.out_lost)
        self._unheard = True
        self.printer.err(messages.refused(fault, self.language))
        return code or fault.exit_code

    # Details

    def _why(self, fault: Fault) -> str:
        """Return step 4; of a command that makes no picture, reason and advice alone."""
        if self.making:
            offers = self.offers if self.mode is Mode.HUMAN else None
            told = messages.failed(fault, self.language, self.reader, offers=offers)
        else:
            told = messages.refused(fault, self.language, self.reader)
        return messages.simulated(told) if self.sandbox else told

    def say_unheard(self, fault: Fault) -> None:
        """Say on standard error what standard output did not take: the task, where its pictures are, what to do."""
        self._unheard = True
        for file in fault.result.files if fault.result is not None else ():
            self.printer.err(words.text("human.saved", self.language, path=file))
        self.printer.err(messages.refused(fault, self.language))
        if command := self._resume_command(fault):
            self.printer.err(words.text("human.fetch_with", self.language, command=command))

    def _end(self) -> bool:
        if self.live:
            self.live.stop()
        first, self._ended = not self._ended, True
        return first

    def _elapsed(self, event: Event | None = None) -> float:
        own = self._clock() - self._since
        asked = event.elapsed_seconds if isinstance(event, Progress) else None
        return present.seconds(own if asked is None else asked)

    def _line(self, name: str, message: str, elapsed: float, carried: present.Json) -> None:
        body: present.Json = {
            "event": name,
            "message": message,
            "language": self.language,
            "elapsed_seconds": elapsed,
            **carried,
        }
        self.printer.json({**body, "sandbox": True} if self.sandbox else body)

    def _delivered(self, rows: Rows) -> Rows:
        """Tell a person which messages did not reach the chat; programs read it in the result."""
        if self.mode is Mode.HUMAN:
            for error in dict.fromkeys(str(row["error"]) for row in rows if not row["ok"]):
                self.printer.err(error)
        return rows

    def _simulated(self) -> None:
        if self.sandbox and not self.quiet:
            self.printer.err(words.text("human.simulated", self.language))

    def _show(self, result: Result, message: str) -> None:
        from ima_nano_banana.doors import human

        self._simulated()
        human.show_result(self.printer, result, message, self.language)
        for one in result.notes:
            self.printer.err(messages.note(one, self.language))
        if self.picture is not None and result.files:
            self.picture(result)

    def _show_failure(self, fault: Fault) -> None:
        from ima_nano_banana.doors import human

        self._simulated()
        if fault.result is not None and fault.result.files:
            human.show_files(self.printer, fault.result, self.language)
        self.printer.err(self._why(fault))
        if command := self._resume_command(fault):
            self.printer.err(words.text("human.fetch_with", self.language, command=command))
        if command := self._approve_command(fault):
            self.printer.err(words.text("approval.how_approve", self.language, command=command))


def present_event(event: Event, language: Language) -> present.Json:
    """Return what an event carries beside its message (interface, section 5)."""
    if isinstance(event, Started):
        return {
            "model_name": event.model_name,
            "expected_seconds": list(event.expected_seconds),
            "credit": event.credit,
            "task_type": event.task_type,
            "size": event.size,
            "aspect_ratio": event.aspect_ratio,
            "count": event.count,
            **({"joined": True} if event.joined else {}),
        }
    if isinstance(event, Waiting):
        return {
            "why": event.why,
            **({"plan_id": event.plan_id, "credit": event.credit} if event.plan_id is not None else {}),
        }
    if isinstance(event, Progress):
        return {"percent": event.percent, "max_seconds": event.max_seconds}
    if isinstance(event, Adjusted):
        return {"adjustment": present.adjustment(event.adjustment, language)}
    return {}
