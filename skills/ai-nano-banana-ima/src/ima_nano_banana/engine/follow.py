"""Follow a paid task until it ends, or until the caller's patience does.

Looking is free and read-only, so no fault of a look ends the run before the deadline: a hiccup of the
network never loses a paid picture. Only answers that stay definite end it earlier: a key that is refused
three times in a row, an id that the service has never known, and a task that it says for most of a minute to
have no more.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ima_nano_banana.domain import schedule
from ima_nano_banana.domain.events import Progress
from ima_nano_banana.domain.task import is_short, judge
from ima_nano_banana.errors import AuthFault, Fault, NetworkFault, RejectedFault, TimeoutFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ima_nano_banana.domain.model import TaskView
    from ima_nano_banana.domain.schedule import Window
    from ima_nano_banana.domain.task import Verdict
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import Emit, EnginePorts

DEFINITE_ANSWERS = 3
FORGOTTEN_SECONDS = 45.0
"""A task that was paid for is believed to be forgotten after so many seconds of such answers, not sooner: a service of
many machines may know it on one of them before the others do."""

SHORT_LOOKS = 4
SHORT_SECONDS = 30.0
"""A task that shows fewer pictures than were paid for, all ended, is believed after so many looks and seconds."""


@dataclass(slots=True)
class _Looks:
    """What the looks so far have told."""

    taken: int = 0
    faults: int = 0
    definite: int = 0
    definite_since: float = 0.0
    seen: bool = False
    """The service has answered for this id at least once."""
    short: int = 0
    short_since: float = 0.0

    def given_up(self, view: TaskView, count: int, now: float) -> bool:
        """Tell whether pictures that are missing from the answer will never come."""
        if not is_short(view, count):
            self.short = 0
            return False
        self.short += 1
        if self.short == 1:
            self.short_since = now
        return self.short >= SHORT_LOOKS and now - self.short_since >= SHORT_SECONDS


async def follow(
    job: Job, ports: EnginePorts, emit: Emit, *, timeout: float, window: Window, shown: Callable[[], Awaitable[None]]
) -> tuple[Verdict, TaskView]:
    """Look until the task has ended.

    Args:
        job: The task to follow.
        ports: Service, clock and jitter.
        emit: Receives a progress event at the model's push interval.
        timeout: Seconds from now (for a task of this run: from its creation).
        window: When it is expected to finish.
        shown: Called once, when the service has shown the task.

    Raises:
        TimeoutFault: still running at the deadline; the task stays open.
        RejectedFault: the service does not know the id, or has forgotten it.
        AuthFault: the key is refused, or it is not one of the account that paid.
    """
    clock, service = ports.clock, ports.service()
    start = clock.monotonic()
    pushes = _Pushes(job, emit, start - job.age)
    looks = _Looks()
    wait = 0.0 if job.joined else schedule.next_look(window, job.age, 0, ports.jitter())
    while True:
        await _wait(wait, start + timeout, pushes, ports)
        looked = clock.monotonic()
        left = start + timeout - looked
        try:
            async with asyncio.timeout(max(left, 1.0) + 5.0):
                view = await service.detail(job.task)
        except (Fault, TimeoutError) as fault:
            retry_after = _weigh(fault, looks, job, clock.monotonic())
            wait = schedule.backoff(looks.faults, retry_after)
        else:
            if not looks.seen:
                await shown()
            looks.seen, looks.definite, looks.faults = True, 0, 0
            given_up = looks.given_up(view, job.count, clock.monotonic())
            verdict = judge(view, job.count, given_up=given_up)
            if verdict.state != "running":
                return verdict, view
            planned = schedule.next_look(window, looked - start + job.age, looks.taken + 1, ports.jitter())
            # Planned from the moment of the look, so that a slow answer doesn't slow the pace; a fault waits from
            # now, and by its own backoff: a look that failed has told nothing of how far the task is.
            wait = max(0.0, planned - (clock.monotonic() - looked))
        looks.taken += 1
        if clock.monotonic() >= start + timeout:
            raise _out_of_time(job, timeout, paid=looks.seen or job.vouched)


def _out_of_time(job: Job, timeout: float, *, paid: bool) -> TimeoutFault:
    return TimeoutFault(
        "timeout.still_running" if paid else "timeout.never_shown",
        phase="poll",
        charged="yes" if paid else "unknown",
        task_id=job.task_id,
        seconds=round(timeout),
        id=job.task_id,
    )


def _weigh(fault: BaseException, looks: _Looks, job: Job, now: float) -> float | None:
    """Count a look that failed; raise when it will not get better. Returns the wait that was asked for."""
    looks.faults += 1
    paid = looks.seen or job.vouched
    definite = isinstance(fault, AuthFault) or (isinstance(fault, RejectedFault) and (not paid or says_gone(fault)))
    looks.definite = looks.definite + 1 if definite else 0
    if looks.definite == 1:
        looks.definite_since = now
    if looks.definite >= DEFINITE_ANSWERS:
        if job.foreign and not looks.seen:
            raise _hidden(fault, job)
        if isinstance(fault, AuthFault):
            raise fault.moved(phase="poll", charged="yes" if paid else "unknown", task_id=job.task_id)
        # With the addresses of its pictures at hand, there is no need to wait for the service to remember.
        if isinstance(fault, RejectedFault) and (
            not paid or job.urls or now - looks.definite_since >= FORGOTTEN_SECONDS
        ):
            raise _unknown(fault, job, paid=paid)
    return fault.retry_after if isinstance(fault, NetworkFault) else None


def says_gone(fault: RejectedFault) -> bool:
    """Tell whether a refusal says that there is no such task; others, such as a code for passing trouble, do not."""
    return fault.code == "rejected.unknown_task" or bool({fault.ima_code, fault.http_status} & {404, 410})


def _unknown(fault: RejectedFault, job: Job, *, paid: bool) -> RejectedFault:
    return RejectedFault(
        "rejected.forgotten_task" if paid else "rejected.unknown_task",
        phase="poll",
        charged="yes" if paid else "unknown",
        task_id=job.task_id,
        ima_code=fault.ima_code,
        http_status=fault.http_status,
        id=job.task_id,
    )


def _hidden(fault: BaseException, job: Job) -> AuthFault:
    """Return what it means that a task which was paid with another key can't be seen with the present one."""
    known = fault if isinstance(fault, Fault) else None
    return AuthFault(
        "auth.another_account",
        phase="poll",
        charged="yes",
        task_id=job.task_id,
        ima_code=known.ima_code if known else None,
        http_status=known.http_status if known else None,
        id=job.task_id,
    )


class _Pushes:
    """Progress at the push interval of the model, never faster (interface, section 5)."""

    def __init__(self, job: Job, emit: Emit, since: float) -> None:
        self._emit = emit
        self._since = since
        self._every = schedule.push_seconds(job.model_id)
        self._max = job.expected[1]
        self.due = since + self._every * (int(job.age // self._every) + 1)

    def push(self, now: float) -> None:
        elapsed = now - self._since
        self._emit(
            Progress(
                percent=schedule.progress(elapsed, self._max),
                max_seconds=self._max,
                late=elapsed > self._max,
                elapsed_seconds=elapsed,
            )
        )
        while self.due <= now:
            self.due += self._every


async def _wait(seconds: float, deadline: float, pushes: _Pushes, ports: EnginePorts) -> None:
    """Sleep until the next look, but not past the deadline, pushing progress on the way."""
    clock = ports.clock
    until = min(clock.monotonic() + seconds, deadline)
    while (now := clock.monotonic()) < until:
        if pushes.due <= now:
            pushes.push(now)
        await clock.sleep(max(0.0, min(until, pushes.due) - now))
