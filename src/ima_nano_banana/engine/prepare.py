"""Before money: input files, the product list, the price, and the uploads."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from ima_nano_banana.domain import identity
from ima_nano_banana.domain.model import Note
from ima_nano_banana.errors import BudgetFault
from ima_nano_banana.local.paths import from_here

if TYPE_CHECKING:
    from ima_nano_banana.domain.model import Quote, Request
    from ima_nano_banana.engine.ports import EnginePorts, How
    from ima_nano_banana.ledger.model import Ask, Named
    from ima_nano_banana.pictures.inputs import Input

UPLOADS_AT_ONCE = 4


async def look_at_inputs(request: Request, ports: EnginePorts) -> tuple[Input, ...]:
    """Check every input picture before anything is asked of the network; decoding them keeps no other run waiting.

    Raises:
        UsageFault: a file is missing, too large, damaged, or not a JPEG, PNG or WebP by content.
    """
    if not request.images:
        return ()
    from ima_nano_banana.pictures import inputs

    def looked() -> tuple[Input, ...]:
        return tuple(inputs.look(reference, ports.cwd) for reference in request.images)

    return await asyncio.to_thread(looked)


def notes_on(inputs: tuple[Input, ...], *, keep_metadata: bool) -> tuple[Note, ...]:
    """Return what a person should know of the input pictures: which file was taken, and what became of its copy."""
    found = [
        Note("image.note_alike", {"asked": one.reference.strip(), "name": one.path.name})
        for one in inputs
        if one.alike and one.path is not None
    ]
    kinds = {
        "note_stripped": [one for one in inputs if one.personal and not keep_metadata],
        "note_turned": [one for one in inputs if one.turned and not keep_metadata],
        "note_converted": [one for one in inputs if one.foreign],
    }
    for key, which in kinds.items():
        names = list(dict.fromkeys(one.path.name for one in which if one.path is not None))
        if names:
            found.append(Note(f"image.{key}", {"names": names}))
    return tuple(found)


def ask_of(request: Request, quote: Quote, inputs: tuple[Input, ...], ports: EnginePorts, how: How) -> Ask:
    """Put together what the ledger decides on: who asks for what, at which price."""
    from ima_nano_banana.ledger.model import Ask

    def named(who: identity.Who) -> str:
        return identity.identity(
            **who,
            size=quote.size,
            aspect_ratio=quote.aspect_ratio,
            version_id=request.version_id,
            extra=request.extra,
        )

    who = _who(request, inputs, ports)
    return Ask(
        identity=named(who),
        former=lambda key: named({**who, "key": key}),
        subject=subject_of(request, inputs, ports),
        realm=ports.realm,
        user_id=request.user_id,
        key_fingerprint=identity.key_fingerprint(ports.key()),
        request=request,
        quote=quote,
        input_hashes=tuple(one.digest for one in inputs),
        again=how.again,
        named=named_of(request, inputs, ports),
        terms=terms_of(request, quote, inputs, ports, how),
        plan_id=how.plan.plan_id if how.plan is not None else None,
        folder=str(from_here(how.output_dir or ports.default_folder)) if how.download else None,
        door=ports.door,
    )


def terms_of(request: Request, quote: Quote, inputs: tuple[Input, ...], ports: EnginePorts, how: How) -> str:
    """Return the digest of all that decides what is bought, by whose account, and what it costs."""
    return identity.terms(
        realm=ports.realm,
        account=identity.key_fingerprint(ports.key()),
        user=request.user_id,
        task_type=request.task_type,
        model_id=request.model_id,
        version_id=quote.offer.version_id,
        attribute_id=quote.rule.attribute_id,
        points=quote.rule.points,
        credit=quote.credit,
        size=quote.size,
        aspect_ratio=quote.aspect_ratio,
        count=quote.count,
        prompt=request.prompt,
        images=[one.digest for one in inputs],
        parameters=dict(quote.parameters),
        extra=[list(pair) for pair in request.extra],
        keep_metadata=how.keep_metadata,
    )


def named_of(request: Request, inputs: tuple[Input, ...], ports: EnginePorts) -> Named | None:
    """Return the request as its caller's key knows it, if it has one."""
    if request.idempotency_key is None:
        return None
    from ima_nano_banana.ledger.model import Named  # the ledger is slow to load, and most requests have no name

    digest, fields = identity.as_told(
        task_type=request.task_type,
        model_id=request.model_id if request.model_told else None,
        version_id=request.version_id,
        size=request.size,
        aspect_ratio=request.aspect_ratio,
        count=request.count,
        prompt=request.prompt,
        images=tuple(one.digest for one in inputs),
        extra=request.extra,
    )
    return Named(realm=ports.realm, user_id=request.user_id, key=request.idempotency_key, digest=digest, fields=fields)


