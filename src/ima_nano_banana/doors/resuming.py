"""``resume --all``, as the three readers of standard output hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.domain.events import Acknowledged, Failed, Progress, Succeeded
from ima_nano_banana.doors import actions, books, hearing, messages, order, present
from ima_nano_banana.doors.streams import Mode
from ima_nano_banana.errors import InterruptedFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.domain.events import Event
    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.doors.streams import Reporter
    from ima_nano_banana.engine.finishing import Ends
    from ima_nano_banana.engine.ports import Ports, Trace
    from ima_nano_banana.engine.telling import Last
    from ima_nano_banana.ledger import Item
    from ima_nano_banana.words import Language


def all_open(session: Session) -> int:
    """Fetch all that the user has paid for and not got.

    Raises:
        UsageFault: a chat is to hear of it: each task was ordered from a chat of its own.
    """
    if order.text(session.values, "deliver") is not None:
        asked = "--resume-all" if order.on(session.values, "resume_all") else "--all"
        raise UsageFault("flags.exclude", one=asked, other="--deliver")
    paid = open_ones(session)
    return everything(session, paid) if paid else nothing(session)


def open_ones(session: Session) -> list[Item]:
    """Return the user's open tasks that can be fetched, newest first."""
    return [item for item in books.open_items(session) if item.task_id]


def everything(session: Session, items: Sequence[Item]) -> int:
    """Fetch all of ``items``; the exit code is that of the first one that did not end well."""
    from ima_nano_banana.engine import Engine
    from ima_nano_banana.engine.finishing import Listener, finish

    session.reporter.making = True  # as for one of them: what fails here is a picture
    teller = _Teller(session, len(items))
    how = order.how_of(session.values)
    if session.reporter.mode is Mode.HUMAN:  # nothing is made, so that is not what a person is told
        session.reporter.notice("human.resuming", count=len(items))
    else:
        session.reporter.event(Acknowledged())

    async def work(ports: Ports, trace: Trace) -> Ends:
        trace.charged = "yes"  # all of it, and long ago
        listener = Listener(speaks=session.language_of, hear=teller.hear, tell=teller.tell, close=teller.close)
        return await finish(Engine(ports), items, how, listener)

    ends = session.run(work)
    return teller.lost(ends) or next((end.fault.exit_code for _, end in ends if isinstance(end, Failed)), actions.DONE)


class _Teller:
    def __init__(self, session: Session, total: int) -> None:
        self._session = session
        self._reporter = session.reporter
        self._total = total
        self._ended = 0

    def hear(self, item: Item, event: Event) -> None:
        """Say how a task is doing."""
        if isinstance(event, Progress):
            message = messages.of(event, self._session.language_of(item), event.elapsed_seconds or 0.0)
            facts: present.Json = {"percent": event.percent, "max_seconds": event.max_seconds}
            text = f"{item.task_id}: {message}" if self._reporter.mode is Mode.HUMAN else message
            self._reporter.part(text, {"task_id": item.task_id, **facts})

    def tell(self, item: Item, last: Last) -> bool:
        """Say how a task ended, where every line is read as it comes."""
        language = self._session.language_of(item)
        self._ended += 1
        counted: present.Json = {"task_id": item.task_id, "ended": self._ended, "total": self._total}
        return self._reporter.part(
            _text(last, language, self._reporter), {**counted, **self._carried(last, language)}, lasting=True
        )

    def close(self, ends: Ends, stopped: bool) -> bool:
        """Give the last word, with all that has ended."""
        bodies = [self._body(last, self._session.language_of(item)) for item, last in ends]
        fault = InterruptedFault("interrupted.several", phase="poll", charged="yes") if stopped else None
        self._reporter.close(fault, {"results": bodies}, "")
        return self._reporter.printer.out_lost is None

    def lost(self, ends: Ends) -> int:
        """Say on standard error what standard output did not take; return the exit code of that, or 0."""
        reason = self._reporter.printer.out_lost
        unheard = [fault for _, last in ends if reason is not None and (fault := hearing.unheard(last, reason))]
        for fault in unheard:
            self._reporter.say_unheard(fault)
        return unheard[0].exit_code if unheard else 0

    def _carried(self, last: Last, language: Language) -> present.Json:
        if isinstance(last, Succeeded):
            return {"result": present.result(last.result, language)}
        body = self._body(last, language)
        result = {key: value for key, value in body.items() if key != "error"}
        return {**({"result": result} if result else {}), "error": body["error"]}

    def _body(self, last: Last, language: Language) -> present.Json:
        if isinstance(last, Succeeded):
            return present.result(last.result, language)
        return self._reporter.failure(last.fault, language)


def nothing(session: Session) -> int:
    """Say that there is nothing to fetch: a chat asks for it too."""
    told = words.text("human.nothing_open", session.reporter.language)
    session.reporter.answer({"results": [], "message": told}, told)
    return actions.DONE


def _text(last: Last, language: Language, reporter: Reporter) -> str:
    """Return how one task ended, and for a person where its pictures are: programs read that beside it."""
    result: Result | None
    if isinstance(last, Succeeded):
        message, result = messages.succeeded(last.result, language), last.result
    else:
        message, result = messages.failed(last.fault, language, reporter.reader), last.fault.result
    if reporter.mode is not Mode.HUMAN:
        return message
    shown = [words.text("human.saved", language, path=file) for file in (result.files if result is not None else ())]
    if not isinstance(last, Succeeded) and (command := reporter.fetching(last.fault)):  # which one of them it was
        shown.append(words.text("human.fetch_with", language, command=command))
    return "\n".join((message, *shown))
