"""Plans for programs: propose, decide and run, as the command does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ima_nano_banana.doors.library import arguments
from ima_nano_banana.doors.library import images as images_
from ima_nano_banana.doors.library.arguments import UNSET, Unset
from ima_nano_banana.doors.library.telling import heard_by
from ima_nano_banana.engine.ports import Trace
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from ima_nano_banana.assembly import Parts
    from ima_nano_banana.doors.library.client import _Job
    from ima_nano_banana.doors.library.images import Pictures
    from ima_nano_banana.doors.library.made import Made
    from ima_nano_banana.doors.library.telling import Heard
    from ima_nano_banana.engine import Engine
    from ima_nano_banana.engine.ports import How
    from ima_nano_banana.ledger import Plan
    from ima_nano_banana.ledger.model import PlanState

Ratio = str | tuple[int, int]
T = TypeVar("T")


class Planning:
    """The methods of a client that are about plans."""

    _env: Mapping[str, str]
    _on_event: Heard | None

    if TYPE_CHECKING:
        _opened: Callable[[], tuple[Engine, Parts]]
        _speaking: Callable[[object], AbstractContextManager[None]]
        _job: Callable[[Mapping[str, object]], _Job]
        _manner: Callable[[Mapping[str, object]], How]

        @property
        def _realm(self) -> str: ...

    async def plan(
        self,
        prompt: str,
        *,
        images: Pictures | None = None,
        model: str | None = None,
        version_id: str | None = None,
        size: str | int | None = None,
        aspect_ratio: Ratio | None = None,
        count: int | None = None,
        extra: Mapping[str, object] | None = None,
        max_credits: float | None = None,
        keep_metadata: bool | None = None,
    ) -> Plan:
        """Freeze a request with its price, for somebody to approve; nothing is created, uploaded or charged.

        The arguments are those of :meth:`generate`. Pictures that are no files must be passed to :meth:`run` again.
        """
        with self._speaking(prompt):
            job = self._job({**locals(), "idempotency_key": None})
            engine, _ = self._opened()
            with images_.laid_down(job.images) as references:
                return await engine.plan(replace(job.wish, images=references), job.how)

    async def plans(self, *, open: bool = False, user_id: str | int | None = None) -> tuple[Plan, ...]:  # noqa: A002
        """Return the plans, newest first; with ``open`` those that can still be approved or run."""
        with self._speaking(None):
            whose = arguments.word("user_id", user_id)
            only = arguments.switch("open", open)
            ledger = self._opened()[1].ledger()
            return tuple(await ledger.plans(realm=self._realm, user_id=whose, open_=only))

    async def approve(self, plan: Plan | str, *, digest: str | None = None) -> Plan:
        """Approve a plan, if whoever runs this program may.

        Args:
            plan: The plan, or its id.
            digest: What you believe to approve; another digest is refused.

        Raises:
            UsageFault: there is no such plan, or its digest is another.
            BudgetFault: you may not approve it, or it is spent or expired.
        """
        return await self._decide(plan, "approved", digest=digest)

    async def refuse(self, plan: Plan | str, *, reason: str | None = None) -> Plan:
        """Refuse a plan; the reason is told to whoever asks for it."""
        return await self._decide(plan, "refused", reason=reason)

    async def run(
        self,
        plan: Plan | str,
        *,
        images: Pictures | None = None,
        wait_approval: float | None = None,
        download: bool | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        timeout: float | Unset | None = UNSET,
        on_event: Heard | None = None,
    ) -> Made:
        """Spend an approved plan, once; run again, it gives the same result (``result.replayed``).

        Args:
            plan: The plan, or its id.
            images: The input pictures once more, where they were no files; their contents must be the same.
            wait_approval: Seconds to wait for somebody who approves.
            download: As for :meth:`generate`, as are all that follow.
            output_dir: As there.
            timeout: As there.
            on_event: As there.

        Raises:
            BudgetFault: it is not approved, refused, expired, or what it is for has another price now.
            UsageFault: an input picture is another one now.
            Fault: as for :meth:`generate`.
        """
        with self._speaking(None):
            told = {"download": download, "output_dir": output_dir, "timeout": timeout, "wait_approval": wait_approval}
            how = self._manner(told)
            heard = arguments.called("on_event", on_event) or self._on_event
            engine, _ = self._opened()
            found, trace = await self._known(plan), Trace()
            with self._speaking(found.wish.get("prompt")), images_.laid_down(images_.taken(images)) as references:
                if references:
                    found = replace(found, wish={**found.wish, "images": list(references)})
                return await heard_by(heard, trace, lambda emit, tell: engine.run(found, how, emit, trace, tell=tell))

    async def _known(self, plan: Plan | str) -> Plan:
        from ima_nano_banana.ledger import Plan

        name = plan.plan_id if isinstance(plan, Plan) else arguments.needed("plan", plan)
        found = await self._opened()[1].ledger().plan(name, realm=self._realm)
        if found is None:
            raise UsageFault("approval.no_plan", plan_id=name)
        return found

    async def _decide(
        self, plan: Plan | str, state: PlanState, *, digest: str | None = None, reason: str | None = None
    ) -> Plan:
        from ima_nano_banana.ledger import Plan
        from ima_nano_banana.local import host

        with self._speaking(None):
            ledger = self._opened()[1].ledger()
            name = plan.plan_id if isinstance(plan, Plan) else arguments.needed("plan", plan)
            told = arguments.text("digest", digest)
            if isinstance(plan, Plan):
                told = told or plan.digest
            return await ledger.decide(
                name,
                state,
                host.decider(self._env),
                realm=self._realm,
                digest=told,
                reason=arguments.text("reason", reason),
            )
