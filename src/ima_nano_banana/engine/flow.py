"""The flow, top to bottom.

What is needed only after the product list is here is imported then: the question leaves sooner.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from ima_nano_banana.domain.events import Acknowledged, Adjusted
from ima_nano_banana.domain.identity import key_fingerprint
from ima_nano_banana.domain.model import TEXT_TO_IMAGE
from ima_nano_banana.domain.request import is_text, resolve
from ima_nano_banana.engine import plans, prepare, replay
from ima_nano_banana.engine.lists import Lists
from ima_nano_banana.engine.notes import caught_up, heard, noted
from ima_nano_banana.engine.ports import Trace
from ima_nano_banana.engine.telling import to_the_end
from ima_nano_banana.errors import (
    AuthFault,
    BudgetFault,
    DownloadFault,
    Fault,
    GenerationFault,
    RejectedFault,
    StorageFault,
    TimeoutFault,
    UncertainFault,
    UsageFault,
)
from ima_nano_banana.local.paths import from_here
from ima_nano_banana.wire.reasons import meaning_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from ima_nano_banana.domain.model import Offer, Quote, Request, Result, TaskView, Wish
    from ima_nano_banana.domain.task import Verdict
    from ima_nano_banana.engine.job import Job
    from ima_nano_banana.engine.ports import Emit, EnginePorts, How, LedgerPort
    from ima_nano_banana.engine.telling import Tell
    from ima_nano_banana.ledger import Ask, Plan, Standing
    from ima_nano_banana.pictures.inputs import Input
    from ima_nano_banana.words import Language

DOWNLOAD_SECONDS = 300.0


class Engine:
    """Makes pictures. One engine serves a process; runs on it may overlap."""

    def __init__(self, ports: EnginePorts) -> None:
        self._ports = ports
        self._lists = Lists(ports)

    @property
    def ledger(self) -> LedgerPort:
        """The books of this engine."""
        return self._ports.ledger

    def beside(self, books: LedgerPort) -> Engine:
        """Return an engine that books elsewhere and shares this one's product lists and connections."""
        other = copy(self)
        other._ports = replace(self._ports, books=lambda: books)  # noqa: SLF001 -- a copy of this one
        return other

    async def generate(
        self, wish: Wish, how: How, emit: Emit, trace: Trace | None = None, *, tell: Tell | None = None
    ) -> Result:
        """Make what is wished, or continue the identical request that is still open.

        Args:
            wish: What is wished.
            how: How to go about it.
            emit: Hears what happens on the way.
            trace: Told how far the run has come.
            tell: Hands the end over; the request is closed after that. ``None``: the end of this call tells it.

        Raises:
            Fault: any of the tree in :mod:`ima_nano_banana.errors`; its ``charged`` tells about the points.
        """
        trace = trace or Trace()
        with self._ports.going.run(trace):
            return await to_the_end(self._generate(wish, how, emit, trace), self._ports, trace, emit, tell)

    async def _generate(self, wish: Wish, how: How, emit: Emit, trace: Trace) -> Result:
        started = self._ports.clock.monotonic()
        request, inputs = await self._prepare(wish, how)
        trace.acknowledged = True
        emit(Acknowledged())
        for adjustment in request.adjustments:
            emit(Adjusted(adjustment=adjustment))
        job = await self._pay(request, inputs, how, emit, trace)
        joined = ("events.note_joined",) if job.joined and not job.replayed else ()
        notes = (*joined, *wish.notes, *prepare.notes_on(inputs, keep_metadata=how.keep_metadata))
        job = replace(job, notes=(*job.notes, *notes))
        return await self._finish(job, how, emit, trace, since=started)

    async def quote(self, wish: Wish, how: How) -> Quote:
        """Price the wish. Only the free product list is read; nothing is created, uploaded or charged."""
        request, inputs = await self._prepare(wish, how)
        self._ports.key()
        quote = self._lists.priced(await self._lists.products(request.task_type), request, inputs)
        prepare.check_budget(quote, how)
        return quote

    async def plan(self, wish: Wish, how: How) -> Plan:
        """Freeze the wish with its price. Only the free product list is read; nothing is sent or charged."""
        request, inputs = await self._prepare(wish, how)
        self._ports.key()
        quote = self._lists.priced(await self._lists.products(request.task_type), request, inputs)
        prepare.check_budget(quote, how)
        ask = prepare.ask_of(request, quote, inputs, self._ports, how)
        return await self._ports.ledger.propose(plans.draft_of(ask, inputs, self._ports, how))

    async def run(
        self, plan: Plan, how: How, emit: Emit, trace: Trace | None = None, *, tell: Tell | None = None
    ) -> Result:
        """Spend an approved plan, once; one that is spent is told again.

        Raises:
            BudgetFault: it is not approved, refused, expired, or what it is for has another price now.
            UsageFault: an input picture is another one now.
            Fault: as for :meth:`generate`.
        """
        trace = trace or Trace()
        if (standing := await plans.replayed(plan, self._ports)) is not None:
            with self._ports.going.run(trace):
                return await to_the_end(self._again(standing, plan, how, emit, trace), self._ports, trace, emit, tell)
        await plans.check(plan, how, self._ports)
        return await self.generate(plans.wish_of(plan), plans.how_of(plan, how), emit, trace, tell=tell)

    async def _again(self, standing: Standing, plan: Plan, how: How, emit: Emit, trace: Trace) -> Result:
        started = self._ports.clock.monotonic()
        trace.acknowledged = True
        emit(Acknowledged())
        job = replay.told_again(standing, plans.language_of(plan), self._ports, emit)
        return await self._finish(job, plans.how_of(plan, how), emit, trace, since=started)

    async def models(self, task_types: tuple[str, ...]) -> tuple[Offer, ...]:
        """Return the live offers of the two models."""
        from ima_nano_banana.domain import offers

        found: list[Offer] = []
        for task_type in task_types:
            found += offers.of_scope(offers.read_catalogue(await self._lists.products(task_type), task_type))
        return tuple(found)

    async def resume(
        self,
        task_id: str,
        how: How,
        emit: Emit,
        trace: Trace | None = None,
        *,
        language: Language,
        user_id: str,
        tell: Tell | None = None,
    ) -> Result:
        """Finish a task that is already paid. Nothing is charged; the ledger row may be missing.

        What has ended without anybody being told is handed over. Pictures go where they were ordered to, unless
        ``how`` says otherwise.

        Raises:
            UsageFault: the books have it in the other realm, simulated or real.
            RejectedFault: neither the ledger nor the service knows the id.
            Fault: as for :meth:`generate`, less whatever belongs to paying.
        """
        trace = trace or Trace()
        with self._ports.going.run(trace):
            run = self._resume(task_id, how, emit, trace, language=language, user_id=user_id)
            return await to_the_end(run, self._ports, trace, emit, tell)

    async def _resume(
        self, task_id: str, how: How, emit: Emit, trace: Trace, *, language: Language, user_id: str
    ) -> Result:
        from ima_nano_banana.engine.job import folder_of, job_of, unknown_job

        started = self._ports.clock.monotonic()
        item = await self._ports.ledger.of_realm(task_id, self._ports.realm)
        if self._ports.is_strange(item.user_id) if item is not None else not is_text(task_id):
            raise UsageFault("flags.no_task", id=task_id)
        if item is not None and item.task_id is None:
            raise UncertainFault("uncertain.no_task", phase="poll", charged="unknown")
        key = key_fingerprint(self._ports.key())
        trace.acknowledged = True
        emit(Acknowledged())
        if item is None:
            job = unknown_job(task_id.strip(), user_id, language, self._ports.pace)
        else:
            job = job_of(item, language, self._ports.clock.time(), self._ports.pace, key)
            job = replace(job, folder=folder_of(item))
            if item.state == "failed" and item.told_at is not None:
                job = replace(job, ended=None)  # everybody knows; perhaps the service has changed its mind
        if job.model_id:
            emit(job.started())
        return await self._finish(job, how, emit, trace, since=started)

    async def _prepare(self, wish: Wish, how: How) -> tuple[Request, tuple[Input, ...]]:
        """Check all that can be checked without the network."""
        from ima_nano_banana.local import preferences

        preferred = None
        if wish.model is None:
            task_type = wish.task_type or (TEXT_TO_IMAGE if not wish.images else "image_to_image")
            preferred = preferences.read(self._ports.root, wish.user_id, task_type, sandbox=self._ports.sandbox)
        request = resolve(wish, preferred_model=preferred)
        if how.plan is None and self._ports.is_strange(request.user_id):
            raise UsageFault("usage.another_user")  # a plan is its user's, whoever may approve and run it
        if how.again and request.idempotency_key is not None:
            raise UsageFault("usage.again_with_key")
        inputs = await prepare.look_at_inputs(request, self._ports)
        return request if how.plan is None else plans.frozen(request, inputs, how.plan), inputs

    async def _pay(self, request: Request, inputs: tuple[Input, ...], how: How, emit: Emit, trace: Trace) -> Job:
        """Join what was paid before; else buy it, once somebody has approved it if that is needed."""
        self._ports.key()
        if (earlier := await replay.replayed(request, inputs, self._ports, emit)) is not None:
            return earlier
        return await plans.approved(lambda: self._bought(request, inputs, how, emit, trace), how, self._ports, emit)

    async def _bought(self, request: Request, inputs: tuple[Input, ...], how: How, emit: Emit, trace: Trace) -> Job:
        """Quote, check every limit, upload, reserve and create; or join what was paid before."""
        trace.phase = "catalog"
        uploads = prepare.Uploads(inputs, self._ports, keep_metadata=how.keep_metadata)
        try:
            early = inputs and how.max_credits is None and not how.no_spend and await self._may_upload(request, inputs)
            if early:
                uploads.start()
            products = await self._lists.products(request.task_type)
            with plans.as_listed(how.plan):
                quote = self._lists.priced(products, request, inputs, how.agreed)
            ask = prepare.ask_of(request, quote, inputs, self._ports, how)
            try:
                return await self._spent(ask, uploads, how, emit, trace)
            except BudgetFault as fault:
                raise await plans.proposed(fault, ask, inputs, self._ports, how) from None
        finally:
            await uploads.stop()

    async def _spent(self, ask: Ask, uploads: prepare.Uploads, how: How, emit: Emit, trace: Trace) -> Job:
        """Spend what is priced, or join what was paid before."""
        from ima_nano_banana.engine.job import new_job
        from ima_nano_banana.engine.spend import spend

        request, quote = ask.request, ask.quote
        standing = await self._ports.ledger.peek(ask)
        if standing.state == "open" and standing.item is not None:
            return replay.joined(standing, request, self._ports, emit, quote.offer.eet)
        prepare.check_budget(quote, how)
        if how.no_spend:
            raise BudgetFault("budget.no_spend", phase="catalog", credit=quote.credit)
        self._ready_folder(how)
        emit(new_job("", request, quote).started())
        await caught_up(emit)
        trace.phase = "upload"
        urls = await uploads.urls()
        return await spend(
            ask,
            urls,
            ports=self._ports,
            how=how,
            trace=trace,
            emit=emit,
            fresh=lambda: self._lists.products(request.task_type, fresh=True),
        )

    def _ready_folder(self, how: How) -> None:
        """Find out before paying whether the pictures can be saved where they should be."""
        if how.download:
            from ima_nano_banana.pictures import place

            place.ready_folder(from_here(how.output_dir or self._ports.default_folder))

    async def _may_upload(self, request: Request, inputs: tuple[Input, ...]) -> bool:
        """Uploads may run beside the list only if nothing but the service can still say no."""
        ledger = self._ports.ledger
        if await ledger.may_refuse(request.user_id, realm=self._ports.realm):
            return False
        return not await ledger.has_open(prepare.subject_of(request, inputs, self._ports))

    async def _finish(self, job: Job, how: How, emit: Emit, trace: Trace, *, since: float) -> Result:
        """Bring the pictures home, and say so if it is an earlier call's end that is told again."""
        try:
            result = await self._finished(job, how, emit, trace, since=since)
        except Fault as fault:
            fault.replayed = job.replayed
            if fault.result is not None:
                fault.result = replace(fault.result, replayed=job.replayed)
            raise
        return replace(result, replayed=job.replayed)

    async def _finished(self, job: Job, how: How, emit: Emit, trace: Trace, *, since: float) -> Result:
        """Hand over what has ended; else follow the task, book how it ended, and bring the pictures home."""
        trace.phase, trace.task_id, trace.charged = "poll", job.task_id, "yes" if job.vouched else "unknown"
        trace.item_id = job.item_id or None
        if (job.replayed or not job.foreign) and (known := await self._handed_over(job, how)) is not None:
            return known
        verdict, job = await self._ended(job, how, emit, trace)
        # Another account's is handed to nobody else: that the service shows the task proves that it is the same one.
        if job.foreign and (known := await self._handed_over(job, how)) is not None:
            return known
        return await self._brought(verdict, job, how, emit, trace, since=since)

    async def _ended(self, job: Job, how: How, emit: Emit, trace: Trace) -> tuple[Verdict, Job]:
        """Follow the task to its end, and book a bad one.

        Raises:
            GenerationFault: it ended without a picture.
        """
        ports = self._ports
        job, verdict, view = await self._followed(job, how, emit, trace)
        if job.unbooked is not None:  # the disk may be well again
            await noted(ports.ledger.created(job.unbooked, job.task))
        job = replace(
            job,
            model_id=job.model_id or view.model_id,
            model_name=job.model_name or view.model_name,
            task_type=job.task_type or view.task_type,
        )
        if verdict.state == "failed":
            fault = self._failed(job, verdict)
            await self._book(job, lambda books: books.failed(job.item_id, fault))
            raise fault
        return verdict, job

    async def _brought(self, verdict: Verdict, job: Job, how: How, emit: Emit, trace: Trace, *, since: float) -> Result:
        """Bring home what was made. It is saved then, but not closed before somebody was told: see `telling`."""
        good = tuple(media for media in verdict.medias if media.state == "done")
        found = result = self._result(job, verdict, since)
        booked = await self._ready(job, found)
        trace.phase = "download"
        if not all(media.url for media in good):
            raise DownloadFault(
                "download.unusable_url", phase="download", charged="yes", task_id=job.task_id, result=result
            )
        result = await self._bring_home(result, job, how, emit, since)
        from ima_nano_banana.engine.handover import partial as partly

        partial = partly(result) if verdict.state == "partial" else None
        if partial is None:
            result = await self._remember(result, job, how)
        made = result
        if not booked:  # the disk may be well again: a row without addresses could be handed to nobody
            await self._ready(job, found)
        await self._book(
            job,
            lambda books: books.done(
                job.item_id,
                made.files,
                width=made.width,
                height=made.height,
                adjustments=made.adjustments,
                elapsed=made.elapsed_seconds,
            ),
        )
        if partial is not None:
            raise partial
        return result

    async def _handed_over(self, job: Job, how: How) -> Result | None:
        """Return the result of a request that has ended and is still to be told, if this is one."""
        if job.ended is None:
            return None
        from ima_nano_banana.engine.handover import handed_over

        return await handed_over(job.ended, job, how, self._folder(job, how), self._ports)

    def _folder(self, job: Job, how: How) -> Path:
        return from_here(how.output_dir or job.folder or self._ports.default_folder)

    async def _followed(self, job: Job, how: How, emit: Emit, trace: Trace) -> tuple[Job, Verdict, TaskView]:
        """Look until the task has ended; what the service tells no more is told by the books, if they know it."""
        from ima_nano_banana.domain import schedule, task
        from ima_nano_banana.domain.model import TaskView
        from ima_nano_banana.engine.follow import follow

        ports, adopted = self._ports, [job.item_id]

        async def shown() -> None:
            trace.charged = "yes"
            if not job.item_id:
                with suppress(StorageFault):
                    adopted[0] = trace.item_id = (await ports.ledger.adopt(job.task, job.user_id, ports.realm)).id

        window = schedule.window(job.eet, job.model_id, await self._history(job))
        try:
            with ports.followed():
                verdict, view = await follow(job, ports, emit, timeout=how.timeout, window=window, shown=shown)
        except (RejectedFault, AuthFault, TimeoutFault) as fault:
            if isinstance(fault, RejectedFault) and job.item_id and not job.vouched:
                # Nobody knows this id: it must not stand in the books as a task that is still to be fetched.
                unknown = fault
                await self._book(job, lambda books: books.failed(job.item_id, unknown))
            if not job.urls or job.foreign:  # another account's pictures are handed to nobody
                raise
            verdict = task.kept(job.urls, job.failures, job.cover_url)
            view = TaskView(task_id=job.task, medias=verdict.medias)
        return replace(job, item_id=adopted[0]), verdict, view

    async def _ready(self, job: Job, found: Result) -> bool:
        """Book where the pictures are, before they are fetched."""
        return await self._book(
            job,
            lambda books: books.ready(
                job.item_id,
                found.urls,
                cover_url=found.cover_url,
                failures=found.failures,
                model_id=job.model_id,
                model_name=job.model_name,
                task_type=job.task_type,
            ),
        )

    async def _book(self, job: Job, booking: Callable[[LedgerPort], Awaitable[object]]) -> bool:
        """Book what became of a task; one that never came into the books, on a full disk, is finished without them."""
        return not job.item_id or await noted(booking(self._ports.ledger))

    async def _history(self, job: Job) -> list[float]:
        """Return how long such tasks took; a task that is paid for is followed without it as well."""
        try:
            return await self._ports.ledger.durations(job.model_id, job.size, job.task_type, realm=self._ports.realm)
        except StorageFault:
            return []

    def _result(self, job: Job, verdict: Verdict, since: float) -> Result:
        from ima_nano_banana.engine.fetch import told_adjustments
        from ima_nano_banana.engine.job import result_of

        good = tuple(media for media in verdict.medias if media.state == "done")
        extra = told_adjustments(good, job.count if job.vouched else None)
        result = result_of(
            job,
            urls=tuple(media.url for media in good if media.url),
            cover_url=next((media.cover_url for media in good if media.cover_url), None),
            elapsed=self._elapsed(job, since),
            sandbox=self._ports.sandbox,
        )
        failures = tuple(media.reason for media in verdict.medias if media.state != "done")
        return replace(result, adjustments=tuple(dict.fromkeys((*result.adjustments, *extra))), failures=failures)

    def _elapsed(self, job: Job, since: float) -> float:
        return round(self._ports.clock.monotonic() - since + job.age, 1)

    async def _bring_home(self, result: Result, job: Job, how: How, emit: Emit, since: float) -> Result:
        from ima_nano_banana.engine.fetch import fetch

        known = len(job.adjustments)
        try:
            if how.download:
                folder = self._folder(job, how)
                deadline = self._ports.clock.monotonic() + DOWNLOAD_SECONDS
                result = await fetch(result, job, folder, deadline, self._ports, stem=how.stem)
        except DownloadFault as fault:
            if fault.result is not None and fault.result.files:
                files = fault.result.files
                await self._book(job, lambda books: books.files(job.item_id, files))
            raise
        for adjustment in result.adjustments[known:]:
            emit(Adjusted(adjustment=adjustment))
        return replace(result, elapsed_seconds=self._elapsed(job, since))

    def _failed(self, job: Job, verdict: Verdict) -> Fault:
        """Say how a task ended without a picture. Whether it is refunded is not known (contract, section 11)."""
        meaning = meaning_of(verdict.reason) if verdict.why == "failed" else None
        code = f"generation.{meaning or verdict.why}"
        if meaning is None and verdict.reason:
            code += "_because"
        fault = GenerationFault(code, phase="poll", charged="unknown", task_id=job.task_id, detail=verdict.reason)
        heard(fault, job.prompt)
        return fault

    async def _remember(self, result: Result, job: Job, how: How) -> Result:
        """Store the model as the preference; a preference never costs a picture."""
        if not how.remember_model or job.model_id is None:
            return result
        from ima_nano_banana.local import preferences

        warning = await asyncio.to_thread(
            preferences.remember,
            self._ports.root,
            job.user_id,
            job.task_type or TEXT_TO_IMAGE,
            job.model_id,
            job.model_name,
            job.credit,
            sandbox=self._ports.sandbox,
        )
        return replace(result, notes=(*result.notes, warning)) if warning else result
