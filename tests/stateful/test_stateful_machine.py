"""Whatever is asked, goes wrong, dies and is tried again, in whatever order: the promises hold.

The promises are those of the public surface: no second create for a request whose first may have been
accepted, never more than was quoted, nothing paid that can't be fetched, no success without a picture, and
no other picture than asked for without saying so.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PIL import Image

from ima_nano_banana.domain.events import Failed, Started, Succeeded
from ima_nano_banana.domain.model import Wish
from stateful.process_kit import Ending, Machine

DAILY = 90

CREATE_SCENES = """
lost-create create-500 create-500-json create-502-unbilled create-slow create-cut create-no-id create-html
create-empty create-dropped-unbilled create-429 create-429-always create-refused create-redirect no-credits
subscription bad-key missing-rule always-6009 invalid-attribute busy-backend busy-backend-always unknown-code
stale-catalogue stale-attribute dearer list-502-once list-down list-html
"""
LATER_SCENES = """
fails fails-early task-failed deleted partial partial-late failed-null unknown-status slow stuck watermark-only
no-url-at-first poll-502 poll-drop poll-html poll-401 poll-401-once poll-down task-unknown poll-429-long
download-403 download-drop-once download-truncated download-html download-http smaller-picture
"""
NEVER_ENDS = {"stuck", "download-http"}

Wanted = tuple[str, str, str, int]
"""User, prompt, size, count: what makes two of these requests the same."""

wanted = st.tuples(
    st.sampled_from(["ann", "bob"]),
    st.just("a cat"),
    st.sampled_from(["1K", "4K"]),
    st.sampled_from([1, 1, 2]),
)
scenes = st.lists(st.sampled_from((CREATE_SCENES + LATER_SCENES).split()), max_size=2, unique=True)
moments = st.none() | st.none() | st.integers(1, 45) | st.integers(6, 10)


def wish_of(one: Wanted) -> Wish:
    user, prompt, size, count = one
    return Wish(prompt=f"{prompt} of {user}", size=size, count=count, user_id=user)


class Promises(RuleBasedStateMachine):
    """The model: which paid tasks somebody still has a right to, by request."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="stateful-"))
        self.machine = Machine(self.folder)
        self.owed: dict[Wanted, set[str]] = defaultdict(set)
        self.known: set[str] = set()

    def teardown(self) -> None:
        try:
            self.everything_paid_can_be_fetched_in_the_end()
        finally:
            self.machine.world.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(limited=st.booleans())
    def begin(self, limited: bool) -> None:
        if limited:
            with self.machine.ledger() as ledger:
                ledger.limits_set("all", "day", DAILY, realm="sandbox")

    # --- what may happen ---

    @rule(one=wanted, wrong=scenes, die_at=moments, again=st.sampled_from([False, False, False, True]))
    def somebody_asks(self, one: Wanted, wrong: list[str], die_at: int | None, again: bool) -> None:
        self._ask(one, wrong, die_at, again=again)

    @rule(one=wanted, wrong=scenes, die_at=moments, wrong_then=scenes, die_then=moments)
    def somebody_asks_and_asks_again(
        self, one: Wanted, wrong: list[str], die_at: int | None, wrong_then: list[str], die_then: int | None
    ) -> None:
        self._ask(one, wrong, die_at)
        self._ask(one, wrong_then, die_then)

    def _ask(
        self,
        one: Wanted,
        wrong: list[str],
        die_at: int | None = None,
        *,
        again: bool = False,
        full: frozenset[int] = frozenset(),
    ) -> None:
        self.machine.world.select(wrong)
        before = self.owed[one].copy()
        ending = asyncio.run(self.machine.make(wish_of(one), die_at=die_at, full=full, again=again, timeout=400.0))
        new = self._new(one, ending)
        assert len(new) <= 1
        if not again:
            assert not (before and new), f"paid twice for {one}"
        assert full or ending.fault is None or ending.fault.kind != "storage"
        self._judge(one, ending, new)

    @rule(one=wanted, wrong=scenes, die_at=moments)
    def two_processes_ask_for_the_same(self, one: Wanted, wrong: list[str], die_at: int | None) -> None:
        self.machine.world.select(wrong)
        before = self.owed[one].copy()

        async def both() -> list[Ending]:
            return await asyncio.gather(
                self.machine.make(wish_of(one), die_at=die_at, timeout=400.0),
                self.machine.make(wish_of(one), timeout=400.0),
            )

        endings = asyncio.run(both())
        new = self._new(one, *endings)
        done = [ending.result.task_id for ending in endings if ending.result]
        ended = [ending.fault for ending in endings if ending.fault and ending.fault.kind in ("generation", "partial")]
        # One after the other is fine: the second may pay if the first has ended.
        assert len(new) <= 1 + len(done) + len(ended)
        if before:
            assert len(new) <= len(done) + len(ended)
        for ending in sorted(endings, key=lambda ending: ending.killed):
            self._judge(one, ending, new, alone=False)

    @rule(one=wanted, wrong=scenes, full=st.frozensets(st.integers(1, 9), min_size=1))
    def the_disk_is_full_for_a_while(self, one: Wanted, wrong: list[str], full: frozenset[int]) -> None:
        self._ask(one, wrong, full=full)
        self._ask(one, [])

    @rule(wrong=scenes)
    def somebody_resumes(self, wrong: list[str]) -> None:
        self.machine.world.select(wrong)
        open_ones = [
            (one, task) for task in self.machine.world.books.tasks() for one in self.owed if task in self.owed[one]
        ]
        if not open_ones:
            return
        one, task_id = open_ones[0]
        ending = asyncio.run(self.machine.resume(task_id, timeout=200.0))
        assert not self._new(one)
        self._judge(one, ending, set(), alone=False)

    @rule(seconds=st.floats(0.1, 500.0))
    def time_passes(self, seconds: float) -> None:
        self.machine.time.now += seconds

    @rule(days=st.floats(-3.0, 3.0))
    def the_wall_clock_jumps(self, days: float) -> None:
        self.machine.time.wall += days * 86_400.0

    @rule(charged=st.booleans())
    def a_person_settles_what_is_uncertain(self, charged: bool) -> None:
        with self.machine.ledger() as ledger:
            for item in ledger.tasks():
                if item.state == "uncertain" and item.task_id is None:
                    ledger.settle(item.id, charged=charged)
                    for one in [one for one in self.owed if wish_of(one).prompt == item.prompt]:
                        if (one[2], one[3]) == (item.size, item.count) or item.size not in (one[2], None):
                            self._forgive(one)

    # --- what holds at all times ---

    @invariant()
    def the_limit_holds(self) -> None:
        with self.machine.ledger() as ledger:
            for limit in ledger.limits_show(realm="sandbox"):
                assert limit.used is not None
                assert limit.used <= limit.points

    @invariant()
    def every_charge_is_in_the_books(self) -> None:
        with self.machine.ledger() as ledger:
            items = ledger.tasks()
        ids = {item.task_id for item in items}
        unknown = [task for task, _ in self.machine.world.books.charges() if task not in ids]
        lost = [
            item for item in items if item.task_id is None and item.attempt and item.state in ("uncertain", "failed")
        ]
        assert len(unknown) <= len(lost)

    @invariant()
    def nothing_is_seen_where_it_does_not_belong(self) -> None:
        books = self.machine.world.books
        for host in books.hosts() - {"api.imastudio.com", "imapi.liveme.com"}:
            assert not books.saw(host) & {"key", "prompt"}
        assert "prompt" not in books.saw("imapi.liveme.com")

    def everything_paid_can_be_fetched_in_the_end(self) -> None:
        self.machine.world.select([])
        self.machine.time.now += 1_000.0
        with self.machine.ledger() as ledger:
            items = {item.task_id: item for item in ledger.tasks() if item.task_id}
        for one, tasks in self.owed.items():
            for task_id in tasks:
                # Without a row here, a person finds the id in the dashboard: any machine can fetch it.
                ending = asyncio.run(self.machine.resume(task_id, home="state" if task_id in items else "elsewhere"))
                job = self.machine.world.job(task_id)
                assert job is not None
                if not NEVER_ENDS & set(job.fates):
                    assert ending.result or (ending.fault and ending.fault.kind in ("generation", "partial")), ending
                assert not self._new(one)

    # --- the model ---

    def _new(self, one: Wanted, *endings: Ending) -> set[str]:
        """Return the tasks that were charged since the last look; each for ``one``, at a price that was told."""
        told = [event.credit for ending in endings for event in ending.told if isinstance(event, Started)]
        seen = [create for create in self.machine.world.books.creates() if create.accepted]
        fresh = {str(create.task_id) for create in seen} - self.known
        self.known |= fresh
        for create in seen:
            if create.task_id in fresh:
                assert wish_of(one).prompt in create.body
                assert create.points <= max(told)
        self.owed[one] |= fresh
        return fresh

    def _judge(self, one: Wanted, ending: Ending, new: set[str], *, alone: bool = True) -> None:
        if ending.result is not None:
            self._judge_result(one, ending)
        elif ending.fault is not None:
            self._judge_fault(one, ending, new, alone=alone)
        else:
            self._judge_killed(one, ending)

    def _judge_result(self, one: Wanted, ending: Ending) -> None:
        result = ending.result
        assert result is not None
        assert result.task_id in self.known
        assert len(result.files) == len(result.urls) == one[3]
        for file in result.files:
            with Image.open(file) as picture:
                picture.load()
        if not self._adopted(result.task_id):
            assert result.credit == dict(self.machine.world.books.charges())[result.task_id]
            assert result.size == one[2] or any(adjustment.field == "size" for adjustment in result.adjustments)
        assert [type(event) for event in ending.told].count(Succeeded) == 1
        self.owed[one].discard(result.task_id)

    def _adopted(self, task_id: str) -> bool:
        """Tell whether the task became known by its id alone, so that what was asked is not."""
        with self.machine.ledger() as ledger:
            item = ledger.find(task_id)
        return item is not None and item.attempt == 0

    def _judge_fault(self, one: Wanted, ending: Ending, new: set[str], *, alone: bool) -> None:
        fault = ending.fault
        assert fault is not None
        assert fault.kind not in ("internal", "usage"), fault
        if alone and fault.charged == "no":
            assert not new, f"{fault} says that nothing was charged"
        if fault.kind in ("timeout", "download", "generation", "partial"):
            assert fault.task_id in self.known
        if fault.kind in ("generation", "partial"):
            assert any(isinstance(event, Failed) for event in ending.told)
            self.owed[one].discard(str(fault.task_id))

    def _judge_killed(self, one: Wanted, ending: Ending) -> None:
        """Only what was told may be closed."""
        told = {event.result.task_id for event in ending.told if isinstance(event, Succeeded)}
        told |= {str(event.fault.task_id) for event in ending.told if isinstance(event, Failed)}
        with self.machine.ledger() as ledger:
            closed = {item.task_id for item in ledger.tasks() if item.state in ("done", "failed")}
        assert not (self.owed[one] & closed) - told
        self.owed[one] -= closed

    def _forgive(self, one: Wanted) -> None:
        """A person took it on: what has no row is nobody's any more."""
        with self.machine.ledger() as ledger:
            rows = {item.task_id for item in ledger.tasks()}
        self.owed[one] &= rows


TestPromises = Promises.TestCase
TestPromises.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
