"""``nano-banana resume [TASK_ID|--all]``: fetch what is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, books, messages, order, present
from ima_nano_banana.doors.cli.spec import Argument, Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import Fault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ima_nano_banana.domain.model import Result
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.engine import Engine
    from ima_nano_banana.engine.ports import Trace
    from ima_nano_banana.ledger.model import Item


def run(desk: Desk) -> int:
    """Fetch one task, or with ``--all`` every open one; without an id, the newest open one."""
    task_id = order.text(desk.values, "task_id")
    everything = order.on(desk.values, "all")
    if task_id is not None and everything:
        raise UsageFault("flags.exclude", one="TASK_ID", other="--all")
    if task_id is not None:
        return actions.resume(desk, order.task_id_of(task_id))
    paid = [item for item in books.open_items(desk) if item.task_id]
    if everything:
        return _all(desk, paid)
    if not paid:
        desk.reporter.answer({"results": []}, words.text("human.nothing_open", desk.reporter.language))
        return actions.DONE
    return actions.resume(desk, str(paid[0].task_id))


def _all(desk: Desk, paid: Sequence[Item]) -> int:
    language = desk.reporter.language
    how = order.how_of(desk.values)

    async def work(engine: Engine, trace: Trace) -> list[Result | Fault]:
        ends: list[Result | Fault] = []
        for item in paid:
            try:
                ends.append(
                    await engine.resume(
                        str(item.task_id), how, lambda _: None, trace, language=language, user_id=item.user_id
                    )
                )
            except Fault as fault:
                ends.append(fault)
        return ends

    ends = desk.with_engine(work) if paid else []
    bodies = [_body(desk, end) for end in ends]
    texts = [_text(desk, end) for end in ends] or [words.text("human.nothing_open", language)]
    desk.reporter.answer({"results": bodies}, "\n\n".join(texts))
    return next((end.exit_code for end in ends if isinstance(end, Fault)), actions.DONE)


def _body(desk: Desk, end: Result | Fault) -> present.Json:
    if isinstance(end, Fault):
        return desk.reporter.failure(end)
    return present.result(end, desk.reporter.language)


def _text(desk: Desk, end: Result | Fault) -> str:
    language = desk.reporter.language
    if isinstance(end, Fault):
        return messages.failed(end, language)
    saved = [words.text("human.saved", language, path=file) for file in end.files]
    return "\n".join((messages.succeeded(end, language), *saved))


COMMAND = Command(
    name="resume",
    about="help.resume_",
    example="nano-banana resume --all",
    run=run,
    flags=flags_of("resume"),
    arguments=(Argument("task_id"),),
    exit_codes=True,
)