def subject_of(request: Request, inputs: tuple[Input, ...], ports: EnginePorts) -> str:
    """Return the identity as far as it is known before the price list is there."""
    return identity.subject(**_who(request, inputs, ports))


def _who(request: Request, inputs: tuple[Input, ...], ports: EnginePorts) -> identity.Who:
    return {
        "realm": ports.realm,
        "user_id": request.user_id,
        "task_type": request.task_type,
        "model_id": request.model_id,
        "count": request.count,
        "prompt": request.prompt,
        "images": tuple(one.digest for one in inputs),
    }


def check_budget(quote: Quote, how: How) -> None:
    """Refuse a price above ``--max-credits``, before anything is uploaded.

    Raises:
        BudgetFault: the quote for all pictures is above the caller's own ceiling.
    """
    if how.max_credits is None or quote.credit <= how.max_credits:
        return
    raise BudgetFault(
        "budget.ask" if how.asks else "budget.max_credits",
        phase="catalog",
        credit=quote.credit,
        max_credits=how.max_credits,
        model=quote.offer.name,
        size=quote.size,
        aspect_ratio=quote.aspect_ratio,
        count=quote.count,
        adjustments=quote.adjustments,
    )


class Uploads:
    """The input pictures on their way to the service, each content once and at most four at a time."""

    def __init__(self, inputs: tuple[Input, ...], ports: EnginePorts, *, keep_metadata: bool = False) -> None:
        self._inputs = inputs
        self._ports = ports
        self._keep_metadata = keep_metadata
        self._tasks: dict[str, asyncio.Task[str]] = {}

    def start(self) -> None:
        """Begin, if that has not happened yet."""
        gate = asyncio.Semaphore(UPLOADS_AT_ONCE)
        for one in self._inputs:
            if one.path is not None and one.digest not in self._tasks:
                self._tasks[one.digest] = asyncio.create_task(self._send(one, gate))

    async def _send(self, one: Input, gate: asyncio.Semaphore) -> str:
        from ima_nano_banana.pictures.copies import copy_of
        from ima_nano_banana.pictures.inputs import MAX_BYTES

        async with gate:
            copied = await asyncio.to_thread(copy_of, one, MAX_BYTES, keep_metadata=self._keep_metadata)
            return await self._ports.service().upload(copied.data, copied.content_type, copied.suffix)

    async def urls(self) -> tuple[str, ...]:
        """Return the public URLs in the order of the inputs, once all are up.

        Raises:
            NetworkFault, RejectedFault, AuthFault: an upload failed for good; nothing was charged.
        """
        self.start()
        await _all(list(self._tasks.values()))
        return tuple(self._tasks[one.digest].result() if one.path else str(one.url) for one in self._inputs)

    async def stop(self) -> None:
        """Call off what is still under way."""
        for task in self._tasks.values():
            task.cancel()
        for task in self._tasks.values():
            with suppress(asyncio.CancelledError, Exception):
                await task


async def _all(tasks: list[asyncio.Task[str]]) -> None:
    """Wait for all; the first failure calls off the rest."""
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
